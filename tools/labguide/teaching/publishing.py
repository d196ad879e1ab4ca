"""What is published of lesson plans: their pages with a schedule, and beside each the tracker and the workbook."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from labguide import decks
from labguide.model import Document, Project, Sources, Woven
from labguide.schedule import Activity, Plan, page, tracker, workbook
from labguide.schedule.words import words_of


def with_schedule(woven: Woven, read: Mapping[str, Plan], project: Project) -> Woven:
    """A page as it is, or if it is a lesson plan, with its schedule."""
    each = read.get(woven.document.path)
    if each is None:
        return woven
    words = words_of(woven.document.language)
    files = {"tracker": f"{_stem(woven.document)}-tracker{_suffix(woven.document)}.html"}
    files["workbook"] = f"{_stem(woven.document)}{_suffix(woven.document)}.xlsx"
    links = {words[name]: posixpath.basename(path) for name, path in files.items()}
    return page.with_table(woven, each.schedule, project.dialect, links)


def files(found: Sources, read: Mapping[str, Plan], project: Project) -> dict[str, bytes]:
    """What is published beside the page of each plan, by its path in the site: the tracker, and the workbook."""
    documents = [document for document in found.documents if document.path in read]
    return {path: content for each in documents for path, content in _files(each, documents, read, found, project.name)}


def _files(
    document: Document, documents: list[Document], read: Mapping[str, Plan], found: Sources, course: str
) -> Iterator[tuple[str, bytes]]:
    said = read[document.path].schedule
    stem, suffix = _stem(document), _suffix(document)
    others = {
        other.language: f"{posixpath.basename(_stem(other))}-tracker{_suffix(other)}.html"
        for other in documents
        if other.name == document.name and other is not document
    }
    book = f"{stem}{suffix}.xlsx"
    links = {activity.identity: list(_links(activity, document, found)) for activity in said.activities}
    back = f"labguide:{document.uri}"  # the page's source: where it is in the site, only the host knows
    html = tracker.page(
        said, course=course, alternates=others, plan=back, workbook=posixpath.basename(book), links=links
    )
    yield f"{stem}-tracker{suffix}.html", html.encode()
    yield book, workbook.write(said)


def _links(activity: Activity, document: Document, found: Sources) -> Iterator[tuple[str, str]]:
    """What an activity shows and where it is in any host's site, seen from the tracker: decks, with their titles."""
    known = {each.path: each for each in found.documents if each.kind == "deck"}
    for shown in activity.shows:
        path, _, anchor = shown.target.partition("#")
        if path in known:
            address = posixpath.relpath(known[path].uri, posixpath.dirname(document.uri) or ".")
            title = decks.split(known[path].lines).meta["title"] or known[path].uri
            yield str(title), f"{address}#{anchor}" if anchor else address


def _stem(document: Document) -> str:
    """A plan's path in the site without language and extension: `plans/introduction`."""
    return PurePosixPath(document.uri).with_suffix("").as_posix().removesuffix(f".{document.language}")


def _suffix(document: Document) -> str:
    """The language in the names of what is published beside a plan: none where its own file names none."""
    stem = PurePosixPath(document.uri).with_suffix("").name
    return f".{document.language}" if stem.endswith(f".{document.language}") else ""
