"""A sentence with its code, links and quotes as tags, and back: what a machine must not change, it never sees.

    Open `train.py`, see [the **guide**](guide.md).
    Open <span translate="no">1</span>, see <span id="2">the <span id="3">guide</span></span>.

A text that comes back counts only if every tag is in it once, in a tag that it was in before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_KEPT = re.compile(
    r"(?:\{[a-zA-Z][\w-]*\})?(?<![`\\])(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"  # code, values
    r"|\\\(.+?\\\)|\\\[.+?\\\]|\$\$.+?\$\$"  # formulas
    r"|<!--.*?-->|</?[a-zA-Z][^<>]*>|<https?:[^<>\s]+>"  # comments and tags; URLs in angles
)
_ALSO_KEPT = re.compile(
    r"\bhttps?://[^\s<>()\[\]\ue000-\uf8ff]+[^\s<>()\[\].,;:!?\ue000-\uf8ff]"
    r"|\[\^[^\]\s]+\]|\{[ :]*(?:[#.][^{}]*|[^{}]*=[^{}]*)\}"  # footnotes, attributes
    r"|&#?\w+;|:[a-z0-9_+-]+:|\\[\\`*_{}\[\]()#+.!<>|-]|[<>&]"
)
_LINK = re.compile(
    r"(?P<open>!?\[)(?P<text>(?:[^\[\]]|\[[^\[\]]*\])+)"
    r"(?P<close>\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'][^\"']*[\"'])?\)|\]\[[^\[\]]*\])"
)
_STRESSED = (
    re.compile(r"(?P<open>\*\*)(?P<text>(?=\S)[^*]+(?<=\S))(?P<close>\*\*)"),
    re.compile(r"(?P<open>(?<![\w*])\*)(?P<text>(?=[^\s*])[^*]+(?<=[^\s*]))(?P<close>\*(?![\w*]))"),
    re.compile(r"(?P<open>(?<!\w)_)(?P<text>(?=[^\s_])[^_]+(?<=[^\s_]))(?P<close>_(?!\w))"),
)


@dataclass(frozen=True)
class Protected:
    """A text with tags, and what each stands for."""

    text: str
    kept: tuple[str, ...]
    """What a tag with number 1, 2 … in it stands for; empty for one that only surrounds words."""
    pairs: tuple[tuple[str, str], ...]
    """What begins and ends the words in the tag of each number; empty for one that holds none."""

    @property
    def words(self) -> bool:
        """Whether there is anything to translate."""
        return any(character.isalpha() for character in re.sub(r"<[^>]*>", "", self.text))


def protected(text: str) -> Protected:
    """The text with tags for all that is no language."""
    table = _Table()
    text = _KEPT.sub(lambda found: table.keep(found[0]), text)
    text = table.paired(text, _LINK)
    text = _ALSO_KEPT.sub(lambda found: table.keep(found[0]), text)
    for pattern in _STRESSED:
        text = table.paired(text, pattern)
    return Protected(table.shown(text), tuple(table.kept), tuple(table.pairs))


_FIRST = 0xE000
"""Private characters stand for tags until all of them are known, so that no pattern takes a tag for text."""


class _Table:
    def __init__(self) -> None:
        self.kept: list[str] = []
        self.pairs: list[tuple[str, str]] = []

    def keep(self, text: str) -> str:
        self.kept.append(text)
        self.pairs.append(("", ""))
        return chr(_FIRST + 2 * len(self.kept))

    def paired(self, text: str, pattern: re.Pattern[str]) -> str:
        """The text with tags around what a pattern finds, those within others too."""
        while (found := pattern.search(text)) is not None:
            text = f"{text[: found.start()]}{self._pair(found)}{text[found.end() :]}"
        return text

    def _pair(self, found: re.Match[str]) -> str:
        self.kept.append("")
        self.pairs.append((found["open"], self._plain(found["close"])))
        number = _FIRST + 2 * len(self.kept)
        return f"{chr(number)}{found['text']}{chr(number + 1)}"

    def _plain(self, text: str) -> str:
        """What ends a pair as it was written: code in where a link leads is no tag of its own."""
        return "".join(self._taken_back(number) if (number := _number(each)) else each for each in text)

    def _taken_back(self, number: int) -> str:
        text, self.kept[number - 1] = self.kept[number - 1], ""
        return text

    def shown(self, text: str) -> str:
        return "".join(self._tag(each) for each in text)

    def _tag(self, character: str) -> str:
        number = _number(character)
        if not number:
            return character
        if self.kept[number - 1]:
            return f'<span translate="no">{number}</span>'
        return "</span>" if (ord(character) - _FIRST) % 2 else f'<span id="{number}">'


def _number(character: str) -> int:
    code = ord(character) - _FIRST
    return code // 2 if 2 <= code < 0x1900 else 0


def restored(text: str, protected: Protected) -> str | None:
    """A translated text with what its tags stand for; None if one was lost, doubled or changed, or markup added."""
    reader = _Reader(protected)
    reader.feed(text)
    reader.close()
    numbers = [number for number, kept in enumerate(protected.kept, start=1) if kept or protected.pairs[number - 1][0]]
    if reader.broken or reader.open or sorted(reader.seen) != numbers:
        return None
    before = _Reader(protected)
    before.feed(protected.text)
    before.close()
    if reader.inside != before.inside or not _markup(reader.words) <= _markup(before.words):
        return None
    return "".join(reader.parts)


def _markup(words: str) -> Counter[str]:
    """The characters that could be Markdown or HTML, among words that should hold none."""
    return Counter(each for each in words if each in "`<>[]{}$\\|*_~^")


class _Reader(HTMLParser):
    """Reads tags back; `inside` says which pair each stands in, 0 for none."""

    def __init__(self, protected: Protected) -> None:
        super().__init__(convert_charrefs=True)
        self._protected = protected
        self.parts: list[str] = []
        self.seen: list[int] = []
        self.inside: dict[int, int] = {}
        self.open: list[int] = []
        self.broken = False
        self.words = ""
        """The text outside of what is kept."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins: 0 stands for one whose number follows as its text."""
        said = dict(attrs)
        number = said.get("id") or ""
        if tag != "span" or 0 in self.open:
            self.broken = True
        elif said.get("translate") == "no":
            self.open.append(0)
        elif number.isdecimal() and self._is_pair(int(number)):
            self._note(int(number))
            self.open.append(int(number))
            self.parts.append(self._protected.pairs[int(number) - 1][0])
        else:
            self.broken = True

    def _is_pair(self, number: int) -> bool:
        return 0 < number <= len(self._protected.pairs) and bool(self._protected.pairs[number - 1][0])

    def _note(self, number: int) -> None:
        self.seen.append(number)
        self.inside[number] = next((each for each in reversed(self.open) if each), 0)

    def handle_endtag(self, tag: str) -> None:
        """A tag ends."""
        if tag != "span" or not self.open:
            self.broken = True
            return
        number = self.open.pop()
        if number:
            self.parts.append(self._protected.pairs[number - 1][1])

    def handle_data(self, data: str) -> None:
        """Words, or the number of what is kept."""
        if not self.open or self.open[-1] != 0:
            self.parts.append(data)
            self.words += data
            return
        number = int(data) if data.strip().isdecimal() else 0
        if 0 < number <= len(self._protected.kept) and self._protected.kept[number - 1]:
            self._note(number)
            self.parts.append(self._protected.kept[number - 1])
        else:
            self.broken = True


def sentences(text: str, most_bytes: int) -> Iterator[str]:
    """The text in parts that fit a request, cut at ends of sentences outside of code and links; most are one part."""
    if len(protected(text).text.encode()) <= most_bytes:
        yield text
        return
    taken = [span.span() for pattern in (_KEPT, _LINK, _ALSO_KEPT, *_STRESSED) for span in pattern.finditer(text)]
    ends = [found.end() for found in re.finditer(r"[.!?;:]\s+|\s+", text)]
    cuts = [end for end in ends if not any(start < end < stop for start, stop in taken)]
    start = 0
    while start < len(text):
        fitting = [cut for cut in (*cuts, len(text)) if cut > start and _size(text[start:cut]) <= most_bytes]
        best = [cut for cut in fitting if cut == len(text) or re.search(r"[.!?;:]\s+$", text[start:cut])]
        end = (best or fitting or [len(text)])[-1]
        yield text[start:end]
        start = end


def _size(text: str) -> int:
    return len(protected(text).text.encode())
