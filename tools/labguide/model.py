"""The words of labguide, as frozen values.

    Project                 a folder; identified by its root
    ├── Script              runnable text notebook; identified by its name ("video-games")
    │   └── Cell            identified by its name within the script
    ├── Document            lesson, deck or notebook translation; identified by its path
    │   ├── Line            one of its lines, with the place where it was written
    │   └── Quote           where it shows a cell, a value, or code that nobody ran; identified by its place
    ├── Recording           what a run of a script left; identified by backend and script
    │   └── RecordedCell    a cell's source and outputs, identified by the cell's name
    └── Woven               what readers get from a document: text, and the files that it shows

A `Place` (file, line, and column where it is known) travels with everything an author wrote, through includes,
expansion and weaving, so every problem can say where it is.
Nothing here reads a file, runs code or knows of a host.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Output = Mapping[str, Any]
"""One output of a cell, as the notebook format (nbformat 4) has it."""

DocumentKind = Literal["lesson", "deck", "notebook"]

Edition = Literal["student", "instructor"]
"""Whom a site is for: the instructor's has notes, plans, solutions and hints beside all that the student's has."""

DEFAULT_LANGUAGE = "en"

EXPECT_ERROR = "raises-exception"
"""The tag of a cell that is meant to raise."""

VARIES = "varies"
"""The tag of a cell that shows something else each time, and whatever it shows is right."""


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file: `path` relative to the project's root with forward slashes, `line` and `column` from 1.

    Column 0 means the whole line.
    """

    path: str
    line: int = 1
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Line:
    """One line of a document's text, and where it was written: in the document, or in a file that it includes."""

    text: str
    place: Place
    offset: int | None = 0
    """How many columns further right the text stands in its file; None if that is not known."""
    depth: int = 0
    """How many includes lie between the document and the line."""
    written: bool = True
    """An author wrote it; weaving puts in lines that nobody did."""

    def at(self, index: int) -> Place:
        """The place of a character of the text, with its column if that is known."""
        if self.offset is None:
            return self.place
        return Place(self.place.path, self.place.line, index + self.offset + 1)


@dataclass(frozen=True, eq=False)
class Dialect:
    """The host's Markdown: the extensions of Python-Markdown and their options, named as in MkDocs' configuration."""

    extensions: tuple[str, ...] = ()
    configs: Mapping[str, Any] = field(default_factory=dict)


USUAL_DIALECT = Dialect(
    (
        "abbr",
        "admonition",
        "attr_list",
        "def_list",
        "footnotes",
        "md_in_html",
        "tables",
        "toc",
        "pymdownx.details",
        "pymdownx.highlight",
        "pymdownx.inlinehilite",
        "pymdownx.snippets",
        "pymdownx.superfences",
        "pymdownx.tabbed",
    ),
    {"pymdownx.snippets": {"dedent_subsections": True}, "pymdownx.tabbed": {"alternate_style": True}},
)
"""What documents are written in where no host says it."""


@dataclass(frozen=True)
class UnrunRule:
    """What a project does with code fences that quote no script: refuse them, or show them labelled as not run."""

    show: bool
    languages: tuple[str, ...] = ()
    """As written after the fence; empty means any."""
    paths: tuple[str, ...] = ()
    """Patterns of paths, relative to the root, as `.gitignore` has them; empty means any."""


@dataclass(frozen=True)
class PageFile:
    """A Markdown file that the host renders as a page."""

    path: str
    """Relative to the project's root, with forward slashes, as the author sees it: links are not followed."""
    uri: str
    """As links between pages name it: below the folder of lessons."""
    language: str


@dataclass(frozen=True)
class Project:
    """A workshop's sources: where they are and which languages they are written in."""

    root: Path
    languages: tuple[str, ...] = (DEFAULT_LANGUAGE,)
    """The language of files without a suffix comes first."""
    docs_dir: str = "docs"
    """The folder of lessons, relative to the root, as the host is told."""
    environment: tuple[str, ...] = ()
    """The caller's environment variables that kernels get beside those that every program needs."""
    unrun: tuple[UnrunRule, ...] = ()
    """What happens to code in documents that nobody ran; the first rule that fits a fence counts."""
    dialect: Dialect = USUAL_DIALECT
    """The Markdown that the host renders documents with."""
    name: str = ""
    """What the host calls the site; what browsers keep is kept under it."""
    site_dir: str = "site"
    """The folder that the student's site is published in, relative to the root."""
    pages: tuple[PageFile, ...] | None = None
    """The lessons, as the host lists them; without a host all Markdown files in their folder."""
    edition: Edition = "student"
    """Whom the site is for that is made of it."""
    edit_address: str = ""
    """Where a file is edited in a browser, `{path}` in the place of its path; empty if the project does not say it."""

    def relative(self, path: Path) -> str:
        """A path as problems and recordings name it: from the root, with forward slashes; links are not followed."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    @property
    def docs(self) -> Path:
        """The folder of lessons."""
        return self.root / self.docs_dir

    @property
    def site(self) -> Path:
        """The folder of the published site; the instructor's stands beside the student's, never in it."""
        site = self.root / self.site_dir
        return site if self.edition == "student" else site.with_name(f"{site.name}-{self.edition}")

    @property
    def slides(self) -> Path:
        """The folder of decks."""
        return self.root / "slides"

    @property
    def notebooks(self) -> Path:
        """The folder of notebooks: scripts, and their translations."""
        return self.root / "notebooks"

    @property
    def snippets(self) -> Path:
        """The folder of short scripts and of files that are quoted."""
        return self.root / "snippets"

    @property
    def recordings(self) -> Path:
        """The committed folder of recordings; one folder in it for each backend."""
        return self.root / "recordings"

    @property
    def workdir(self) -> Path:
        """The ignored folder of this machine: what it ran, its caches and its lock."""
        return self.root / ".labguide"


@dataclass(frozen=True)
class Cell:
    """One cell of a script. `place` is the line of the cell's first line of source."""

    name: str
    kind: Literal["code", "markdown"]
    source: str
    place: Place
    tags: frozenset[str] = frozenset()
    named: bool = True
    """Its author named it; else its name only counts cells, and another cell has it after the next edit."""
    checks: tuple[str, ...] = ()
    """The cells whose work it checks: without them it fails, and says what is missing."""
    lines: tuple[int, ...] = ()
    """Where an edition shows less than was written: for each line as written, the number of the line of `source` that
    stands for it, both from 0; -1 for one that is left out. Empty if all of it is shown."""
    slide: str = ""
    """Its part in a deck, as Jupyter has it: `slide`, `subslide`, `fragment`, `notes`, `skip`; empty for none."""


@dataclass(frozen=True)
class Label:
    """A text in figures, and what it is in another language. `{}` in both stands for any number."""

    text: str
    language: str
    said: str
    place: Place


@dataclass(frozen=True)
class Script:
    """A text notebook that runs, and what its header asks for."""

    name: str
    path: str
    cells: tuple[Cell, ...]
    after: tuple[str, ...] = ()
    backends: tuple[str, ...] = ("local", "aws")
    data: tuple[str, ...] = ()
    """Files, relative to the project, that a run finds in its working folder."""
    timeout: float = 600.0
    """Seconds that one cell may take."""
    limit: float = 1800.0
    """Seconds that all its cells together may take."""
    minutes: float | None = None
    """Minutes that a run on AWS takes, as its author says; a recording from AWS knows better."""
    creates: tuple[str, ...] = ()
    """What a run creates, as its author says: `training job ml.m5.large x 2`. A recording knows better."""
    labels: tuple[Label, ...] = ()
    """What its figures say in other languages; stands in its translations."""

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """The cells that run, in order."""
        return tuple(cell for cell in self.cells if cell.kind == "code")

    def checks_before(self, cell: Cell) -> tuple[Cell, ...]:
        """The checks that are tried before a cell begins: it is the first one that they name."""
        order = [each.name for each in self.code_cells]
        checks = (each for each in self.code_cells if each.checks)
        return tuple(each for each in checks if min(each.checks, key=order.index) == cell.name)


@dataclass(frozen=True)
class CellQuote:
    """A block that shows a cell's code, its recorded output, or both."""

    place: Place
    first: int
    """The document's lines that weaving replaces, from 0: the opening fence, and `last`, the closing one."""
    last: int
    indent: str
    script: str
    cell: str
    show: frozenset[str] = frozenset({"code", "output"})
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ValueQuote:
    """A value inside a sentence; `start` and `stop` are columns of the document's line `first`, all from 0."""

    place: Place
    first: int
    start: int
    stop: int
    script: str
    expression: str
    """A format field without its braces: `accuracy:.1%`."""

    @property
    def name(self) -> str:
        """The variable at the root of the expression: `scores` in `scores[0]:.2f`."""
        return self.field.partition(".")[0].partition("[")[0]

    @property
    def field(self) -> str:
        """The expression without its format: `ml.m5.large` in `ml.m5.large:.3f`."""
        return self.expression.partition(":")[0].partition("!")[0].strip()


@dataclass(frozen=True)
class UnrunCode:
    """Code in a document that quotes no script and that the project shows, labelled as not run."""

    place: Place
    first: int
    """The document's line, from 0, above which the label stands, behind the same indentation."""
    indent: str


@dataclass(frozen=True)
class DeckQuote:
    """A block that shows a deck's card: its first slide, its title, and links to all its slides."""

    place: Place
    first: int
    """The document's lines that weaving replaces, from 0: the opening fence, and `last`, the closing one."""
    last: int
    indent: str
    deck: str
    """The deck's path below the folder of decks, without language and ending."""


Quote = CellQuote | ValueQuote | UnrunCode | DeckQuote


@dataclass(frozen=True)
class Document:
    """A Markdown file: its lines with what they include, its front matter and what it quotes."""

    path: str
    kind: DocumentKind
    language: str
    lines: tuple[Line, ...]
    meta: Mapping[str, Any]
    body_line: int
    """The line after the front matter, where the body starts."""
    quotes: tuple[Quote, ...]
    uri: str = ""
    """Where links in the site see it: a lesson below the folder of lessons, a deck as the HTML file it becomes."""

    @property
    def name(self) -> str:
        """Its path without language and extension, the same in every language."""
        return Path(self.path).with_suffix("").as_posix().removesuffix(f".{self.language}")

    @property
    def translates(self) -> str:
        """The script whose translation it is, by its name: `notebooks/video-games.zh-TW.md`; empty if of none."""
        stem = self.path.removesuffix(Path(self.path).suffix)
        is_one = self.kind == "notebook" and stem.endswith(f".{self.language}")
        return f"{stem.removesuffix(f'.{self.language}')}.py" if is_one else ""

    @property
    def text(self) -> str:
        """The text as written, with what it includes."""
        return "".join(f"{line.text}\n" for line in self.lines)

    def place_of(self, key: str) -> Place:
        """The line of the front matter where a key stands; the file's first line if it has none of that name."""
        head = self.lines[: self.body_line - 1]
        return next((line.place for line in head if line.text.startswith(f"{key}:")), Place(self.path))

    @property
    def files(self) -> frozenset[str]:
        """The files that its text comes from, as paths in the project."""
        return frozenset({self.path, *(line.place.path for line in self.lines)})


@dataclass(frozen=True)
class Sources:
    """All that authors wrote, read once for each build."""

    scripts: Mapping[str, Script]
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class Origin:
    """The run that an output comes from: what another run of the same code would make anew."""

    recorded: str = ""
    """The day, as readers are told: `2026-01-31`."""
    began: float = 0.0
    """Epoch seconds at which the build of this run began; what it ran before may be shown too."""
    ended: float = 0.0
    made: tuple[str, ...] = ()
    """What was drawn by lot in the names and ids that it made or was told."""
    moments: tuple[int, ...] = ()
    """Epoch seconds that answers told it, outside its own time: when a bucket was made, when a token ends."""


@dataclass(frozen=True)
class RecordedCell:
    """What one code cell printed, drew or raised."""

    name: str
    source: str
    outputs: tuple[Output, ...] = ()
    origin: Origin = Origin()
    """The run that the outputs are of: an earlier one than the recording's, where they were kept."""
    check: str = ""
    """What it says, if it is a check, to who has not done what it checks."""


@dataclass(frozen=True)
class Recording:
    """What a run left: outputs cell by cell, values, and where they come from.

    `values` maps variable names to JSON values as they stood at the end. `provenance` names the backend,
    the versions, the seconds of each cell and the distinct calls; `origin` says when it ran and what it made.
    """

    script: str
    backend: str
    cells: tuple[RecordedCell, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin = Origin()
    unkept: Mapping[str, str] = field(default_factory=dict)
    """Why other variables are not among the values, by name."""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The labels of the script that its figures had, by language."""

    def cell(self, name: str) -> RecordedCell | None:
        """The recorded cell of that name, if the run came to it."""
        return next((cell for cell in self.cells if cell.name == name), None)


@dataclass(frozen=True)
class Fact:
    """A value that no run leaves and that documents quote all the same: a price, or how long a script takes on AWS."""

    value: Any = None
    declared: bool = False
    """It is what an author says, because nobody has measured it."""
    unknown: tuple[str, str] = ("", "")
    """Why there is no value, and what to do about it."""


Facts = Mapping[str, Mapping[str, Fact]]
"""Facts by what they are of, a script or a table such as `price`, and by their whole name: `ml.m5.large.month`."""


@dataclass(frozen=True)
class Outline:
    """What a page tells of a deck: `slides` are the title and the address within the deck of each, in order."""

    document: Document
    name: str
    """Its path below the folder of decks, without language and ending: `introduction`."""
    title: str
    subtitle: str = ""
    minutes: float | None = None
    slides: tuple[tuple[str, str], ...] = ()
    """Empty if no page shows the deck's card."""


@dataclass(frozen=True)
class Woven:
    """A document with its quotes replaced, and the files that its outputs need, by their path in the site.

    A line that weaving put in has the place of its quote.
    """

    document: Document
    lines: tuple[Line, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The Markdown that the host renders."""
        return "".join(f"{line.text}\n" for line in self.lines)
