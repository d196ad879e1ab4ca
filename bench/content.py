"""The same lessons, written down once for each tool that is measured.

A lesson is a title, and five cells with a sentence each. Lessons differ in their numbers, so no tool can reuse one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

MKDOCS = """\
site_name: Bench
theme: {{name: material, font: false}}
plugins: [search{plugin}]
markdown_extensions: [pymdownx.superfences, pymdownx.highlight]
"""

SPHINX = """\
project = "Bench"
extensions = ["myst_nb"]
html_theme = "alabaster"
nb_execution_mode = "cache"
nb_execution_timeout = 120
"""


@dataclass(frozen=True)
class Lesson:
    """What every tool gets to show: names and sources of code cells."""

    number: int
    cells: Sequence[tuple[str, str]]

    @property
    def name(self) -> str:
        """The file stem."""
        return f"lesson-{self.number:03}"


def cheap(count: int) -> list[Lesson]:
    """Lessons of five cells that cost next to nothing."""
    return [Lesson(number, _cheap_cells(number)) for number in range(1, count + 1)]


def with_sdk(count: int) -> list[Lesson]:
    """The same, but the first cell imports boto3 and the SageMaker SDK."""
    imports = "import boto3\nfrom sagemaker.train import ModelTrainer\n"
    lessons = cheap(count)
    return [Lesson(each.number, [("sdk", imports + each.cells[0][1]), *each.cells[1:]]) for each in lessons]


def _cheap_cells(number: int) -> list[tuple[str, str]]:
    return [
        ("squares", f"squares = [n * n for n in range({number}, {number + 5})]\nsquares"),
        ("sum", "total = sum(squares)\nprint('The sum is', total)"),
        ("largest", "max(squares)"),
        ("names", f"names = {{n: f'lesson-{{n}}' for n in range({number}, {number + 3})}}\nnames"),
        ("table", "for n in squares:\n    print(f'{n:>8}')"),
    ]


def for_labguide(folder: Path, lessons: Sequence[Lesson]) -> None:
    """Scripts, and pages that quote them."""
    _write(folder / "mkdocs.yml", MKDOCS.format(plugin=", labguide"))
    _write(folder / "docs/index.md", "# Bench\n")
    for lesson in lessons:
        script = "\n\n".join(f'# %% name="{name}"\n{source}' for name, source in lesson.cells)
        _write(folder / f"snippets/{lesson.name}.py", f"{script}\n")
        _write(folder / f"docs/{lesson.name}.md", _page(lesson, "```{{cell}} {lesson}#{name}\n```"))


def for_material(folder: Path, lessons: Sequence[Lesson]) -> None:
    """Pages that show the code; nothing runs."""
    _write(folder / "mkdocs.yml", MKDOCS.format(plugin=""))
    _write(folder / "docs/index.md", "# Bench\n")
    for lesson in lessons:
        page = _page(lesson, "```python\n{source}\n```\n\n``` {{.text .output}}\nwhat it printed\n```")
        _write(folder / f"docs/{lesson.name}.md", page)


def for_mkdocs_jupyter(folder: Path, lessons: Sequence[Lesson]) -> None:
    """Notebooks, executed by the plugin."""
    plugin = ", mkdocs-jupyter: {execute: true, allow_errors: false}"
    _write(folder / "mkdocs.yml", MKDOCS.format(plugin=plugin))
    _write(folder / "docs/index.md", "# Bench\n")
    _notebooks(folder / "docs", lessons)


def for_sphinx(folder: Path, lessons: Sequence[Lesson]) -> None:
    """Notebooks, executed by myst-nb, with its cache."""
    _write(folder / "conf.py", SPHINX)
    names = "\n".join(lesson.name for lesson in lessons)
    _write(folder / "index.md", f"# Bench\n\n```{{toctree}}\n{names}\n```\n")
    _notebooks(folder, lessons)


def _page(lesson: Lesson, block: str) -> str:
    blocks = [
        f"Step {number} is called {name}.\n\n{block.format(lesson=lesson.name, name=name, source=source)}\n"
        for number, (name, source) in enumerate(lesson.cells, start=1)
    ]
    return f"# Lesson {lesson.number}\n\n" + "\n".join(blocks)


def _notebooks(folder: Path, lessons: Sequence[Lesson]) -> None:
    for lesson in lessons:
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook.cells.append(nbformat.v4.new_markdown_cell(f"# Lesson {lesson.number}"))
        for number, (name, source) in enumerate(lesson.cells, start=1):
            notebook.cells.append(nbformat.v4.new_markdown_cell(f"Step {number} is called {name}."))
            notebook.cells.append(nbformat.v4.new_code_cell(source))
        _write(folder / f"{lesson.name}.ipynb", nbformat.writes(notebook))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
