"""The page of each target language for its translators, put together from what the steps do not know of each other.

How translations stand is known to `l10n`, which makes the page too; what an edition may show is known to `eyes.py`.
"""

from __future__ import annotations

from labguide import l10n
from labguide.l10n import Page, State, Text, old_files, report
from labguide.l10n.old_files import OldFiles
from labguide.l10n.quoted import Quoted
from labguide.lines import read, split
from labguide.model import Project, Sources
from labguide.problems import Problems
from labguide.translators.eyes import Eyes

__all__ = ["files", "path_of"]


def files(project: Project, found: Sources, withheld: frozenset[str]) -> dict[str, bytes]:
    """The pages by their path in the site, `translations.zh-TW.html`; none of a project in one language.

    `found` is all that authors wrote, `withheld` are the paths of what the edition does not publish.
    """
    if len(project.languages) == 1:
        return {}
    eyes, past, quoted = Eyes(project, found), old_files.of(project.root), Quoted(project)
    pages = l10n.status(project, Problems(), quoted=quoted)  # what is wrong with a mark is told where that is checked
    published = [page for page in pages if not _paths(page) & withheld]
    past.read_ahead(page.source.path for page in published if page.count(State.STALE))
    return {
        path_of(language): report.page(
            [page for page in published if page.language == language],
            _office(project, language, eyes, past, quoted),
            _around(project, language, eyes),
        ).encode()
        for language in project.languages[1:]
    }


def path_of(language: str) -> str:
    """Where in the site the page of a language is."""
    return f"translations.{language}.html"


def _paths(page: Page) -> set[str]:
    return {page.source.path, page.expected, *((page.translation.path,) if page.translation else ())}


def _around(project: Project, language: str, eyes: Eyes) -> report.Around:
    others = {other: (report.name_of(other), path_of(other)) for other in project.languages[1:] if other != language}
    first, *_ = project.languages
    return report.Around(project.name, first, language, report.name_of(language), eyes.home(language), others)


def _office(project: Project, language: str, eyes: Eyes, past: OldFiles, quoted: Quoted) -> report.Office:
    return report.Office(
        eyes=eyes,
        words=report.words_of(language, project.languages[0]),
        edit_address=project.edit_address,
        then=lambda text, made_from: past.find(text.path, made_from),
        quoted=quoted,
        head=lambda text: _head(text, project),
    )


def _head(text: Text, project: Project) -> str:
    """A source's front matter; what its author says there to other authors is left out."""
    if text.path.endswith(".py"):
        return ""
    written = split(read(project.root / text.path))
    head = written[: text.sections[0].first - 1]
    return "\n".join(line for line in head if not line.lstrip().startswith("#")).strip("\n")
