"""What MkDocs says in its log, as problems with a place: it names a page and no line, so the line is looked up."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from mkdocs.exceptions import MkDocsException

from labguide import lines, links
from labguide.hosts.mkdocs import options
from labguide.model import Place, Project, Woven
from labguide.problems import Problems, one_line

# https://github.com/mkdocs/mkdocs/blob/1.6.1/mkdocs/structure/pages.py
_LINK = re.compile(
    r"Doc file '(?P<page>[^']+)' contains (?P<what>an? [\w ]*link) (?:to )?'(?P<target>[^']+)'(?P<why>.*)", re.DOTALL
)
_FAILED = re.compile(r"Error (?:reading|building) page '(?P<page>[^']+)':(?P<why>.*)", re.DOTALL)
CONFIG_FAULT = re.compile(r"Config value '(?P<key>[^']+)': (?P<why>.*)", re.DOTALL)
_QUOTED = re.compile(r"'(?P<name>[^']+)'")
MEND_CONFIGURATION = "mend the configuration"

_TO_WITHHELD = "link to a page that is published; a link to a page for instructors belongs into `!!! instructor`"
_TO_DRAFT = re.compile(r"contains a link to .* excluded from the built site")
"""A dead link that MkDocs only mentions."""


class _Gatherer(logging.Handler):
    """Keeps what MkDocs warns of as a list of messages."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.levelno >= logging.WARNING or _TO_DRAFT.search(message):
            self.messages.append(message)


@contextmanager
def gathered() -> Iterator[list[str]]:
    """What MkDocs warns of as a list, and nowhere else."""
    logger, pages, gatherer = logging.getLogger("mkdocs"), logging.getLogger("mkdocs.structure.pages"), _Gatherer()
    before, propagate, level = logger.handlers, logger.propagate, pages.level
    logger.handlers, logger.propagate = [gatherer], False
    pages.setLevel(logging.INFO)
    try:
        yield gatherer.messages
    finally:
        logger.handlers, logger.propagate = before, propagate
        pages.setLevel(level)


def told(error: BaseException) -> str:
    """An exception in one line: what it says, or else its name."""
    return one_line(str(error)) or type(error).__name__


def add_error(error: BaseException, known: list[str]) -> None:
    """Add what ended a build, unless it is told; MkDocs says which page it was at, but not what kind of error."""
    text = f"{type(error).__name__}: {told(error)}"
    failed = next((message for message in known if _FAILED.match(message)), None)
    if failed and not isinstance(error, MkDocsException):
        known[known.index(failed)] = f"{failed.partition(':')[0]}: {text}"
    elif failed is None and not any(told(error) in one_line(message) for message in known):
        known.append(text)


def tell(project: Project, pages: Mapping[str, Woven], message: str, problems: Problems) -> None:
    """Note a message as a problem, at the line of the link or of the setting that it is about."""
    if link := _LINK.match(message):
        kind = "broken-anchor" if "anchor" in link["why"] else "broken-link"
        what = f"{link['what']} '{link['target']}'{link['why'].rstrip('.')}"
        place = _of_link(project, pages, link["page"], link["target"])
        remedy = (
            _TO_WITHHELD if "excluded from the built site" in link["why"] else "link to a page or heading that exists"
        )
        problems.add(place, kind, what, remedy)
    elif failed := _FAILED.match(message):
        if problems.at(_path(project, failed["page"])):  # the reason is told already
            return
        why = failed["why"].strip() or "see above"
        place = Place(_path(project, failed["page"]))
        problems.add(place, "mkdocs", f"this page cannot be rendered: {why}", "mend the page")
    elif setting := CONFIG_FAULT.match(message):
        line = options.line_of(project.root / "mkdocs.yml", setting["key"])
        problems.add(Place("mkdocs.yml", line), "bad-config", setting["why"], MEND_CONFIGURATION)
    else:
        problems.add(_of_other(project, message), "mkdocs", message, "mend the page or the configuration")


def _of_link(project: Project, pages: Mapping[str, Woven], page: str, target: str) -> Place:
    woven = pages.get(page)
    return links.place(woven, target, project.dialect) if woven else Place(_path(project, page))


def _of_other(project: Project, message: str) -> Place:
    """The page that a message names, if there is one, else the line of mkdocs.yml that names the same thing."""
    named = [match["name"] for match in _QUOTED.finditer(message)]
    pages = {each.uri for each in project.pages or ()}
    written = lines.split(lines.read(project.root / "mkdocs.yml"))
    found = (number for name in named for number, line in enumerate(written, start=1) if name in line)
    return next((Place(_path(project, name)) for name in named if name in pages), Place("mkdocs.yml", next(found, 1)))


def _path(project: Project, uri: str) -> str:
    return f"{project.docs_dir}/{uri}"
