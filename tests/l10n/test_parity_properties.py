"""Parity on pages that nobody thought of: put together from all that a section may hold."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from test_parity import CELL, CODE, DIALECT, INDENTED, messages, sync, write

from labguide import l10n
from labguide.l10n import parity
from labguide.model import Project
from labguide.problems import Problem, Problems

PIECES = (
    CELL,
    CODE,
    "- one\n- two\n\n    `three`",
    "1. one\n\n    ```bash\n    ls\n    ```\n\n2. two",
    "|a|b|\n|-|-|\n|`c`|[d](d.md)|",
    f"!!! note\n\n{INDENTED}",
    '??? tip "A"\n\n    - b',
    f'=== "A"\n\n{INDENTED}\n\n=== "B"\n\n    c',
    "> quoted `code`",
    "![a](a.svg)",
    "{value}`a#b:.1%` of all",
    "    indented code",
    "<pre>raw</pre>",
    '<div class="columns" markdown>\n\n`d`\n\n</div>',
    "``` {.text .illustration}\na --> b\n```",
    "term\n:   what it is",
    "See [this][r].\n\n[r]: https://example.com/",
)
PAGES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6)


def compared(source: list[str], translation: list[str]) -> list[Problem]:
    with TemporaryDirectory() as folder:
        for name, pieces in (("page.md", source), ("page.zh-TW.md", translation)):
            write(Path(folder) / "docs" / name, "\n\ntext\n\n".join(["# A {#a}", *pieces, ""]))
        project = Project(Path(folder), ("en", "zh-TW"), dialect=DIALECT)
        sync(project)
        problems = Problems()
        parity.check(project, l10n.status(project, problems), problems)
        return list(problems)


@given(PAGES)
@settings(max_examples=40)
def test_page_is_equal_to_itself(pieces: list[str]) -> None:
    found = compared(pieces, pieces)
    assert not found, messages(found)


@given(PAGES, st.data())
@settings(max_examples=80)
def test_whatever_is_left_out_is_told(pieces: list[str], data: st.DataObject) -> None:
    left_out = data.draw(st.integers(0, len(pieces) - 1))
    assert compared(pieces, pieces[:left_out] + pieces[left_out + 1 :])


@given(PAGES, st.sampled_from(PIECES), st.data())
@settings(max_examples=80)
def test_whatever_is_added_is_told(pieces: list[str], piece: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pieces)))
    assert compared(pieces, [*pieces[:at], piece, *pieces[at:]])
