"""Labels: what figures say in other languages, as translations of scripts have them in their front matter.

    labels:
      games: 遊戲數
      "{} copies": "{} 套"

A snippet has no translation of its prose: a file beside it, `snippets/name.zh-TW.yml`, has its labels.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from labguide import headers, lines
from labguide.model import Document, Label, Place, Project, Script
from labguide.problems import Problems

KEY = "labels"
BAD_LABEL = "bad-label"

_GAP = re.compile(r"\{(\d*)\}")
_REMEDY = "write `English text: its translation`, in quotation marks if in doubt"


def with_labels(
    project: Project, scripts: Iterable[Script], documents: Sequence[Document], problems: Problems
) -> list[Script]:
    """The scripts with the labels of their figures. What cannot be understood becomes a problem and is left out."""
    return [
        dataclasses.replace(script, labels=tuple(_labels(project, script, documents, problems))) for script in scripts
    ]


def _labels(project: Project, script: Script, documents: Sequence[Document], problems: Problems) -> Iterator[Label]:
    for document in documents:
        if document.translates == script.path and KEY in document.meta:
            head = "\n".join(line.text for line in document.lines[1 : document.body_line - 2])
            header = headers.parse(head, 2)
            yield from _read(header, document.path, document.language, problems)
    for language in project.languages[1:]:
        path = project.root / script.path.replace(".py", f".{language}.yml")
        if script.path.startswith("snippets/") and path.is_file():
            yield from _beside(path, project.relative(path), language, problems)


def _beside(path: Path, name: str, language: str, problems: Problems) -> Iterator[Label]:
    try:
        header = headers.parse(lines.read(path), 1)
    except headers.HeaderError as error:
        problems.add(Place(name, error.line), BAD_LABEL, f"this cannot be read: {error}", "mend the YAML")
        return
    except (OSError, UnicodeDecodeError):
        problems.add(Place(name), BAD_LABEL, "this cannot be read", "save it as a file in UTF-8")
        return
    if not isinstance(header.values, dict) or set(header.values) != {KEY}:
        problems.add(Place(name), BAD_LABEL, "this file has something else than labels", f"begin with `{KEY}:`")
        return
    yield from _read(header, name, language, problems)


def _read(header: headers.Header, path: str, language: str, problems: Problems) -> Iterator[Label]:
    found = header.values[KEY]
    if not isinstance(found, dict):
        problems.add(Place(path, header.line(KEY)), BAD_LABEL, f"`{KEY}:` is no mapping", _REMEDY)
        return
    at = [line for keys, line in header.lines.items() if keys[:-1] == (KEY,)]  # `no` is read as False, but written `no`
    for number, (text, said) in enumerate(found.items()):
        place = Place(path, at[number] if len(at) == len(found) else header.line(KEY, str(text)))
        fault = _fault(text, said)
        if fault:
            problems.add(place, BAD_LABEL, fault, _REMEDY)
        else:
            yield Label(text, language, said, place)


def _fault(text: Any, said: Any) -> str:
    if not isinstance(text, str):
        return f'"{text}" is no text to YAML'
    if not isinstance(said, str) or not said.strip():
        return f'the translation of "{text}" is no text'
    gaps = _GAP.findall(text)
    names = _GAP.findall(said)
    fits = sorted(names) == [str(number) for number in range(len(gaps))] or names == [""] * len(gaps)
    return "" if any(gaps) or fits else f'"{text}" and its translation do not have the same numbers `{{}}`'


def unused(scripts: Iterable[Script], said: Callable[[Script, str], frozenset[str] | None], problems: Problems) -> None:
    """Tell the labels that no figure has. `said` are those that figures had in a language; None if nobody knows."""
    for script in scripts:
        for label in script.labels:
            known = said(script, label.language)
            if known is not None and label.text not in known:
                remedy = "write it as the figure does, or take it out"
                problems.add(label.place, "unused-label", f'no figure of {script.path} says "{label.text}"', remedy)
