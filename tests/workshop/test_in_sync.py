"""The workshop's translations say what the English says today."""

from __future__ import annotations

from pathlib import Path

from labguide import l10n
from labguide.hosts.mkdocs import open_project
from labguide.l10n import State
from labguide.problems import Problems

ROOT = Path(__file__).parents[2]


def test_every_section_is_made_from_the_english_of_today() -> None:
    pages = l10n.status(open_project(ROOT), Problems())
    behind = [
        f"{page.expected}: {standing.state} #{standing.key}"
        for page in pages
        for standing in page.standings
        if standing.state is not State.OK or standing.draft
    ]
    assert pages
    assert behind == []
