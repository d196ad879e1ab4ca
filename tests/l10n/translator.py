"""A translator who has the translators' page and a text editor, and does what the page says, word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bs4 import BeautifulSoup, Tag
from translated import Guide

from labguide import sources, translating
from labguide.model import Edition
from labguide.problems import Problems

_NUMBER = re.compile(r"\d+")


class Sheet:
    """The page of a language."""

    def __init__(
        self, guide: Guide, edition: Edition = "student", *, language: str = "zh-TW", edit_address: str = ""
    ) -> None:
        project = replace(guide.project, edition=edition, edit_address=edit_address)
        made = translating.files(project, sources.read(project, Problems()), translating.status(project), frozenset())
        self.html = made[translating.path_of(language)].decode()
        self.soup = BeautifulSoup(self.html, "html.parser")
        self.guide = guide

    @property
    def items(self) -> Mapping[str, Tag]:
        """What is to do, by the kind of it and the id of the section."""
        found = {}
        for item in self.soup.select(".item"):
            code = item.select_one("summary code")
            found[f"{item['data-kind']} {code.get_text() if code else ''}".strip()] = item
        return found

    def said(self, name: str) -> list[str]:
        """The sentences of an item."""
        return [each.get_text() for each in self.items[name].select(".task")]

    def boxes(self, name: str) -> list[tuple[str, str]]:
        """What an item has to copy: what it says above, and the text."""
        return [
            (box.select_one(".label").get_text(), box.select_one("pre").get_text())  # type: ignore[union-attr]
            for box in self.items[name].select(".box")
        ]

    def rows(self, name: str) -> list[tuple[str, str]]:
        """English and translation side by side, with marks for what changed, and numbers of lines."""
        return [
            (_marked(row.select_one(".english")), _marked(row.select_one(".translation")))
            for row in self.items[name].select(".row")
        ]

    # ---- What the translator does ----

    def paste_mark(self, name: str, path: str) -> None:
        """Replace the line that the page names by the mark, or put it there."""
        label, mark = self.boxes(name)[-1]
        (line,) = map(int, _NUMBER.findall(label))
        if "取代" in label:
            self._change(path, line, line, [mark])
        else:
            self._change(path, line + ("下面" in label), line - ("上面" in label), [mark])

    def paste_section(self, name: str, path: str) -> None:
        """Put a section below the line that the page names, with an empty line before and after."""
        (line,) = map(int, _NUMBER.findall(self.said(name)[0]))
        self._change(path, line + 1, line, ["", *self.boxes(name)[0][1].split("\n")])

    def replace_line(self, name: str, path: str) -> None:
        """Replace the line that the page names by the one that it shows."""
        (line,) = map(int, _NUMBER.findall(self.said(name)[0]))
        self._change(path, line, line, [self.boxes(name)[0][1]])

    def take_out(self, name: str, path: str) -> list[str]:
        """Take out the lines that the page names."""
        first, last = map(int, _NUMBER.findall(self.said(name)[0]))
        return self._change(path, first, last, [])

    def _change(self, path: str, first: int, last: int, lines: list[str]) -> list[str]:
        found = self.guide.read(path).split("\n")
        gone = found[first - 1 : last]
        found[first - 1 : last] = lines
        self.guide.write(path, "\n".join(found))
        return gone


def _marked(cell: Any) -> str:
    for sign, (begin, end) in {"del": ("[-", "-]"), "ins": ("{+", "+}")}.items():
        for each in cell.select(sign):
            each.replace_with(f"{begin}{each.get_text()}{end}")
    for each in cell.select(".unseen"):
        each.extract()
    return " ".join(part.strip() for part in cell.get_text().split("\n") if part.strip())
