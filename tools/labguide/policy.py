"""What a project does with code that nobody ran: refuse it, or show it with a label that says so."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from pathspec import GitIgnoreSpec

from labguide.model import Project, UnrunRule

_PYTHON = ("ipy", "ipython", "ipython3", "py", "py3", "pycon", "pycon3", "python", "python-console", "python3", "sage")
_SHELLS = ("bash", "bat", "batch", "cmd", "console", "csh", "doscon", "fish", "ksh", "powershell", "ps1", "ps1con")
_MORE_SHELLS = ("ps1session", "pwsh", "sh", "sh-session", "shell", "shell-session", "shellsession", "terminal", "zsh")
_COULD_RUN = frozenset((*_PYTHON, *_SHELLS, *_MORE_SHELLS))
"""Languages whose code could be a cell here: Python and shells, by all the names that Pygments or people have."""


def could_run(language: str) -> bool:
    """Whether code in a language could stand in a script; code without a language may be any."""
    return not language or language.lower() in _COULD_RUN


def shows(project: Project, language: str, paths: Collection[str]) -> bool:
    """Whether code in a language is shown with a label; it is refused otherwise.

    `paths` are those of the document and of the file in it where the code was written.
    """
    for rule in project.unrun:
        if _fits(rule, language.lower(), paths):
            return rule.show
    return not could_run(language)


def _fits(rule: UnrunRule, language: str, paths: Collection[str]) -> bool:
    languages = [each.lower() for each in rule.languages]
    if languages and language not in languages:
        return False
    return not rule.paths or any(_patterns(rule.paths).match_file(path) for path in paths)


@lru_cache
def _patterns(paths: tuple[str, ...]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(paths)
