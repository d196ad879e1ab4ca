"""The workshop's own slides fit and can be read from the last row, in every language."""

from __future__ import annotations

from pathlib import Path

from labguide import browser, fit
from labguide.problems import Problems


def test_slides_fit_and_can_be_read(site: Path) -> None:
    found = sorted((site / "slides").glob("*.html"))
    assert found
    problems = Problems()
    with browser.started(browser.find()) as chromium, chromium.page() as page:
        for deck in found:
            fit.tell(f"slides/{deck.stem}.md", fit.measure(page, deck), problems)
    assert list(map(str, problems)) == []
