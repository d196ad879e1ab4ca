"""`labguide check --fit`: slides that overflow or cannot be read, and exemptions that are not needed any more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from labguide import browser, decks, fit
from labguide.cli.commands import cli
from labguide.model import USUAL_DIALECT
from labguide.problems import Problems

Tell = Callable[..., list[str]]


@pytest.fixture(scope="module")
def page() -> Iterator[browser.Page]:
    with browser.started(browser.find()) as chromium, chromium.page() as page:
        yield page


@pytest.fixture
def tell(page: browser.Page, tmp_path: Path) -> Tell:
    """What is told of the slides of a deck, each as `line kind`; `tell(text, whole=True)` gives whole problems."""

    def of(*slides: str, whole: bool = False) -> list[str]:
        for name, content in decks.asset_files().items():
            file = tmp_path / "assets" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        path, problems = tmp_path / "deck.html", Problems()
        text = "\n---\n\n".join(slides)
        path.write_text(decks.render(text, lang="en", assets="assets", dialect=USUAL_DIALECT), "utf-8")
        fit.tell("slides/deck.md", fit.measure(page, path), problems)
        return [str(each) if whole else f"{each.place.line} {each.kind}" for each in problems]

    return of


def block(height: float, more: str = "") -> str:
    return f'<div style="width: 100px; height: {height}px; background: red; {more}"></div>\n'


@pytest.fixture
def room(tell: Tell) -> int:
    """Pixels of height that a slide has for its content when it has become as tight as it can be."""
    (told,) = tell(block(1000), whole=True)
    found = re.search(r"reaches (\d+) px below", told)
    assert found
    return 1000 - int(found[1])


def test_slide_that_just_fits_is_no_finding(tell: Tell, room: int) -> None:
    assert 560 < room < 720
    assert tell(block(room)) == []


def test_slide_that_overflows_by_two_pixels_is_found_at_its_line(tell: Tell, room: int) -> None:
    assert tell("## Fine\n", block(room + 2), "## Fine too\n") == ["5 slide-overflows"]


def test_message_says_what_overflows_and_what_to_do(tell: Tell) -> None:
    (told,) = tell(f"<p>Long text {block(900)}</p>", whole=True)
    assert "px below the room that the slide has; shorten the slide, or divide it" in told
    assert 'class="overflows"' in told


def test_content_beyond_the_right_margin_is_found(tell: Tell) -> None:
    assert tell(block(20, "width: 1300px")) == ["1 slide-overflows"]


def test_hundred_bullets_on_one_slide_are_found(tell: Tell) -> None:
    many = "\n".join(f"- bullet {number}" for number in range(100))
    assert "1 slide-overflows" in tell(f"## Many\n\n{many}")


def test_what_is_cut_off_inside_a_box_is_found(tell: Tell) -> None:
    (told,) = tell('<div style="height: 50px; overflow: auto"><div style="height: 80px">x</div></div>', whole=True)
    assert "cut off below: 30 px" in told


def test_placed_content_may_use_the_margins_but_not_leave_the_slide(tell: Tell) -> None:
    inside, outside = ("position: absolute; left: 0; top: 640px;" for _ in range(2))
    assert tell(block(80, inside)) == []
    assert tell(block(82, outside)) == ["1 slide-overflows"]


def test_fragments_are_judged_when_all_have_come(tell: Tell) -> None:
    assert tell(f'{block(300)}\n<div class="fragment" style="height: 600px; background: red">x</div>\n') == [
        "1 slide-overflows"
    ]


def test_hidden_content_and_notes_do_not_count(tell: Tell) -> None:
    hidden = block(900, "position: absolute; visibility: hidden")
    assert tell(f"{hidden}\n\nNotes:\n\n{block(900)}") == []


def test_slide_below_another_is_measured_at_its_own_line(tell: Tell) -> None:
    assert tell(f"## Above\n\n----\n\n{block(900)}") == ["5 slide-overflows"]


def test_text_of_eighteen_pixels_is_readable_and_smaller_text_is_not(tell: Tell) -> None:
    assert tell('<p style="font-size: 18px">Read me</p>') == []
    assert tell('<p style="font-size: 17.5px">Read me</p>') == ["1 small-text"]


def test_small_text_is_told_as_it_is_painted(tell: Tell) -> None:
    (told,) = tell('<div style="transform: scale(0.5)">\n<p style="font-size: 34px">Read me</p>\n</div>', whole=True)
    assert '"Read me" is 17.0 px high' in told


def test_small_marks_above_the_line_do_not_count(tell: Tell) -> None:
    assert tell('<p>Text <sup style="font-size: 12px">1</sup></p>') == []


@pytest.mark.parametrize(
    ("name", "faulty", "kind"),
    [
        ("overflows", block(900), "slide-overflows"),
        ("small-text", '<p style="font-size: 12px">Read me</p>', "small-text"),
    ],
)
def test_exemption_counts_for_its_own_fault_only(tell: Tell, name: str, faulty: str, kind: str) -> None:
    assert tell(f'<!-- .slide: class="{name}" -->\n\n{faulty}') == []
    other = {"overflows": "small-text", "small-text": "overflows"}[name]
    assert sorted(tell(f'<!-- .slide: class="{other}" -->\n\n{faulty}')) == sorted([f"1 {kind}", "1 unused-exemption"])


def test_exemption_that_is_not_needed_is_told(tell: Tell) -> None:
    (told,) = tell('<!-- .slide: class="overflows" -->\n\n## Short', whole=True)
    assert told.startswith('slides/deck.md:1: this slide fits, and says "overflows"; take "overflows" out')


def test_picture_that_cannot_be_shown_is_told(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert tell("![A picture](broken.png)") == ["1 broken-picture"]


PROJECT = {
    "mkdocs.yml": "site_name: A workshop\ntheme: {name: material, font: false}\nplugins: [labguide]\n",
    "docs/index.md": "# Home\n",
    "slides/talk.md": f"## Fine\n\n---\n\n{block(900)}",
}


def check(root: Path, *arguments: str) -> tuple[int, str]:
    for path, text in PROJECT.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    done = CliRunner().invoke(cli, ["check", "--project", str(root), "--static", "--fit", *arguments])
    return done.exit_code, done.stdout if "--json" in arguments else done.output


def test_findings_of_fit_go_through_the_report_of_a_check(tmp_path: Path) -> None:
    status, told = check(tmp_path / "project", "--json", "--junit", str(tmp_path / "report.xml"))
    (found,) = json.loads(told)
    assert (status, found["path"], found["line"], found["kind"]) == (1, "slides/talk.md", 5, "slide-overflows")
    assert "slide-overflows" in (tmp_path / "report.xml").read_text("utf-8")


def test_missing_browser_ends_the_check_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABGUIDE_BROWSER", "/nowhere/chromium")
    status, told = check(tmp_path)
    assert status == 2
    assert "LABGUIDE_BROWSER names /nowhere/chromium" in told
    assert not (tmp_path / ".labguide").exists()
