"""The speaker's view in a real browser: beside the deck from the disk, and through `labguide present`."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser import browser, serve, watch
from labguide import decks, presenting
from labguide.model import USUAL_DIALECT
from labguide.presenting import server as room
from labguide.presenting.presentation import Presentation

__all__ = ["browser", "serve"]

PHONE = {"width": 390, "height": 844}
TALK = """\
---
title: A talk
minutes: 4
---

# A talk {#title}

Notes:
Say **hello**, and [look](https://example.com/) or [go on](#/end).

---

## Steps {#steps}

- One
- Two
{.fragment}

<p class="fragment">Three</p>

---

<!-- .slide: data-timing="30" -->

## Down {#down}

Notes:
NOTES_OF_DOWN

----

## Below {#below}

---

<!-- .slide: data-visibility="hidden" -->

## Hidden {#hidden}

---

## The end {#end}

Notes:
"""


@dataclass(frozen=True)
class Talk:
    """The published deck in the instructor edition, from the disk and from a server."""

    folder: Path
    served: str

    @property
    def file(self) -> str:
        """The deck's address from the disk."""
        return (self.folder / "slides" / "talk.html").as_uri()


@pytest.fixture(scope="module")
def talk(serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Talk:
    folder = tmp_path_factory.mktemp("site")
    files = {f"assets/deck/{name}": content for name, content in decks.asset_files("instructor").items()}
    long = "A line of notes.\n\n" * 60
    for language, name in (("en", "talk"), ("zh-TW", "talk.zh-TW")):
        page = decks.render(
            TALK.replace("NOTES_OF_DOWN", long) + long,
            lang=language,
            assets="../assets/deck",
            dialect=USUAL_DIALECT,
            edition="instructor",
            name="slides/talk",
        )
        files[f"slides/{name}.html"] = page.encode()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return Talk(folder, f"{serve(folder)}/slides/talk.html")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as fresh:
        yield fresh


def _deck(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("window.Reveal?.isReady()")
    return page


def _view(page: Page) -> Page:
    """The speaker's view of a deck's window, as soon as the two know each other."""
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    _connected(popup.value)
    return popup.value


def _connected(view: Page) -> None:
    expect(view.locator("[data-part=status]")).to_have_text(re.compile("Moves the deck|正在控制投影片"))


def _shown(page: Page, slide: str) -> None:
    page.wait_for_function("name => Reveal.getCurrentSlide().id === name", arg=slide)


def _part(view: Page, name: str) -> str:
    return view.locator(f"[data-part={name}]").inner_text()


def _later(view: Page, seconds: int) -> None:
    """Let time pass in a window whose clock was installed."""
    view.clock.run_for(seconds * 1000 + 300)


@pytest.fixture(params=["file", "served"])
def address(request: pytest.FixtureRequest, talk: Talk) -> str:
    return str(getattr(talk, request.param))


def test_keys_in_the_speaker_view_move_the_deck(context: BrowserContext, address: str) -> None:
    page = _deck(context, address)
    view = _view(page)
    view.keyboard.press("ArrowRight")
    _shown(page, "steps")
    view.keyboard.press("End")
    _shown(page, "end")
    view.keyboard.press("PageUp")
    _shown(page, "below")
    expect(view.locator("[data-part=title]")).to_have_text("Below")


def test_keys_in_the_deck_move_the_speaker_view(context: BrowserContext, address: str) -> None:
    page = _deck(context, address)
    view = _view(page)
    page.keyboard.press("ArrowRight")
    expect(view.locator("[data-part=title]")).to_have_text("Steps")
    expect(view.locator("[data-part=number]")).to_have_text("Slide 2 of 5")


def test_step_of_a_slide_is_a_step_in_the_view(context: BrowserContext, address: str) -> None:
    page = _deck(context, f"{address}#/steps")
    view = _view(page)
    current = view.frame_locator("[data-part=current] iframe")
    following = view.frame_locator("[data-part=next] iframe")
    expect(following.locator("#steps .fragment.visible")).not_to_have_count(0)
    expect(current.locator("#steps .fragment.visible")).to_have_count(0)
    expect(view.locator("[data-part=next-title]")).to_contain_text("next step of this slide")
    while page.evaluate("Reveal.availableFragments().next"):
        page.keyboard.press("ArrowRight")
    expect(view.locator("[data-part=next-title]")).to_contain_text("Down")
    expect(current.locator("#steps .fragment:not(.visible)")).to_have_count(0)


def test_last_slide_says_that_nothing_comes(context: BrowserContext, talk: Talk) -> None:
    view = _view(_deck(context, f"{talk.file}#/end"))
    expect(view.locator("[data-part=next]")).to_have_attribute("data-end", "This is the end of the deck.")


def test_pictures_take_no_keys_and_show_no_controls(context: BrowserContext, talk: Talk) -> None:
    view = _view(_deck(context, talk.file))
    frame = view.frame_locator("[data-part=current] iframe")
    expect(frame.locator("#title h1")).to_be_visible()
    expect(frame.locator(".controls")).to_be_hidden()
    assert view.locator("iframe[inert]").count() == 2


def test_notes_are_whole_and_scroll(context: BrowserContext, talk: Talk) -> None:
    view = _view(_deck(context, f"{talk.file}#/down"))
    notes = view.locator("[data-part=notes]")
    expect(notes.get_by_text("A line of notes.")).to_have_count(60)
    view.keyboard.press("ArrowDown")
    view.wait_for_function("document.querySelector('[data-part=notes]').scrollTop > 0")
    last = notes.get_by_text("A line of notes.").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()


def test_slide_without_notes_says_so(context: BrowserContext, talk: Talk) -> None:
    view = _view(_deck(context, f"{talk.file}#/below"))
    expect(view.locator("[data-part=notes]")).to_have_text("No notes for this slide.")


def test_notes_grow_and_stay_large(context: BrowserContext, talk: Talk) -> None:
    view = _view(_deck(context, talk.file))
    size = "parseFloat(getComputedStyle(document.querySelector('[data-part=notes]')).fontSize)"
    before = view.evaluate(size)
    view.keyboard.press("+")
    view.get_by_role("button", name="Larger notes").click()
    assert view.evaluate(size) == before + 4
    view.reload()
    assert view.evaluate(size) == before + 4


def test_links_of_notes_leave_the_view_alone(context: BrowserContext, talk: Talk) -> None:
    page = _deck(context, talk.file)
    view = _view(page)
    assert view.get_by_role("link", name="look").get_attribute("target") == "_blank"
    view.get_by_role("link", name="go on").click()
    _shown(page, "end")


def test_view_survives_a_reload_of_either_window(context: BrowserContext, address: str) -> None:
    page = _deck(context, address)
    view = _view(page)
    view.keyboard.press("ArrowRight")
    _shown(page, "steps")
    page.reload()
    page.wait_for_function("window.Reveal?.isReady()")
    view.keyboard.press("End")
    _shown(page, "end")
    view.reload()
    _connected(view)
    expect(view.locator("[data-part=title]")).to_have_text("The end")
    view.keyboard.press("Home")
    _shown(page, "title")


def test_black_screen_is_told_and_ended_from_the_view(context: BrowserContext, talk: Talk) -> None:
    page = _deck(context, talk.file)
    view = _view(page)
    view.keyboard.press("b")
    page.wait_for_function("Reveal.isPaused()")
    expect(view.locator("[data-part=black]")).to_have_text("The screen is black")
    view.get_by_role("button", name="Black screen").click()
    page.wait_for_function("!Reveal.isPaused()")


def test_blocked_window_is_told_with_a_link_that_works(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.add_init_script("window.open = () => null")
    page.goto(address)
    page.wait_for_function("window.Reveal?.isReady()")
    page.keyboard.press("s")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("did not let the speaker view open")
    with page.expect_popup() as popup:
        page.keyboard.press("Enter")
    _connected(popup.value)
    expect(alert).to_have_count(0)
    popup.value.keyboard.press("ArrowRight")
    _shown(page, "steps")


def test_view_that_was_opened_alone_opens_its_deck(context: BrowserContext, talk: Talk) -> None:
    view = context.new_page()
    view.goto(f"{talk.file}?speaker")
    expect(view.locator("[data-part=status]")).to_have_text("No window shows this deck.")
    view.keyboard.press("ArrowRight")
    expect(view.locator("[data-part=title]")).to_have_text("Steps")
    with view.expect_popup() as popup:
        view.get_by_role("button", name="Open the deck").click()
    _connected(view)
    _shown(popup.value, "steps")
    view.keyboard.press("End")
    _shown(popup.value, "end")


# ---- Time ----


def _timed(context: BrowserContext, address: str) -> Page:
    """The view alone, with a clock that only moves when it is told to."""
    view = context.new_page()
    view.clock.install(time=datetime(2026, 1, 31, 9))
    view.goto(f"{address}?speaker")
    view.clock.pause_at(datetime(2026, 1, 31, 10))
    return view


def test_timer_starts_pauses_and_is_reset(context: BrowserContext, talk: Talk) -> None:
    view = _timed(context, talk.file)
    view.keyboard.press("t")
    _later(view, 65)
    assert _part(view, "elapsed") == "1:05"
    view.get_by_role("button", name="Pause").click()
    _later(view, 30)
    assert _part(view, "elapsed") == "1:05"
    assert _part(view, "pace") == "Timer paused"
    view.on("dialog", lambda dialog: dialog.accept())
    view.keyboard.press("r")
    assert _part(view, "elapsed") == "0:00"


def test_timer_goes_on_over_a_reload(context: BrowserContext, talk: Talk) -> None:
    view = _timed(context, talk.served)
    view.keyboard.press("t")
    _later(view, 65)
    view.reload()
    assert _part(view, "elapsed") in ("1:05", "1:06")
    _later(view, 10)
    assert _part(view, "elapsed") in ("1:15", "1:16")


def test_first_step_starts_the_timer(context: BrowserContext, talk: Talk) -> None:
    page = _deck(context, talk.file)
    view = _view(page)
    assert _part(view, "pace") == "Starts with the first step"
    page.keyboard.press("ArrowRight")
    expect(view.get_by_role("button", name="Pause")).to_be_visible()


def test_each_slide_has_its_planned_time(context: BrowserContext, talk: Talk) -> None:
    """Four minutes, thirty seconds of them for one slide, none for the hidden one: the other four have 52.5 each."""
    view = _timed(context, talk.file)
    assert _part(view, "total") == "of 4:00"
    assert _part(view, "planned") == "of 0:53"
    view.keyboard.press("ArrowRight")
    view.keyboard.press("ArrowRight")
    assert _part(view, "planned") == "of 0:30"
    assert _part(view, "until") == "planned until 2:15"


def test_who_is_late_is_told_in_words_and_shape(context: BrowserContext, talk: Talk) -> None:
    view = _timed(context, talk.file)
    view.keyboard.press("t")
    _later(view, 10)
    assert (_part(view, "shape"), _part(view, "pace")) == ("✓", "On time")
    _later(view, 62)
    assert (_part(view, "shape"), _part(view, "pace")) == ("▼", "0:20 behind")
    assert _part(view, "rest") == "! 0:20 over"
    assert "speaker-over" in (view.locator("[data-part=slide-box]").get_attribute("class") or "")
    view.keyboard.press("End")
    assert _part(view, "shape") == "▲"
    assert _part(view, "pace").endswith("ahead")
    assert _part(view, "rest") == "0:52 left"


# ---- A phone, and through `labguide present` ----


def test_phone_has_two_large_buttons_the_notes_and_the_time(context: BrowserContext, talk: Talk) -> None:
    view = context.new_page()
    view.set_viewport_size(PHONE)  # type: ignore[arg-type]
    view.goto(f"{talk.file}?speaker")
    for name in ("Back", "Next"):
        box = view.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert box["width"] > 130
        assert box["height"] >= 96
        assert box["y"] + box["height"] <= PHONE["height"]
    notes = view.locator("[data-part=notes]").bounding_box()
    assert notes
    assert notes["height"] > 200
    expect(view.locator("[data-part=now]")).to_be_in_viewport()
    assert view.locator("iframe").count() == 0
    assert view.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.fixture
def presented(talk: Talk) -> Iterator[str]:
    """The deck's address on a server that lets windows talk."""
    at = presenting.listening("127.0.0.1", 0)
    door, presentation = presenting.Door("127.0.0.1", at.getsockname()[1]), Presentation()
    with at:
        served = room._server(door, at, room.App(talk.folder, door, presentation))
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{door.port}/slides/talk.html"
        presentation.end()
        served.shutdown()
        thread.join()
        served.server_close()


def test_phone_moves_the_deck_through_the_server(browser: Browser, presented: str) -> None:
    with browser.new_context() as laptop, browser.new_context(viewport=PHONE) as phone:  # type: ignore[arg-type]
        page, view = _deck(laptop, presented), phone.new_page()
        complaints = watch(view)
        view.goto(f"{presented}?speaker")
        _connected(view)
        view.get_by_role("button", name="Next", exact=True).click()
        _shown(page, "steps")
        page.keyboard.press("End")
        expect(view.locator("[data-part=title]")).to_have_text("The end")
        assert complaints == []


def test_popup_through_the_server_moves_one_step_at_a_time(context: BrowserContext, presented: str) -> None:
    page = _deck(context, presented)
    page.keyboard.press("Home")
    view = _view(page)
    expect(view.locator("[data-part=title]")).to_have_text("A talk")
    view.keyboard.press("ArrowRight")
    _shown(page, "steps")
    expect(view.locator("[data-part=title]")).to_have_text("Steps")
    assert page.evaluate("Reveal.getIndices().f") == -1


def test_timer_is_the_same_on_every_device(browser: Browser, presented: str) -> None:
    with browser.new_context() as laptop, browser.new_context() as phone:
        first, second = laptop.new_page(), phone.new_page()
        first.goto(f"{presented}?speaker")
        expect(first.locator("[data-part=status]")).not_to_have_text("The connection is lost; trying again.")
        first.keyboard.press("t")
        second.goto(presented.replace("talk.html", "talk.zh-TW.html") + "?speaker")
        expect(second.get_by_role("button", name="暫停")).to_be_visible()
        second.keyboard.press("t")
        expect(first.get_by_role("button", name="Start", exact=True)).to_be_visible()


def test_view_says_that_the_deck_was_closed(browser: Browser, presented: str) -> None:
    with browser.new_context() as laptop, browser.new_context() as phone:
        page, view = _deck(laptop, presented), phone.new_page()
        view.goto(f"{presented}?speaker")
        _connected(view)
        page.close()
        expect(view.locator("[data-part=status]")).to_have_text("No window shows this deck.", timeout=15000)


# ---- The students' edition ----


def test_student_is_told_where_the_notes_are(browser: Browser, tmp_path: Path, talk: Talk) -> None:
    text = re.sub(r"Notes:.*?(?=\n---|\Z)", "", TALK, flags=re.DOTALL)
    page = decks.render(text, lang="zh-TW", assets="../assets/deck", dialect=USUAL_DIALECT)
    assert "presenter/" not in page
    assert not any("presenter" in name for name in decks.asset_files())
    for name, content in decks.asset_files().items():
        (tmp_path / "assets/deck" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "assets/deck" / name).write_bytes(content)
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides" / "talk.html").write_text(page, "utf-8")
    with browser.new_context() as context:
        window = _deck(context, (tmp_path / "slides" / "talk.html").as_uri())
        window.keyboard.press("s")
        expect(window.get_by_text("講者備忘稿收錄在這份教材的講師版。")).to_be_visible()
        window.keyboard.press("ArrowRight")
        expect(window.get_by_text("講者備忘稿收錄在這份教材的講師版。")).to_be_hidden()
