"""A folder of decks that was written for reveal-md, published by real MkDocs."""

from __future__ import annotations

from pathlib import Path

from mkdocs_project import Built

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


def test_pictures_elsewhere_in_the_project_are_published_with_the_decks(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("img/a b.svg", PICTURE)
    workshop.write("docs/in-guide.svg", PICTURE)
    workshop.write(
        "slides/part/deck.md",
        '![a](../../img/a%20b.svg)\n\n<img src="/img/a b.svg">\n\n![b](../../in-guide.svg)\n---\n'
        '<!-- .slide: data-background="/img/a b.svg" -->\nb\n',
    )
    assert workshop.build() == []
    page = workshop.page("slides/part/deck.html")
    assert page.count('"../../assets/deck/files/img/a%20b.svg"') == 3
    assert (tmp_path / "site/assets/deck/files/img/a b.svg").read_text() == PICTURE


def test_picture_that_is_nowhere_is_told_at_its_line(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("slides/deck.md", "# A\n\n![a](/img/none.svg)\n---\n![b](../img/none.svg)\n")
    assert workshop.build() == ["slides/deck.md:3:6 broken-link", "slides/deck.md:5:6 broken-link"]


def test_readme_beside_decks_and_what_says_so_is_no_deck(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("slides/README.md", "# How to build\n\n```bash\nnpm i\n```\n")
    workshop.write("slides/notes.md", "---\ndeck: false\n---\n```bash\nls\n```\n")
    workshop.write("slides/deck.md", "# A\n")
    assert workshop.build() == []
    assert [path.name for path in (tmp_path / "site/slides").iterdir()] == ["deck.html"]


def test_readme_that_is_the_only_deck_is_one(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("slides/README.md", "# A\n---\n# B\n")
    assert workshop.build() == []
    assert workshop.page("slides/README.html").count("<section") == 2


def test_style_sheet_that_all_decks_name_is_published(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("reveal-md.json", '{"css": "look/own.css", "verticalSeparator": "\\n--\\n"}')
    workshop.write("look/own.css", "h1 { color: red }")
    workshop.write("slides/deck.md", "# A\n--\n# B\n")
    assert workshop.build() == []
    assert (tmp_path / "site/assets/deck/files/look/own.css").is_file()
    assert workshop.page("slides/deck.html").count("<section") == 3


def test_script_that_all_decks_name_is_refused_once(tmp_path: Path) -> None:
    workshop = Built(tmp_path)
    workshop.write("reveal-md.json", '{\n  "scripts": ["a.js"]\n}')
    workshop.write("slides/a.md", "# A\n")
    workshop.write("slides/b.md", "# B\n")
    assert workshop.build() == ["reveal-md.json:2 refused-setting"]
