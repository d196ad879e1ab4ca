"""What parts slides, and what begins their notes: the usual marks, or patterns that an author gives.

Patterns are JavaScript's, as reveal-md hands them to the browser: `separator`, `verticalSeparator`, `notesSeparator`
in a deck's front matter, or for all decks in `reveal-md.json`, beside the decks or in the project's folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from labguide import lines
from labguide.model import Place, Project
from labguide.problems import Problems

SETTINGS, OPTIONS = "reveal-md.json", "reveal.json"
_BESIDE = r"\n(?:---|<!--[ ]*s[ ]*-->)\n"
_BELOW = r"\n(?:----|---v|\+\+\+|<!--[ ]*v[ ]*-->)\n"
_NOTES = r"^notes?:"
_KEYS = ("separator", "verticalSeparator", "notesSeparator")
_OF_OTHERS = ("headingDivider", "slideOptions", "src")
KEYS = (*_KEYS, "scripts", "preprocessor", "css", "theme", "revealOptions", *_OF_OTHERS)
"""What is checked of a deck's front matter."""
_SHARED = (*_KEYS, "title", "theme", "css")
_JS_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")
ELSEWHERE = re.compile(r"(?:^|[\s,'\"\[])(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
"""Finds an address of another host in what an author says of style sheets."""
_JS_ONLY = (("[^]", r"[\s\S]"), (r"\/", "/"))


@dataclass(frozen=True)
class Marks:
    """Patterns for a whole text: what stands between two slides, and what begins the notes of one."""

    between: re.Pattern[str]
    beside: re.Pattern[str]
    """Finds something in what stands between two slides if the second one stands beside the first, not below it."""
    notes: re.Pattern[str]
    own: bool = False
    """An author gave them, so they may be comments."""


def _marks(beside: str, below: str | None, notes: str, *, own: bool) -> Marks:
    both = beside if below is None else f"{beside}|{below}"
    return Marks(
        re.compile(both, re.MULTILINE),
        re.compile(beside),
        re.compile(notes, re.MULTILINE | re.IGNORECASE),
        own,
    )


MARKS = _marks(_BESIDE, _BELOW, _NOTES, own=False)
"""What counts where an author says nothing else.

`---` and `----` are reveal-md's own; `<!--s-->`, `<!--v-->`, `---v` and `+++` alone on a line are what people
configure it to.
"""


def marks_of(meta: Mapping[str, Any], shared: Mapping[str, Any]) -> Marks:
    """The marks of a deck: as its front matter says, else as `shared` does. What cannot be used counts as not said."""
    said = {key: pattern for key in _KEYS if (pattern := _usable(meta.get(key, shared.get(key))))}
    return _of(*(said.get(key) for key in _KEYS)) if said else MARKS


@cache
def _of(beside: str | None, below: str | None, notes: str | None) -> Marks:
    own = beside is not None or below is not None
    usual = (r"\n---\n", r"\n----\n") if own else (_BESIDE, _BELOW)
    return _marks(beside or usual[0], below or usual[1], notes or _NOTES, own=own)


def _usable(said: Any) -> str | None:
    """A pattern as Python knows it; None if there is none that can be used."""
    if not isinstance(said, str) or not said:
        return None
    pattern = _as_python(said)
    return pattern if _fault(pattern) is None else None


@cache
def _as_python(pattern: str) -> str:
    """JavaScript's pattern as Python has it. A deck's text has line feeds only."""
    text = _JS_GROUP.sub("(?P<", pattern)
    for theirs, ours in _JS_ONLY:
        text = text.replace(theirs, ours)
    return text


@cache
def _fault(pattern: str) -> str | None:
    try:
        found = re.compile(pattern, re.MULTILINE)
    except (re.error, OverflowError) as error:
        return str(error)
    return "it fits where nothing stands" if found.search("") else None


def check(said: Mapping[str, Any], place_of: Mapping[str, Place], problems: Problems) -> None:
    """Tell of each pattern that cannot be used; `place_of` are the places of the keys."""
    for key in _KEYS:
        if said.get(key) is None:
            continue
        pattern = said[key]
        fault = "it is no text" if not isinstance(pattern, str) else _fault(_as_python(pattern))
        if fault:
            message = f"`{key}` cannot be used as a pattern: {fault}"
            problems.add(place_of[key], "bad-separator", message, r'write it simpler, such as `"\n---\n"`')


def settings(project: Project, problems: Problems) -> Mapping[str, Any]:
    """What `reveal-md.json` and `reveal.json` say for all decks of a project; nothing if there are none."""
    said = _settings(project, SETTINGS, KEYS, problems)
    found = {key: said[key] for key in _SHARED if key in said}
    options = _settings(project, OPTIONS, (), problems)
    return {**found, "revealOptions": options} if options else found


def shared(project: Project) -> Mapping[str, Any]:
    """The same as `settings`, for who need not tell what is wrong with it."""
    return settings(project, Problems())


def _settings(project: Project, file: str, keys: Sequence[str], problems: Problems) -> Mapping[str, Any]:
    """What a file says, beside the decks or in the project's folder; what is wrong with these keys is told."""
    paths = (folder / file for folder in (project.slides, project.root))
    path = next((each for each in paths if each.is_file()), None)
    if path is None:
        return {}
    name = project.relative(path)
    said = _read(path, name, problems)
    check_deck(said, {key: Place(name, _line_of(path, key)) for key in keys}, problems)
    return said


def _read(path: Path, name: str, problems: Problems) -> Mapping[str, Any]:
    try:
        said = json.loads(lines.read(path))
    except (ValueError, OSError) as error:
        line = getattr(error, "lineno", 1)
        message = f"this file cannot be read as JSON: {error}"
        problems.add(Place(name, line), "bad-config", message, "mend it, without comments and commas at an end")
        return {}
    return said if isinstance(said, dict) else {}


def _line_of(path: Path, key: str) -> int:
    found = lines.split(lines.read(path))
    return next((number for number, line in enumerate(found, start=1) if f'"{key}"' in line), 1)


def _refused(said: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The keys that a deck here cannot follow, each with what is wrong and what to do instead."""
    if said.get("scripts"):
        yield (
            "scripts",
            (
                "a deck loads no scripts of its own",
                "take it out; write formulas as $x$, diagrams as a fence ```mermaid, steps as ```python [1|2-3]",
            ),
        )
    if said.get("preprocessor"):
        yield (
            "preprocessor",
            (
                "no preprocessor runs over a deck",
                'write what it makes into the deck, or include it with `--8<-- "snippets/part.md"`',
            ),
        )
    for key in ("css", "theme"):
        if ELSEWHERE.search(str(said.get(key) or "")):
            yield (
                key,
                (
                    "a deck loads no style sheet from another host, so it would look otherwise without a network",
                    "put the file beside the deck and name it, such as `css: own.css`",
                ),
            )
    options = said.get("revealOptions")
    if isinstance(options, Mapping) and (options.get("plugins") or options.get("dependencies")):
        yield (
            "revealOptions",
            (
                "a deck loads no plugins of its own",
                "take `plugins` and `dependencies` out; notes, search, formulas, diagrams and code colours are there",
            ),
        )


def _of_others(said: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The keys that Marp, HackMD and Slidev read, in the same form."""
    if said.get("headingDivider"):
        yield "headingDivider", ("headings begin no slides here", "write `---` before each heading that begins a slide")
    if said.get("slideOptions"):
        yield "slideOptions", ("this is HackMD's, and is not read", "write `revealOptions:`, and `theme:` beside it")
    if str(said.get("src") or "").endswith(".md"):
        yield "src", ("no slides are read from another file", 'write `--8<-- "slides/part.md"` where they belong')


def check_deck(meta: Mapping[str, Any], place_of: Mapping[str, Place], problems: Problems) -> None:
    """Tell what a deck's front matter asks for in vain; `place_of` are the places of its keys."""
    check(meta, place_of, problems)
    for key, why in (*_refused(meta), *_of_others(meta)):
        problems.add(place_of[key], "refused-setting", *why)
