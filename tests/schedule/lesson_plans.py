"""Lesson plans for tests: a text becomes a plan as a page of a project does, without a project."""

from __future__ import annotations

from pathlib import Path

from labguide import documents, lines, schedule
from labguide.model import Document, Project
from labguide.problems import Problems
from labguide.schedule import Plan

PATH = "docs/plans/class.md"


def document(text: str, language: str = "en", path: str = PATH) -> Document:
    """A page with this text; CRLF as a file's reader takes it."""
    text = text.replace("\r\n", "\n")
    header, body_line = documents.front_matter(text)
    meta = documents.meta(header, path, Problems())
    return Document(path, "lesson", language, tuple(lines.placed(text, path)), meta, body_line, (), "plans/class.md")


def read(text: str, language: str = "en") -> tuple[Plan, list[str]]:
    """A plan, and what is wrong with it."""
    problems = Problems()
    plan = schedule.read(document(text, language), Project(Path("/nowhere")), problems)
    schedule.check(plan, problems)
    return plan, [str(problem) for problem in problems]


def steps(text: str, language: str = "en") -> list[tuple[str, float | None]]:
    """The titles and minutes of a plan's activities."""
    return [(each.title, each.minutes) for each in read(text, language)[0].schedule.activities]


def told(text: str, language: str = "en") -> list[str]:
    """What is wrong with a plan."""
    return read(text, language)[1]
