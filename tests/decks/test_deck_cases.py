"""Each folder in `tests/decks/cases/` is a claim: the slides of its `input.md` are those in `expected.html`.

`pytest --accept` writes what was rendered as expected; read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from published_deck import DIALECT

from labguide import decks

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case: str, request: pytest.FixtureRequest) -> None:
    text = (CASES / case / "input.md").read_text("utf-8")
    page = decks.render(text, lang="en", assets="assets", dialect=DIALECT)
    slides = page.partition('<div class="slides">\n')[2].partition("</div>\n</main>")[0]
    expected = CASES / case / "expected.html"
    if request.config.getoption("--accept"):
        expected.write_text(slides, "utf-8")
    assert slides == expected.read_text("utf-8")
