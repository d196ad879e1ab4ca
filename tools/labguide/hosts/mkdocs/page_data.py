"""What pages tell their own scripts (`theme/assets/labguide/pages.js`, `progress.js`): words, tabs, and progress.

Any page but the first one and lesson plans can be ticked off if it shows a cell, or if its front matter says
`progress: true`. It is known by its path without language and ending, or by the name that the front matter gives it,
`progress: video-games`; so all its translations are one page, and a page with a name may be moved.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from labguide.model import CellQuote, Document, Project, Woven
from labguide.problems import Problems
from labguide.weaving.words import words_of

_WORDS = ("scrolls", "progress_")
"""The words that scripts say begin so."""

_TAB = re.compile(r'<label for="__tabbed_\d+_\d+">(?P<label>.*?)</label>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class PageData:
    """What is told of each page; `course` is the name under which progress is kept, if it is kept."""

    def __init__(self, project: Project, pages: Mapping[str, Woven], course: str | None) -> None:
        self._project, self._pages, self._course = project, pages, course
        self._originals: dict[str, File] = {}
        self._tabs: dict[str, list[str]] = {}
        self._tracked: dict[str, dict[str, str]] = {}

    def read(self, page: Page, content: str) -> None:
        """Note the labels of a page's tabs."""
        found = (_TAG.sub("", match["label"]) for match in _TAB.finditer(content))
        self._tabs[page.file.src_uri] = [html.unescape(label).strip() for label in found]

    def listed(self, language: str, files: Files) -> None:
        """Note the pages of a language: of which page each is the translation, and which can be ticked off."""
        found = [file for file in files.documentation_pages() if file.src_uri in self._pages]
        for file in found:
            alternates = getattr(file, "alternates", {})  # the i18n plugin's
            original = alternates.get(self._project.languages[0], file)
            self._originals[file.src_uri] = original if original.src_uri in self._pages else file
        tracked = (file for file in found if self._is_tracked(file.src_uri))
        self._tracked[language] = {file.url: self._key(file.src_uri) for file in tracked}

    def of(self, page: Page | None, language: str, base: str) -> dict[str, Any]:
        """What the scripts of a page get, which is in this language; `base` leads from it to the site's folder."""
        uri = page.file.src_uri if page and page.file.src_uri in self._originals else None
        words = {name: word for name, word in words_of(language).items() if name.startswith(_WORDS)}
        data: dict[str, Any] = {"base": base, "words": words, "tabs": self._translated_tabs(uri) if uri else {}}
        if self._course is not None:
            data["progress"] = {
                "course": self._course,
                "pages": self._tracked.get(language, {}),
                "here": self._key(uri) if uri else None,
                "home": bool(uri and self._is_home(uri)),
            }
        return data

    def check(self, problems: Problems) -> None:
        """Note what front matter says of progress and cannot be meant, when all languages are read."""
        keys: dict[str, str] = {}
        for uri in sorted({file.src_uri for file in self._originals.values()} if self._course is not None else ()):
            document = self._pages[uri].document
            if not isinstance(document.meta.get("progress"), str | bool | None):
                remedy = "write `progress: true`, `progress: false`, or a name"
                problems.add(document.place_of("progress"), "bad-header", "`progress` is no name", remedy)
            other = keys.setdefault(self._key(uri), document.path)
            if other != document.path:
                message = f'the progress of {other} is kept as "{self._key(uri)}" too'
                problems.add(document.place_of("progress"), "bad-header", message, "give one of the two another name")

    def _original(self, uri: str) -> Document:
        return self._pages[self._originals[uri].src_uri].document

    def _key(self, uri: str) -> str:
        original = self._original(uri)
        said = original.meta.get("progress")
        return said if isinstance(said, str) else original.name.removeprefix(f"{self._project.docs_dir}/")

    def _is_tracked(self, uri: str) -> bool:
        original = self._original(uri)
        said, quotes = original.meta.get("progress"), (isinstance(quote, CellQuote) for quote in original.quotes)
        is_for_students = original.meta.get("kind") != "plan" and not self._is_home(uri)
        return any(quotes) and is_for_students if said is None else bool(said)

    def _is_home(self, uri: str) -> bool:
        return self._originals[uri].dest_uri == "index.html"

    def _translated_tabs(self, uri: str) -> dict[str, str]:
        """By each label of the original's tabs the one of this page, if both have the same tabs."""
        original, own = (self._tabs.get(each, []) for each in (self._originals[uri].src_uri, uri))
        pairs = zip(original, own, strict=True) if len(original) == len(own) else ()
        return {before: here for before, here in pairs if before != here}
