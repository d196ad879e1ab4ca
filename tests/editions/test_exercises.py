"""Exercises: a student gets the gap, the instructor the solution, and the build runs both."""

from __future__ import annotations

from pathlib import Path

import pytest
from edition_project import Course

SCRIPT = """\
# ---
# jupyter:
#   labguide:
#     timeout: 60
# ---
# %% [markdown]
# # Sums
#
# ## Add them up
#
# Add all prices.

# %% name="prices"
prices = [1, 2, 3]

# %% name="add"
def add(values):
    total = 0
    ### BEGIN SOLUTION
    for value in values:
        total += value
    print("adding as the answer says")
    ### END SOLUTION
    return total

print(add(prices))

# %% name="check-add" checks="add"
assert "add" in globals() and add([1, 2]) == 3, "add([1, 2]) should be 3: go through all values."
### BEGIN HIDDEN TESTS
assert add([5]) == 5, "hidden"
### END HIDDEN TESTS
"""

PAGE = "# Sums\n\n```{cell} sums#add\n```\n\n```{cell} sums#check-add\n```\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path)
    made.write("notebooks/sums.py", SCRIPT)
    made.write("docs/sums.md", PAGE)
    return made


def test_a_student_gets_the_gap_and_no_output_of_it(course: Course) -> None:
    course.both()
    page = course.student("sums.html")
    assert "Your code here" in page
    assert "total += value" not in page
    assert "adding as" not in page
    assert "hidden" not in page.split("</head>")[1]
    assert "return total" in course.notebook("notebooks/sums.ipynb")[2]
    assert not any("total += value" in cell for cell in course.notebook("notebooks/sums-executed.ipynb"))


def test_the_gap_stands_behind_the_indentation_of_the_solution(course: Course) -> None:
    course.both()
    assert course.notebook("notebooks/sums.ipynb")[2] == (
        "def add(values):\n    total = 0\n    ...  # Your code here\n    return total\n\nprint(add(prices))"
    )


def test_the_instructor_gets_solution_and_hidden_tests_marked_in_words(course: Course) -> None:
    course.both()
    assert course.notebook("notebooks/sums.ipynb", "instructor")[2:] == [
        "def add(values):\n    total = 0\n    # The solution begins here\n    for value in values:\n"
        '        total += value\n    print("adding as the answer says")\n    # The solution ends here\n'
        "    return total\n\nprint(add(prices))",
        'assert "add" in globals() and add([1, 2]) == 3, "add([1, 2]) should be 3: go through all values."\n'
        '# Hidden tests begin here\nassert add([5]) == 5, "hidden"\n# Hidden tests end here',
    ]
    assert "adding as the answer says" in course.instructor("sums.html")


def test_a_check_says_what_it_says_to_who_left_the_gap(course: Course) -> None:
    course.write(
        "notebooks/sums.py",
        SCRIPT.replace(
            'assert "add" in', 'assert "add" in globals(), "There is no add: run the cell above."\nassert "add" in'
        ),
    )
    course.both()
    assert "go through all values" in course.student("sums.html").replace("&#", "")


def test_a_check_that_passes_with_the_gap_is_told(course: Course) -> None:
    course.write("notebooks/sums.py", SCRIPT.replace("add([1, 2]) == 3, ", "callable(add), "))
    assert course.build() == ["notebooks/sums.py:29 check-passes-unmet"], course.found
    assert 'although "add" has a gap in place of its solution' in course.found[0]


def test_a_check_that_only_hidden_tests_make_fail_is_told(course: Course) -> None:
    course.write("notebooks/sums.py", SCRIPT.replace(" and add([1, 2]) == 3", ""))
    assert course.build() == ["notebooks/sums.py:29 check-passes-unmet"], course.found


def test_a_check_that_breaks_at_the_gap_is_told(course: Course) -> None:
    course.write(
        "notebooks/sums.py",
        SCRIPT.replace("    total = 0\n", "").replace("    for value", "    total = 0\n    for value"),
    )
    assert course.build() == ["notebooks/sums.py:29 check-raises"], course.found
    assert "NameError" in course.found[0] or "UnboundLocalError" in course.found[0]


def test_an_exercise_that_nothing_checks_is_told(course: Course) -> None:
    course.write("notebooks/sums.py", SCRIPT.replace(' checks="add"', ""))
    assert course.build() == ["notebooks/sums.py:17 unchecked-exercise"], course.found
    course.write(
        "notebooks/sums.py", SCRIPT.replace(' checks="add"', "").replace('name="add"', 'name="add" tags=["unchecked"]')
    )
    assert course.build() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    ### END SOLUTION\n", "", "this solution never ends"),
        ("    ### BEGIN SOLUTION\n", "", "no solution begins before"),
        ("        total += value\n", "    ### BEGIN SOLUTION\n", "begins within the solution"),
        ("### BEGIN SOLUTION", "### Begin Solution", "no mark of an exercise"),
        ("    return total", "    return total  ### BEGIN SOLUTION", "no mark of an exercise"),
        ("### END HIDDEN TESTS", "### END SOLUTION", "a solution ends within the hidden test"),
        ("    total = 0\n", "    total = (\n", "is no Python"),
    ],
)
def test_marks_that_cannot_be_meant_are_told(course: Course, old: str, new: str, told: str) -> None:
    text = SCRIPT.replace(old, new)
    if told == "is no Python":
        text = text.replace("    for value", "        0)\n    for value")
    course.write("notebooks/sums.py", text)
    course.build()
    assert any(told in each and "[bad-exercise]" in each for each in course.found), course.found


def test_a_quote_names_lines_as_they_were_written(course: Course) -> None:
    course.write(
        "docs/sums.md", "# Sums\n\n```{cell} sums#add\n:lines: 1-2, 4-5, 8\n:hl_lines: 3 5\n:show: code\n```\n"
    )
    course.both()
    page = course.student("sums.html")
    code = page.split("<code>")[1].split("</code>")[0]
    assert code.count('<span class="hll">') == 2
    assert "Your code here" in code
    assert "print" not in code
    assert "return" in code


def test_the_gap_is_in_the_language_of_its_reader(tmp_path: Path) -> None:
    course = Course(tmp_path, languages=True)
    course.write("notebooks/sums.py", SCRIPT)
    quotes = "\n\n".join(f"```{{cell}} sums#{name}\n```" for name in ("prices", "add", "check-add"))
    course.write("notebooks/sums.zh-TW.md", f"# 加總\n\n把價格加起來。\n\n{quotes}\n")
    course.write("docs/sums.md", "---\nnotebook: notebooks/sums.py\n---\n")
    course.write("docs/sums.zh-TW.md", "---\nnotebook: notebooks/sums.py\n---\n")
    course.both()
    assert "在這裡寫你的程式" in course.student("zh-TW/sums.html")
    assert "在這裡寫你的程式" in course.notebook("notebooks/sums.zh-TW.ipynb")[3 - 1]
    assert "Your code here" in course.notebook("notebooks/sums.ipynb")[2]
    assert "解答從這裡開始" in course.instructor("zh-TW/sums.html")


def test_tracebacks_do_not_quote_the_solution(course: Course) -> None:
    course.write("notebooks/sums.py", SCRIPT + '\n# %% name="fail" tags=["raises-exception"]\nadd([1, "two"])\n')
    course.write("docs/sums.md", PAGE + "\n```{cell} sums#fail\n```\n")
    course.both()
    for path in ("sums.html", "notebooks/sums-executed.ipynb"):
        assert "TypeError" in course.student(path)
        assert "total += value" not in course.student(path)
        assert "SOLUTION" not in course.student(path) + course.instructor(path)


def test_a_file_of_code_that_a_page_includes_has_the_gap_too(course: Course) -> None:
    course.write("docs/sums.md", '# Sums\n\n```python\n--8<-- "notebooks/sums.py:19:24"\n```\n')
    course.both()
    assert "adding as" not in course.student("sums.html")
    assert "Your code here" in course.student("sums.html")
    assert "adding as" in course.instructor("sums.html")


def test_the_handout_has_what_to_do_the_gap_and_the_check_but_no_solution(course: Course) -> None:
    course.write("docs/sums.md", "---\nnotebook: notebooks/sums.py\n---\n")
    course.both()
    page = course.student("exercises.html")
    assert page == course.instructor("exercises.html")
    for expected in (
        "<h1>Exercises</h1>",
        "<h2>Exercise 1: Sums</h2>",
        "Add all prices",
        "Your code here",
        "go through",
    ):
        assert expected in page
    assert "adding as" not in page


def test_the_handout_is_there_in_each_language(tmp_path: Path) -> None:
    course = Course(tmp_path, languages=True)
    course.write("notebooks/sums.py", SCRIPT)
    course.write("docs/sums.md", PAGE)
    course.write("docs/sums.zh-TW.md", PAGE.replace("# Sums", "# 加總"))
    course.both()
    assert "<h2>練習 1：加總</h2>" in course.student("exercises.zh-TW.html")
    assert "在這裡寫你的程式" in course.student("exercises.zh-TW.html")


def test_a_course_without_exercises_has_no_handout(tmp_path: Path) -> None:
    course = Course(tmp_path)
    course.both()
    assert not (tmp_path / "site" / "exercises.html").exists()


def test_listings_do_not_quote_the_solution_and_rich_ones_are_told(course: Course) -> None:
    listing = '\n# %% name="list"\nimport inspect\nprint(inspect.getsource(add))\n'
    course.write("notebooks/sums.py", SCRIPT + listing)
    course.write("docs/sums.md", PAGE + "\n```{cell} sums#list\n```\n")
    course.both()
    assert "return total" in course.student("sums.html").partition("getsource")[2]
    assert "for value in values" not in course.student("sums.html")
    rich = "from IPython.display import HTML\nHTML('<b>for</b> value <i>in</i> values:')\n"
    course.write("notebooks/sums.py", f'{SCRIPT}\n# %% name="list"\n{rich}')
    assert course.build() == ["notebooks/sums.py:35 solution-in-output"], course.found
