"""Links and pictures of decks: followed to where they lead in the site, and checked as those of pages are."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from mkdocs.structure.files import File, Files
from mkdocs.utils import get_relative_url

from labguide import links
from labguide.model import Project, Woven
from labguide.problems import Problems
from labguide.sources import MARKDOWN

_IDS = re.compile(r"""\sid=["']([^"']+)["']""")
_DECKS = (".html", *(pattern.removeprefix("*") for pattern in MARKDOWN))
_FIRST_PAGES = ("index.md", "README.md")
_IN_SITE = re.compile(r"""(\s(?:href|src)=")labguide:([^"?#]+)([^"]*")""")
BY_SOURCE = b'href="labguide:'
"""So begins a link of a generated file to a page that it names by its source."""

_BY_SOURCE = re.compile(r'href="labguide:([^"]*)"')
_BY_NUMBER = re.compile(r"/(?:\d+(?:/\d+)*/?)?")


@dataclass(frozen=True)
class _Link:
    """A link to be checked when the whole site is there; `target` is a path in the site."""

    source: Woven
    written: str
    target: str
    anchor: str


class DeckLinks:
    """What decks link to, and what links to decks."""

    def __init__(self, project: Project, decks: Mapping[str, Woven], problems: Problems) -> None:
        self._project, self._decks, self._problems = project, decks, problems
        self._ids: dict[str, set[str]] = {}
        self._written: dict[str, frozenset[str]] = {}
        self._links: list[_Link] = []

    def address(self, deck: str, files: Files) -> Callable[[str], str]:
        """For each target that is written in a deck, where it is in the site; `files` are those of its language."""
        return lambda written: self._address(deck, files, written)

    def home(self, deck: str, files: Files) -> str | None:
        """The guide's first page in a language, seen from a deck; None if there is none."""
        first = next((page for page in map(files.get_file_from_path, _FIRST_PAGES) if page), None)
        return get_relative_url(first.url, deck) if first and first.inclusion.is_included() else None

    def rendered(self, deck: str, text: str) -> None:
        """Note where one may link to in a deck."""
        self._ids[deck] = set(_IDS.findall(text))

    def published(self, files: Files) -> None:
        """Note what one may link to in one language's files, and in its pages, which MkDocs has read by now."""
        for file in files:
            if file.inclusion.is_included() and file.src_uri not in self._decks:
                self._ids[file.dest_uri] = set((file.page.present_anchor_ids if file.page else None) or ())

    def from_page(self, woven: Woven, file: File, anchors: Mapping[str, str]) -> None:
        """Note links of a page, by their anchors, to one deck."""
        if file.src_uri in self._decks:
            self._links += [_Link(woven, written, file.src_uri, anchor) for anchor, written in anchors.items()]

    def check(self) -> None:
        """Note each link that leads nowhere, once everything is rendered."""
        for link in self._links:
            found = next((each for each in (link.target, f"{link.target}/index.html") if each in self._ids), None)
            if found is None:
                self._tell(link, "broken-link", f"but there is no '{link.target}' in the site", _LINK_REMEDY)
            elif link.anchor and not self._has(found, link.anchor):
                where = "slide" if found in self._decks else "heading"
                message = f"but {found} has no {where} '#{link.anchor}'"
                self._tell(link, "broken-anchor", message, f"link to the id of a {where} that exists")

    def _has(self, path: str, anchor: str) -> bool:
        """Whether a page has a heading, or a deck a slide, of that name or number."""
        if path not in self._decks:
            return unquote(anchor) in self._ids[path] or not path.endswith(".html")
        name, *_ = unquote(anchor).removeprefix("/").split("/") if anchor.startswith("/") else (unquote(anchor),)
        return bool(_BY_NUMBER.fullmatch(anchor)) or name in self._ids[path]

    def _address(self, deck: str, files: Files, written: str) -> str:
        woven = self._decks[deck]
        scheme, host, path, query, anchor = urlsplit(written)
        if scheme or host or not self._is_authors(deck, written):
            return written
        target = posixpath.normpath(posixpath.join(posixpath.dirname(deck), unquote(path))) if path else deck
        found = self._deck(target, woven.document.language) if path else deck
        page = None if found else _page(files, target)
        if path.startswith("/"):
            why = "which leads out of the site"
            self._tell(_Link(woven, written, target, anchor), "broken-link", why, _LINK_REMEDY)
            return written
        self._links.append(_Link(woven, written, found or (page.dest_uri if page else target), anchor))
        if page:
            address = get_relative_url(page.url, deck)
        else:
            address = quote(posixpath.relpath(found, posixpath.dirname(deck) or ".")) if found and path else path
        return urlunsplit(("", "", address, query, anchor))

    def _is_authors(self, deck: str, written: str) -> bool:
        """Whether an author wrote a link; what only a recorded output links to is the program's that printed it."""
        woven = self._decks[deck]
        if deck not in self._written:
            self._written[deck] = links.written(woven.document, self._project.dialect)
        return written in self._written[deck] or written not in woven.text

    def _deck(self, target: str, language: str) -> str | None:
        """The deck that a link names: by its HTML file or by its source, in the language of who links to it."""
        stem, extension = posixpath.splitext(target)
        named = (f"{stem}.{language}.html", f"{stem}.html") if extension in _DECKS else ()
        return next((deck for deck in named if deck in self._decks), None)

    def _tell(self, link: _Link, kind: str, why: str, remedy: str) -> None:
        place = links.place(link.source, link.written, self._project.dialect)
        self._problems.add(place, kind, f"a link '{link.written}', {why}", remedy)


_LINK_REMEDY = "link as seen from the site, where slides/ stands beside the pages: ../index.md"


def in_site(content: str, page: str) -> str:
    """The HTML of a page, with the addresses that weaving knows only within the site as they are from the page."""
    return _IN_SITE.sub(lambda found: f"{found[1]}{get_relative_url(found[2], page)}{found[3]}", content)


def from_source(content: bytes, path: str, urls: Mapping[str, str]) -> bytes:
    """A file of the site, with links that name a page by its source, as they are from the file.

    `urls` are those of pages by their source. A link to a page that is in no language's site leads to the file itself.
    """

    def link(found: re.Match[str]) -> str:
        source, sign, anchor = html.unescape(found[1]).partition("#")
        url = urls.get(source)
        return f'href="{"#" if url is None else html.escape(get_relative_url(url, path) + sign + anchor)}"'

    return _BY_SOURCE.sub(link, content.decode()).encode()


def _page(files: Files, target: str) -> File | None:
    """A page or another file of the site, in the language that is being built."""
    found = files.get_file_from_path(target) if not target.startswith("../") else None
    return found if found and found.inclusion.is_included() else None
