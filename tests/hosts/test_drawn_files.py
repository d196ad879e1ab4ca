"""What of the libraries that draw, and of the site's configuration, is published with pages and decks."""

from __future__ import annotations

from pathlib import Path

from mkdocs_project import Built


def test_site_that_draws_nothing_has_no_library(tmp_path: Path) -> None:
    built = Built(tmp_path)
    assert built.build() == []
    assert not (built.root / "site" / "assets" / "drawing").exists()
    assert (built.root / "site" / "assets" / "labguide" / "drawing.js").is_file()


def test_deck_that_draws_brings_the_libraries_with_it(tmp_path: Path) -> None:
    built = Built(tmp_path, structure="suffix")
    built.write("slides/deck.zh-TW.md", '## A {#a}\n\n<span class="arithmatex">\\(x\\)</span>\n')
    assert built.build() == []
    assert (built.root / "site" / "assets" / "drawing" / "katex" / "katex.min.js").is_file()


def test_foot_of_a_deck_says_what_the_configuration_says(tmp_path: Path) -> None:
    built = Built(tmp_path, structure="suffix", more="copyright: Mine\n")
    config = (built.root / "mkdocs.yml").read_text("utf-8").replace("font: false", "font: false, logo: images/logo.svg")
    built.write("mkdocs.yml", config.replace("name: 繁體中文", "name: 繁體中文, site_name: 工作坊"))
    built.write("docs/images/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    for suffix in ("", ".zh-TW"):
        built.write(f"slides/deck{suffix}.md", "# Deck\n")
    assert built.build() == []
    assert "<span>A workshop · Mine</span>" in built.page("slides/deck.html")
    assert "<span>工作坊 · Mine</span>" in built.page("slides/deck.zh-TW.html")
    assert '<img src="../images/logo.svg" alt="">' in built.page("slides/deck.html")
