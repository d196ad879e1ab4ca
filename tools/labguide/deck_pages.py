"""The decks of a site as HTML pages, and the files that go with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from labguide import decks, revealmd, sources
from labguide.model import Document, Project, Woven
from labguide.weaving import cards, typesetting

DECK_ASSETS = "assets/deck"
"""The site's folder of what all decks share."""


def render(
    path: str,
    pages: Mapping[str, Woven],
    slides: Mapping[str, Woven],
    project: Project,
    address: decks.Address = decks.as_written,
    home: str | None = None,
    brand: decks.Brand = decks.NO_BRAND,
) -> str:
    """The HTML page of one of the decks `slides`; in the host's Markdown, so that decks and pages agree.

    `address` tells for each link that an author wrote where it leads in the site, `home` where its first page is, and
    `brand` what the site says of itself.
    """
    woven = slides[path]
    same = {each.document.language: name for name, each in slides.items() if each.document.name == woven.document.name}
    alternates = {language: PurePosixPath(same[language]).name for language in project.languages if language in same}
    up = "../" * path.count("/")
    moved = {
        written: quote(f"{up}{_moved(file, project)}")
        for written, file in decks.elsewhere(woven.document, project).items()
    }
    page = decks.render(
        woven.lines,
        lang=woven.document.language,
        assets=f"{up}{DECK_ASSETS}",
        dialect=project.dialect,
        alternates=alternates,
        original=project.languages[0],
        home=home,
        address=lambda written: moved.get(written) or address(written),
        brand=replace(brand, logo=f"{up}{brand.logo}" if brand.logo else None),
        edition=project.edition,
        name=woven.document.name,
        lessons=_lessons(woven.document, pages, address, up),
        shared=revealmd.shared(project),
    )
    page = typesetting.typeset(page, woven.document.language)
    if project.edition == "instructor":
        return page.replace("<head>", '<head>\n<meta name="robots" content="noindex">', 1)
    return decks.page_without_notes(page)


def _lessons(deck: Document, pages: Mapping[str, Woven], address: decks.Address, up: str) -> list[tuple[str, str]]:
    """The title and the address of each lesson that a deck belongs to, in the deck's language if it is translated."""
    found: list[tuple[str, str]] = []
    for written in cards.lessons_of(deck):
        if written in pages:
            name = pages[written].document.name
            same = [woven for woven in pages.values() if woven.document.name == name]
            own = next((woven for woven in same if woven.document.language == deck.language), pages[written])
            found.append((cards.title_of(own), address(f"{up}{written}")))
    return found


def _moved(file: Path, project: Project) -> str:
    """Where a file that only decks show stands in the site."""
    return f"{DECK_ASSETS}/files/{file.resolve().relative_to(project.root.resolve()).as_posix()}"


def files(project: Project, slides: Mapping[str, Woven], withheld: Collection[str]) -> dict[str, bytes]:
    """What decks share, what lies beside them, and what they show from elsewhere; nothing that is `withheld`.

    By its path in the site.
    """
    shared = {f"{DECK_ASSETS}/{name}": content for name, content in decks.asset_files(project.edition).items()}
    beside = {
        project.relative(path): path.read_bytes()
        for path in sources.files(project.slides, "*")
        if not sources.is_markdown(path) and project.relative(path) not in withheld
    }
    elsewhere = {file for woven in slides.values() for file in decks.elsewhere(woven.document, project).values()}
    moved = {
        _moved(file, project): file.read_bytes()
        for file in sorted(elsewhere)
        if project.relative(file.resolve()) not in withheld
    }
    return shared | beside | moved
