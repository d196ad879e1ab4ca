"""A word that stands in the instructor's part only is in no byte of the student's edition."""

from __future__ import annotations

import base64
import gzip
import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import traces
from edition_project import Course
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WORD = " ".join(traces.WORDS)

BLOCKS = {
    "instructor": f"!!! instructor\n    {WORD}\n\n    {WORD}",
    "titled": f'!!! assistant "{WORD}"\n    {WORD}',
    "details": f"??? solution\n    {WORD}\n\n    - {WORD}\n\n        {WORD}",
    "open details": f'???+ solution "{WORD}"\n    {WORD}',
    "capital": f"!!! Instructor\n    {WORD}",
    "comment": f"<!-- {WORD} -->",
    "long comment": f"<!--\n{WORD}\n{WORD}\n-->",
    "mark": f"<!-- en:{WORD} -->",
    "quote in a block": "!!! solution\n    ```{cell} answers#answer\n    ```\n\n    {value}`answers#secret`",
    "heading in a block": f"!!! solution\n    ## {WORD} {{#x-y}}",
    "included block": '--8<-- "snippets/hint.md"',
}
"""What of a page only instructors get, in its forms."""

PLACES = {
    "page": "{}",
    "list": "1. open\n\n{4}\n\n2. open",
    "tab": '=== "open"\n\n    open\n\n{4}',
    "admonition": "!!! note\n    open\n\n{4}",
    "details": '??? note "open"\n    open\n\n{4}',
    "quotation": "> open\n\n{}",
    "list in a tab": '=== "open"\n\n    - open\n\n{8}',
    "definition": "term\n:   open\n\n{4}",
}
"""Where it may stand."""

ANSWERS = (
    f'# %% name="answer"\nsecret = "{WORD}"\nprint(secret)\nfor number in range(900):\n    print(secret, number)\n'
)

NOTEBOOK = f'''\
# %% [markdown]
# # Sums
#
# Add them.
#
# !!! instructor
#     {WORD}
#
# <!-- {WORD} -->

# %% name="add"
values = [1, 2, 3]
### BEGIN SOLUTION
def total(numbers):  # {WORD}
    result = sum(numbers) + len("{WORD}") * 0
    return result / len(numbers)
print("{WORD}", total(values))
### END SOLUTION

# %% name="check-add" checks="add"
assert "total" in globals() and total([1, 2]) == 1.5, "There is no right total yet: define it above."
### BEGIN HIDDEN TESTS
assert total([4]) == 4, "{WORD}"
print("{WORD}")
### END HIDDEN TESTS

# %% name="fails" tags=["raises-exception"]
total([])

# %% [markdown] slideshow={{"slide_type": "notes"}}
# ## Said
#
# {WORD}

# %% [markdown] slideshow={{"slide_type": "slide"}}
# ## Shown
#
# Seen by all.

# %% name="show"
import inspect
print(inspect.getsource(total) if False else "shown")
'''

DECK = f'''\
---
title: Deck
---

# First

open

Notes:

{WORD}

```{{cell}} answers#answer
```

---

# Second <!-- {WORD} -->

Note:
{WORD}

----

<!-- .slide: id="third"
  data-notes="{WORD}
  {WORD}" -->
# Third

<aside class="notes">
{WORD}
</aside>

open

!!! solution
    {WORD}

---

<!-- .slide {WORD} -->
# Fourth

<aside data-of="a > b" class="notes">
{WORD}

---

<aside class="n&#111;tes">{WORD}</aside>

# Fifth

---

# Last
'''

NAV = "nav:\n  - index.md\n  - lesson.md\n  - sums.md\n  - Plans:\n      - plans/{0}.md\n  - only.md\nsite_url: https://example.org/\n"


def placed(block: str, place: str) -> str:
    for blanks in (4, 8):
        place = place.replace(f"{{{blanks}}}", textwrap.indent(block, " " * blanks))
    return place.replace("{}", block)


def planted(root: Path) -> Course:
    """A course with the words in all that only instructors get but for the lesson's blocks."""
    course = Course(root, languages=True, nav=NAV.format(traces.WORDS[0]))
    course.write("snippets/answers.py", ANSWERS)
    course.write("snippets/hint.md", f"Open.\n\n!!! assistant\n    {WORD}\n")
    course.write("notebooks/sums.py", NOTEBOOK)
    names = ("add", "check-add", "fails")
    quotes = f"\n\n??? solution\n    {WORD}\n\n".join(f"```{{cell}} sums#{name}\n```" for name in names)
    quotes += f"\n\n## 說的\n\n{WORD}\n\n## 看的\n\n大家都看得到。\n\n```{{cell}} sums#show\n```"
    course.write("notebooks/sums.zh-TW.md", f"# 加總\n\n<!-- en:{WORD} -->\n開始。\n\n{quotes}\n")
    for suffix in ("", ".zh-TW"):
        course.write(f"docs/sums{suffix}.md", "---\nnotebook: notebooks/sums.py\n---\n")
        head = f"---\nkind: plan\ntitle: {WORD}\ndescription: {WORD}\nminutes: 5\n---\n"
        step = f"### 1. Instructor Do: {WORD} (5 min) {{#{traces.WORDS[0]}-step}}"
        plan = f"{head}# {WORD} {{#{traces.WORDS[0]}}}\n\n{step}\n\n{WORD}\n"
        course.write(f"docs/plans/{traces.WORDS[0]}{suffix}.md", plan)
        course.write(f"slides/deck{suffix}.md", DECK)
        course.write(f"slides/sums{suffix}.md", "---\nnotebook: notebooks/sums.py\n---\n")
        course.write(f"slides/{traces.WORDS[0]}{suffix}.md", f"---\nedition: instructor\n---\n# {WORD}\n")
    course.write("docs/only.md", f"---\nedition: Instructor\n---\n# {WORD}\n")
    course.write("docs/plans/material/table.csv", WORD)
    course.write("docs/lesson.md", "# Lesson\n")
    return course


def test_the_whole_course_with_every_form_at_once(tmp_path: Path) -> None:
    course = planted(tmp_path)
    page = "\n\n".join(placed(block, place) for block in BLOCKS.values() for place in PLACES.values())
    course.write("docs/lesson.md", f"# Lesson\n\n{page}\n")
    course.both()
    for word in traces.WORDS:
        assert traces.of(word, tmp_path / "site") == []
        found = {each.partition(" (")[0] for each in traces.of(word, tmp_path / "site-instructor")}
        lost = {
            *("lesson.html", "zh-TW/lesson.html", "sums.html", "zh-TW/sums.html", "only.html"),
            *("slides/deck.html", "slides/deck.zh-TW.html", "plans/material/table.csv", "search/search_index.json"),
            *("slides/sums.html", "slides/sums.zh-TW.html"),
            *("notebooks/sums.ipynb", "notebooks/sums-executed.zh-TW.ipynb"),
            f"plans/{traces.WORDS[0]}.html",
            f"zh-TW/plans/{traces.WORDS[0]}.html",
            f"slides/{traces.WORDS[0]}.html",
        } - found
        assert lost == set()
    assert "Last" in course.student("slides/deck.html")
    names = [path.name for path in (tmp_path / "site").rglob("*")]
    assert "only.html" not in names
    assert "table.csv" not in names


OLD_DECK = f"""\
---
title: Words
notesSeparator: "^Say:"
---

# One {{#one}}

open of then

Say:

{WORD}

## Said {{#said}}

{WORD}

---

# Two {{#two}}

open of then <!-- {WORD} -->
"""

OLD_LESSON = f"""\
# Talk {{#talk}}

open of then

!!! instructor
    {WORD} of then

## Further {{#further}}

<!--
## {WORD} {{#hidden}}

{WORD}
-->

open of then

??? solution
    {WORD}
"""

OLD_NOTEBOOK = f"""\
# %% [markdown] slideshow={{"slide_type": "notes"}}
# # Once said {{#once}}
#
# {WORD}

# %% name="show"
print("shown")
"""


def of_now(text: str) -> str:
    """What an author made of it: all that readers see, and all that they do not, is another text."""
    return text.replace("of then", "of now").replace(f"{WORD}\n", f"{WORD} again\n")


def test_the_translators_page_shows_nothing_of_it_neither_of_then_nor_of_now(tmp_path: Path) -> None:
    course = planted(tmp_path)
    hidden = f"---\nedition: instructor\n---\n# Once hidden {{#once-hidden}}\n\n{WORD}\n"
    for suffix in ("", ".zh-TW"):
        course.write(f"docs/talk{suffix}.md", OLD_LESSON)
        course.write(f"docs/was{suffix}.md", hidden)
        course.write(f"slides/words{suffix}.md", OLD_DECK)
    course.write("notebooks/once.py", OLD_NOTEBOOK)
    course.write("notebooks/once.zh-TW.md", f"# 曾經說的 {{#once}}\n\n{WORD}\n\n```{{cell}} once#show\n```\n")
    course.sync()
    course.commit()
    course.write("docs/talk.md", of_now(OLD_LESSON))
    course.write("slides/words.md", of_now(OLD_DECK))
    course.write("docs/was.md", "# Once hidden {#once-hidden}\n\nopen of now\n")
    _, _, title = course.text("docs/was.zh-TW.md").replace(WORD, "現在看得到").split("---\n")
    course.write("docs/was.zh-TW.md", title)
    course.write(
        "notebooks/once.py", OLD_NOTEBOOK.replace(' slideshow={"slide_type": "notes"}', "").replace(WORD, "open")
    )
    course.write("notebooks/once.zh-TW.md", course.text("notebooks/once.zh-TW.md").replace(WORD, "現在看得到"))
    course.both()
    shown = course.student("translations.zh-TW.html")
    assert shown.count("<ins>now</ins>") == 4  # two sections of the lesson, and two slides
    assert shown.count("現在看得到") == 2
    for word in traces.WORDS:
        assert traces.of(word, tmp_path / "site") == []
        assert word in course.instructor("translations.zh-TW.html")


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(sorted(BLOCKS)), st.sampled_from(sorted(PLACES))), min_size=1, max_size=5))
def test_blocks_wherever_they_stand(chosen: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        course = Course(Path(folder))
        course.write("snippets/answers.py", ANSWERS)
        course.write("snippets/hint.md", f"Open.\n\n!!! assistant\n    {WORD}\n")
        page = "\n\nopen\n\n".join(placed(BLOCKS[block], PLACES[place]) for block, place in chosen)
        course.write("docs/index.md", f"# Home\n\n{page}\n")
        course.both()
        for word in traces.WORDS:
            assert traces.of(word, course.root / "site") == []
            assert traces.of(word, course.root / "site-instructor") != []


@pytest.mark.parametrize(
    "content",
    [
        WORD.encode(),
        gzip.compress(WORD.encode()),
        base64.b64encode(b"a" + WORD.encode()),
        "".join(f"&#{ord(each)};" for each in WORD).encode(),
        "".join(f"\\u{ord(each):04x}" for each in WORD).encode(),
        "".join(f"%{each:02X}" for each in WORD.encode()).encode(),
    ],
    ids=["as it is", "gzip", "base64", "entities", "JSON", "per cent"],
)
def test_the_search_for_traces_sees_through_every_coding(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    assert all(traces.of(word, tmp_path) for word in traces.WORDS)
