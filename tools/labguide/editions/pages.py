"""Which pages, decks and files only instructors get."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from labguide import sources
from labguide.model import Document, Project
from labguide.problems import Problems

PLAN = "plan"
_KEYS = ("edition", "kind")


def hidden(documents: Iterable[Document], problems: Problems) -> frozenset[str]:
    """The paths of pages and decks that only instructors get: what says so, in any of its languages."""
    documents = tuple(documents)
    said = {document.path for document in documents if _is_hidden(document, problems)}
    names = {(document.kind, document.name) for document in documents if document.path in said}
    found = [document for document in documents if (document.kind, document.name) in names]
    for document in found:
        if document.path not in said:
            other = min(each.path for each in found if each.path in said and each.name == document.name)
            message = f"{other} is for instructors only, but this page in another language does not say so"
            problems.add(document.place_of("title"), "unclear-edition", message, "say the same in its front matter")
    return frozenset(document.path for document in found)


def _is_hidden(document: Document, problems: Problems) -> bool:
    for key in document.meta:
        if isinstance(key, str) and key not in _KEYS and key.strip().lower() in _KEYS:
            problems.add(document.place_of(key), "unclear-edition", f"`{key}` is not read", f"write `{key.lower()}`")
    edition, kind = (_word(document.meta.get(key)) for key in _KEYS)
    if edition not in ("", "instructor"):
        message = f"there is no edition `{edition}` that a page can be kept for"
        problems.add(document.place_of("edition"), "unclear-edition", message, "write `edition: instructor`")
    if kind != PLAN and difflib.get_close_matches(kind.replace("lesson", "").strip(" -_"), [PLAN], cutoff=0.8):
        message = f"a page of the kind `{kind}` would be shown to students"
        problems.add(document.place_of("kind"), "unclear-edition", message, "write `kind: plan`")
    return edition == "instructor" or (kind == PLAN and document.kind == "lesson")


def _word(value: object) -> str:
    return "" if value is None else str(value).strip().lower()


def withheld(project: Project, documents: Sequence[Document], hidden: frozenset[str]) -> frozenset[str]:
    """Those pages and decks, and the files in folders that hold no other ones."""
    beside: set[str] = set()
    for root in (project.docs, project.slides):
        top = project.relative(root)
        folders = {document.path: set(_folders(document.path, top)) for document in documents}
        open_ones = {folder for path, around in folders.items() if path not in hidden for folder in around}
        closed = {folder for path, around in folders.items() if path in hidden for folder in around} - open_ones
        if closed:
            files = (project.relative(path) for path in sources.files(root, "*"))
            beside.update(path for path in files if not closed.isdisjoint(_folders(path, top)))
    return hidden | beside


def _folders(path: str, top: str) -> Iterator[str]:
    """The folders around a file, below the top one."""
    for parent in PurePosixPath(path).parents:
        if not parent.is_relative_to(top) or parent == PurePosixPath(top):
            return
        yield parent.as_posix()
