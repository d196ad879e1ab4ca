"""What is written in the site's own dialect stays as it is when a deck is read, and so does all code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labguide.lines import placed
from labguide.revealmd import MARKS, read

WORDS = st.text(st.sampled_from("abcdefgh ,.*`[]()é訓練"), min_size=1, max_size=20).map(str.strip).filter(bool)
PARAGRAPHS = WORDS.map(lambda words: f"w {words}")


@st.composite
def lists(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """A list, nested by fours."""
    mark = draw(st.sampled_from(["-", "*", "1."]))
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        lines.append(f"{' ' * 4 * depth}{mark} {draw(PARAGRAPHS)}")
        if depth < 2 and draw(st.booleans()):
            lines += draw(lists(depth + 1))
    return lines


@st.composite
def blocks(draw: st.DrawFn) -> list[str]:
    """A block as the site's pages have it."""
    text = draw(PARAGRAPHS)
    code = draw(st.lists(st.sampled_from(["- a", "  - b", "---", "# c", "", "Note: d", "| e |", "x = 1"]), max_size=5))
    if draw(st.booleans()):
        return draw(lists())
    return draw(
        st.sampled_from(
            [
                [text, text],
                [f"## {text} {{#id}}"],
                ['!!! note "T"', f"    {text}", "", "    - a", "        - b"],
                [
                    '=== "A"',
                    f"    {text}",
                    "",
                    '=== "B"',
                    "    ```python",
                    *(f"    {line}" for line in code),
                    "    ```",
                ],
                ["```yaml", *code, "```"],
                ["``` {.text .illustration}", *code, "```"],
                ["```{cell} script#cell", ":show: code", "```"],
                ["| a | b |", "|---|---|", "| 1 | 2 |"],
                [f"[^1]: {text}", "", f"    {text}"],
                [text, f":   {text}"],
                ["> quoted", "> more"],
                ['<div class="a" markdown="1">', "", text, "", "</div>"],
                ["- [ ] a task", "- [x] another"],
                ["1. one", "", "    more of it", "", "    ```js", "    x", "    ```", "", "2. two"],
                ["![a](b.svg){width=300}"],
                ["***"],
            ]
        )
    )


@given(st.lists(st.lists(blocks(), min_size=1, max_size=4), min_size=1, max_size=3))
def test_text_in_the_dialect_of_the_site_stays_as_it_is(slides: list[list[list[str]]]) -> None:
    text = "\n\n---\n\n".join("\n\n".join("\n".join(block) for block in slide) for slide in slides)
    lines = placed(text, "slides/deck.md")
    assert [line.text for line in read(lines, MARKS)] == [line.text for line in lines]


@given(st.lists(st.sampled_from(["- a", "  - b", "-- c", "d\te", "", "> e", "| f |", "1) g", "<div>", "    h"])))
def test_code_stays_as_it_is_wherever_its_fence_stands(code: list[str]) -> None:
    for before, indent in (("", ""), ("text", ""), ("- a", "  "), ("1. a", "   "), ("- a\n  - b", "    ")):
        fence = [f"{indent}```js", *(f"{indent}{line}" if line else "" for line in code), f"{indent}```"]
        lines = [line.text for line in read(placed("\n".join([before, *fence]), "deck.md"), MARKS)]
        start = next(number for number, line in enumerate(lines) if line.strip() == "```js")
        new = " " * (len(lines[start]) - len(lines[start].lstrip()))
        assert [line.removeprefix(new) for line in lines[start + 1 : start + 1 + len(code)]] == code
