"""`labguide pdf` over a small workshop in two languages: the guide as a book, and what goes where."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from labguide.cli.commands import cli
from labguide.running import fonts

FILES = {
    "mkdocs.yml": """\
site_name: A workshop
site_description: All of it was run
site_url: https://workshop.example/
theme: {name: material, font: false}
plugins:
  - i18n:
      docs_structure: suffix
      languages:
        - {locale: en, name: English, default: true}
        - {locale: zh-TW, name: 繁體中文, site_name: 工作坊}
  - labguide
nav: [index.md, {Part: [second.md, first.md]}]
markdown_extensions:
  - attr_list
  - admonition
  - tables
  - pymdownx.details
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
""",
    "docs/index.md": "# Home\n\nGo to [the second](second.md#part), see [the deck](file.txt).\n",
    "docs/index.zh-TW.md": "# 首頁\n\n請看[第二頁](second.md)，建立儲存貯體。\n",
    "docs/file.txt": "a file\n",
    "docs/second.md": """\
# Second

??? note "Folded"
    What is folded.

## Part {#part}

=== "One"
    In tab one.
=== "Two"
    In tab two.

```text {.illustration}
LONG
```

| COLUMNS |
|RULES|
| CELLS |
""".replace("LONG", "code " * 60 + "endofcode")
    .replace("COLUMNS", " | ".join(f"column{number}name" for number in range(14)))
    .replace("RULES", "---|" * 13 + "---")
    .replace("CELLS", " | ".join(f"cell{number}text" for number in range(14))),
    "docs/first.md": "# First\n\n## Part {#part}\n\nBack to [home](index.md). SENTINEL-OF-PAGE\n",
    "slides/talk.md": "---\ntitle: Talk\n---\n\n## Only slide {#only}\n\nText\n\nNotes:\nSENTINEL-OF-NOTES\n",
    "slides/talk.zh-TW.md": "---\ntitle: 演講\n---\n\n## 唯一一張 {#only}\n\n文字\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("printed") / "project"
    for path, text in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root


def run(project: Path, *arguments: str) -> Result:
    done = CliRunner().invoke(cli, ["pdf", "--project", str(project), "--frozen", *arguments])
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture(scope="module")
def printed(project: Path) -> Path:
    assert run(project).exit_code == 0
    return project / "pdf"


@pytest.fixture(scope="module")
def guide(printed: Path) -> PdfReader:
    return PdfReader(printed / "guide.pdf")


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def outline(entries: list[Any], depth: int = 0) -> Iterator[tuple[int, str]]:
    for each in entries:
        if isinstance(each, list):
            yield from outline(each, depth + 1)
        else:
            yield depth, each.title


def test_all_decks_and_the_guide_are_printed_in_all_languages(printed: Path) -> None:
    found = sorted(path.relative_to(printed).as_posix() for path in printed.rglob("*.pdf"))
    assert found == ["guide.pdf", "guide.zh-TW.pdf", "slides/talk.pdf", "slides/talk.zh-TW.pdf"]


def test_pages_stand_in_the_order_of_the_navigation_and_are_bookmarks(guide: PdfReader) -> None:
    found = list(outline(guide.outline))
    assert [title for depth, title in found if depth == 0] == ["A workshop", "Home", "Second", "First"]
    assert (1, "Part") in found


def test_title_page_has_no_number_and_the_others_have(guide: PdfReader) -> None:
    texts = [page.extract_text() for page in guide.pages]
    assert "All of it was run" in texts[0]
    assert f"/ {len(texts)}" not in texts[0]
    assert all(f"{number} / {len(texts)}" in text for number, text in enumerate(texts[1:], 2))


def test_tabs_and_folded_boxes_are_printed_and_nothing_of_the_navigation(guide: PdfReader) -> None:
    text = text_of(guide)
    assert all(each in text for each in ("One In tab one.", "Two In tab two.", "What is folded."))
    assert not any(each in text for each in ("Skip to content", "Search", "Table of contents", "Made with"))


def test_long_code_and_wide_tables_are_whole(guide: PdfReader) -> None:
    text = text_of(guide)
    assert "endofcode" in text
    places: list[tuple[str, float]] = []
    for page in guide.pages:
        page.extract_text(visitor_text=lambda text, cm, tm, *_: places.append((text, tm[4] * cm[0] + cm[4])))
    right = [across for text, across in places if "cell13text" in text]
    assert right
    assert all(across < 595 - 51 for across in right)


def test_links_between_pages_lead_inside_the_pdf(guide: PdfReader) -> None:
    found = [link.get_object() for page in guide.pages for link in page.get("/Annots", []) or []]
    inside = {str(link["/Dest"]) for link in found if "/Dest" in link}
    assert "/part" in inside
    assert all(name in guide.named_destinations for name in inside)
    assert {link["/A"]["/URI"] for link in found if "/A" in link} == {"https://workshop.example/file.txt"}


def test_guide_is_in_its_language(printed: Path) -> None:
    chinese = PdfReader(printed / "guide.zh-TW.pdf")
    text = text_of(chinese).replace(" ", "")
    assert "目錄" in text
    assert "建立儲存貯體" in text
    assert chinese.metadata
    assert chinese.metadata.title == "工作坊"
    root: Any = chinese.trailer["/Root"]
    assert root["/Lang"] == "zh-TW"


def test_students_pdfs_have_no_notes(printed: Path) -> None:
    assert "SENTINEL-OF-NOTES" not in text_of(PdfReader(printed / "slides" / "talk.pdf"))


def test_notes_are_printed_into_the_instructors_folder(project: Path) -> None:
    assert run(project, "--notes", "--deck", "talk", "--language", "en").exit_code == 0
    folder = project / "pdf-instructor"
    assert [path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf")] == ["slides/talk-notes.pdf"]
    assert "SENTINEL-OF-NOTES" in text_of(PdfReader(folder / "slides" / "talk-notes.pdf"))


def test_notes_are_never_printed_into_the_students_site(project: Path) -> None:
    done = run(project, "--notes", "-o", str(project / "site" / "pdf"))
    assert done.exit_code == 2
    assert "lies in the students' site" in done.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--deck", "talks"), 'no deck "talks"; did you mean "talk"?'),
        (("--language", "zh"), 'not written in "zh"; known are: en, zh-TW'),
    ],
)
def test_unknown_names_are_wrong_use(project: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run(project, *arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_missing_browser_is_wrong_use(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABGUIDE_BROWSER", "/nowhere/chromium")
    done = run(project)
    assert done.exit_code == 2
    assert "LABGUIDE_BROWSER names /nowhere/chromium" in done.output


def test_missing_font_is_told_before_boxes_are_printed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "cjk_family", lambda: "")
    done = run(project, "--language", "zh-TW")
    assert done.exit_code == 2
    assert "no font for Chinese" in done.output


def test_problem_of_a_page_prints_nothing(project: Path, tmp_path: Path) -> None:
    page = project / "docs" / "first.md"
    before = page.read_text("utf-8")
    try:
        page.write_text("# First\n\n[nowhere](nothing.md)\n", "utf-8")
        done = CliRunner().invoke(cli, ["pdf", "--project", str(project), "--frozen", "--guide", "-o", str(tmp_path)])
        assert done.exit_code == 1
        assert "docs/first.md:3" in done.output
        assert list(tmp_path.iterdir()) == []
    finally:
        page.write_text(before, "utf-8")


def test_pdfs_are_the_same_bytes_each_time(project: Path, printed: Path, tmp_path: Path) -> None:
    assert run(project, "--guide", "--language", "en", "-o", str(tmp_path)).exit_code == 0
    assert (tmp_path / "guide.pdf").read_bytes() == (printed / "guide.pdf").read_bytes()


def test_reader_of_these_tests_finds_a_named_file_only_in_the_pdf(printed: Path) -> None:
    content = (printed / "guide.pdf").read_bytes()
    assert b"file://" not in content
    assert PdfReader(io.BytesIO(content)).pages
