"""Pages, decks and files that only instructors get, as MkDocs publishes them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import traces
from edition_project import Course

NAV = "nav:\n  - index.md\n  - a.md\n  - Plans:\n      - plans/day.md\n  - z.md\n"
PLAN = "---\nkind: plan\nminutes: 5\n---\n# The day\n\n### 1. Instructor Do: Welcome (5 min)\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path, nav=NAV)
    for name in "az":
        made.write(f"docs/{name}.md", f"# Page {name}\n")
    made.write("docs/plans/day.md", PLAN)
    return made


def test_navigation_goes_from_page_to_page_without_what_is_left_out(course: Course) -> None:
    course.both()
    page = course.student("a.html")
    assert 'rel="next"' in page
    assert "z.html" in page.split('rel="next"')[0][-200:] + page.split('rel="next"')[1][:200]
    assert "Plans" not in page
    assert "plans/day.html" in course.instructor("a.html")


def test_a_link_to_what_students_do_not_get_is_told_at_its_line(course: Course) -> None:
    course.write("docs/a.md", "# A\n\nSee [the plan](plans/day.md).\n")
    assert course.build() == ["docs/a.md:3:16 broken-link"]
    assert "belongs into `!!! instructor`" in course.found[0]
    assert course.build("instructor") == []


def test_a_link_in_an_instructors_block_is_right(course: Course) -> None:
    course.write("docs/a.md", "# A\n\n!!! instructor\n    See [the plan](plans/day.md).\n")
    course.both()


def test_a_broken_link_of_a_plan_is_told_in_the_instructors_edition(course: Course) -> None:
    course.write("docs/plans/day.md", f"{PLAN}\n[a](../nothing.md)\n")
    assert course.build() == []
    assert course.build("instructor") == ["docs/plans/day.md:9:5 broken-link"]


@pytest.mark.parametrize(
    ("head", "line"),
    [("edition: teachers", 2), ("Edition: instructor", 2), ("kind: plans", 2), ("kind: lesson plan", 2)],
)
def test_front_matter_that_nearly_keeps_a_page_back_is_told(course: Course, head: str, line: int) -> None:
    course.write("docs/plans/day.md", f"---\n{head}\n---\n# The day\n")
    assert course.build() == [f"docs/plans/day.md:{line} unclear-edition"], course.found


def test_a_translation_that_does_not_say_the_same_is_kept_back_and_told(tmp_path: Path) -> None:
    course = Course(tmp_path, languages=True)
    course.write("docs/plans/day.md", PLAN)
    course.write("docs/plans/day.zh-TW.md", "# 一天\n\n### 1. 講師：歡迎（5 分鐘）\n")
    assert course.build() == ["docs/plans/day.zh-TW.md:1 unclear-edition"], course.found


def test_the_instructors_edition_says_so_to_people_and_to_search_engines(tmp_path: Path) -> None:
    course = Course(tmp_path, languages=True)
    course.write("docs/index.zh-TW.md", "# 首頁\n")
    course.write("slides/deck.md", "# Deck\n")
    course.both()
    for path, said in (("index.html", "Instructor’s edition"), ("zh-TW/index.html", "講師版")):
        assert said in course.instructor(path)
        assert '<meta name="robots" content="noindex">' in course.instructor(path)
        assert said not in course.student(path)
        assert "noindex" not in course.student(path)
    assert "noindex" in course.instructor("slides/deck.html")
    assert course.instructor("robots.txt") == "User-agent: *\nDisallow: /\n"


def test_mkdocs_by_itself_makes_the_students_edition(course: Course) -> None:
    course.write("docs/a.md", "# A\n\n!!! solution\n    hidden words\n")
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=course.root, check=True, timeout=120)
    assert not (course.root / "site" / "plans").exists()
    assert "hidden words" not in course.student("a.html")


def test_one_edition_leaves_the_other_alone(course: Course) -> None:
    course.both()
    course.write("docs/a.md", "# Another title\n")
    assert course.build("instructor") == []
    assert "Another title" in course.instructor("a.html")
    assert "Another title" not in course.student("a.html")


def test_a_deck_and_the_pictures_of_its_folder_can_be_kept_back(course: Course) -> None:
    course.write("slides/answers/all.md", "---\nedition: instructor\n---\n# All\n\n![a](a.svg)\n")
    course.write("slides/answers/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    course.write("slides/open.md", "# Open\n")
    course.both()
    assert sorted(path.name for path in (course.root / "site/slides").iterdir()) == ["open.html"]
    assert (course.root / "site-instructor/slides/answers/a.svg").exists()


def test_a_block_that_the_renderer_takes_for_text_is_told(course: Course) -> None:
    course.write("docs/a.md", "# A\n\n<div>\n!!! solution\n    secret\n</div>\n")
    assert course.build("instructor") == ["docs/a.md:4 unclear-block"], course.found


def test_posts_of_a_blog_are_cut_and_kept_back_too(tmp_path: Path) -> None:
    course = Course(tmp_path, plugins="  - blog\n  - tags\n")
    course.write("docs/blog/index.md", "# Blog\n")
    course.write("docs/tags.md", "# Tags\n\n<!-- material/tags -->\n")
    head = "---\ndate: 2026-01-0{}\ntags: [{}]\n{}---\n# {}\n\n"
    post = "hello\n\n<!-- more -->\n\n<!-- SECRET -->\n!!! solution\n    SECRET\n"
    course.write("docs/blog/posts/a.md", head.format(1, "open", "", "Open post") + post)
    course.write("docs/blog/posts/b.md", head.format(2, "SECRET", "edition: instructor\n", "SECRET post") + "hello\n")
    course.both()
    assert traces.of("SECRET", tmp_path / "site") == []
    assert "Open post" in course.student("blog/index.html")
    assert "SECRET post" in course.instructor("blog/index.html")


def test_mkdocs_by_itself_never_puts_the_instructors_edition_in_the_students_place(course: Course) -> None:
    variables = {**os.environ, "LABGUIDE_EDITION": "instructor", "LABGUIDE_FROZEN": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "-q"]
    course.write("docs/plans/day.md", PLAN)
    subprocess.run(command, cwd=course.root, env=variables, check=True, timeout=120)
    assert (course.root / "site" / "index.html").is_file()
    assert list((course.root / "site").glob("plans/day*")) == []


def test_the_commands_make_one_edition_and_check_both(course: Course) -> None:
    def labguide(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "labguide", *arguments]
        return subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=120, check=False)

    course.write("docs/plans/day.md", f"{PLAN}\n[a](../nothing.md)\n")
    assert labguide("build", "--frozen").returncode == 0
    made = labguide("build", "--frozen", "--edition", "instructor")
    assert (made.returncode, made.stderr.partition(": ")[0]) == (1, "docs/plans/day.md:9:5")
    assert labguide("check", "--static").returncode == 1
    course.write("docs/plans/day.md", PLAN)
    made = labguide("build", "--frozen", "--edition", "instructor")
    assert "site-instructor/index.html" in made.stdout + made.stderr
    assert labguide("check", "--static").returncode == 0


def test_a_file_that_every_page_ends_with_has_nothing_for_instructors(course: Course) -> None:
    config = (course.root / "mkdocs.yml").read_text("utf-8")
    course.write("mkdocs.yml", config.replace("snippets\n", "snippets: {auto_append: [snippets/end.md]}\n"))
    course.write("snippets/end.md", "*[AI]: A word\n\n<!-- a note -->\n")
    assert course.build() == ["snippets/end.md:3 unclear-block"], course.found
    assert course.build("instructor") == []


def test_a_file_that_every_page_ends_with_is_told_if_it_nearly_has_something_for_instructors(course: Course) -> None:
    config = (course.root / "mkdocs.yml").read_text("utf-8")
    course.write("mkdocs.yml", config.replace("snippets\n", "snippets: {auto_append: [snippets/end.md]}\n"))
    course.write("snippets/end.md", "*[AI]: A word\n\n!!! instructors\n    a note\n")
    assert course.build() == ["snippets/end.md:3 unclear-block"], course.found


def test_a_deck_without_a_slide_is_told(course: Course) -> None:
    course.write("slides/empty.md", "---\ntitle: Later\n---\n\n")
    assert course.build() == ["slides/empty.md:1 empty-deck"]
