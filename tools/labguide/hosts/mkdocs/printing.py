"""What a book needs to know of a site: which pages it has in which order, and where the content of each begins."""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from labguide.pdf import Book, Chapter
from labguide.pdf.books import CONTENT


class Printing:
    """Notes it while MkDocs renders a site language by language."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Navigation, Book]] = {}

    def see_navigation(self, nav: Navigation, language: str, config: MkDocsConfig) -> None:
        """Note the navigation of a language, and what its configuration calls the site."""
        scripts = tuple(str(script) for script in config.extra_javascript if "://" not in str(script))
        title, said, owner = config.site_name or "", config.site_description or "", config.copyright or ""
        self._found[language] = (nav, Book(language, title, said, owner, config.site_url or "", scripts, ()))

    def mark(self, content: str) -> str:
        """A page's content in an element that a book knows it by."""
        return f"<div {CONTENT}>\n{content}\n</div>"

    def books(self) -> dict[str, Book]:
        """The book of each language; when all pages have been read, for only then they have titles."""
        return {language: _book(nav, book) for language, (nav, book) in self._found.items()}


def _book(nav: Navigation, book: Book) -> Book:
    chapters = tuple(Chapter(page.file.dest_uri, str(page.title or ""), tuple(_parts(page))) for page in nav.pages)
    return Book(book.language, book.title, book.description, book.copyright, book.address, book.scripts, chapters)


def _parts(page: Page) -> Iterator[str]:
    """The titles of the sections that a page stands in, the outermost first."""
    return (str(section.title or "") for section in reversed(list(page.ancestors)))
