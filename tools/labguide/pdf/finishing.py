"""What Chromium writes into a PDF that should be otherwise: what differs each time, and how Chinese text is read out.

Two prints of the same pages are to be the same bytes, so the moment of printing becomes a day that is given, and the
names of nodes, which count on from page to page, are numbered anew. And where a font draws a character and a radical
of the dictionary alike (`一` U+4E00, `⼀` U+2F00), Chromium names the radical, so that nobody finds the word; here each
glyph gets the name of the character.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator

_DATE = re.compile(rb"(?P<before>/(?:CreationDate|ModDate) ?\(D:)\d{14}(?P<zone>[^)]*)\)")
_NODE = re.compile(rb"\(node(?P<number>\d{8})\)")
_PAGE = re.compile(rb"/Type ?/Page\b(?!s)")
_TABLE = re.compile(rb"xref\n0 (?P<count>\d+)\n")
_NAMES = re.compile(rb"/ToUnicode (?P<number>\d+) 0 R")
_STREAM = re.compile(rb"/Length \d+>> stream\r?\n(?P<packed>.*)\r?\nendstream", re.DOTALL)
_SECTION = re.compile(rb"\d+ beginbf(?P<kind>char|range)\n(?P<lines>.*?)\nendbf(?:char|range)\n?", re.DOTALL)
_ENTRY = 20
"""Bytes of a line in the table of offsets."""
_MOST = 100
"""Characters that one section of a table of names may have."""

_RADICALS = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **dict(
        zip(
            map(ord, "⺟⺠⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻫⻬⻭⻮⻯⻰⻲⻳"),
            "母民西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄斉齐歯齿竜龙亀龟",
            strict=True,
        )
    ),
}
"""The characters of radicals that fonts draw like them. Unicode itself equates only those of Kangxi's dictionary."""


def finished(content: bytes, day: str) -> bytes:
    """A PDF of Chromium as if it had been made at midnight of a day, `2026-01-31`, with the names of its characters."""
    moment = f"{day.replace('-', '')}000000".encode()
    content = _DATE.sub(lambda found: found["before"] + moment + _utc(found["zone"]) + b")", content)
    return _with_characters(_numbered(content))


def page_count(content: bytes) -> int:
    """How many pages a PDF of Chromium has."""
    return len(_PAGE.findall(content))


def _utc(zone: bytes) -> bytes:
    """Greenwich's time, as long as what stood there: `+08'00'`, `Z`, or nothing."""
    return re.sub(rb"\d", b"0", zone).replace(b"-", b"+")


def _numbered(content: bytes) -> bytes:
    """The same with nodes numbered from 1, in their order, by which a table in the file is sorted."""
    numbers = sorted({found["number"] for found in _NODE.finditer(content)})
    new = {number: f"(node{place:08})".encode() for place, number in enumerate(numbers, 1)}
    return _NODE.sub(lambda found: new[found["number"]], content)


def _with_characters(content: bytes) -> bytes:
    """The same with tables of names that name characters and not radicals."""
    table = next(iter(reversed(list(_TABLE.finditer(content)))), None)
    if table is None:
        return content
    rows = [content[at : at + _ENTRY] for at in range(table.end(), table.end() + int(table["count"]) * _ENTRY, _ENTRY)]
    starts = {number: int(row[:10]) for number, row in enumerate(rows) if row[17:18] == b"n"}
    order = sorted(starts, key=starts.__getitem__)
    ends = [*(starts[number] for number in order[1:]), table.start()]
    objects = {number: content[starts[number] : end] for number, end in zip(order, ends, strict=True)}
    named = {int(found["number"]) for found in _NAMES.finditer(content)}
    changed = {number: _renamed(each) if number in named else each for number, each in objects.items()}
    return _written(content[: starts[order[0]]], changed, rows, content[table.start() :])


def _written(head: bytes, objects: dict[int, bytes], rows: list[bytes], tail: bytes) -> bytes:
    """A file of these objects in their order, with a table of where they stand."""
    pieces, at, table = [head], len(head), list(rows)
    for number, each in objects.items():
        table[number] = f"{at:010}".encode() + rows[number][10:]
        pieces.append(each)
        at += len(each)
    begin = len(f"xref\n0 {len(rows)}\n")
    trailer = re.sub(rb"startxref\n\d+", b"startxref\n" + str(at).encode(), tail[begin + len(rows) * _ENTRY :])
    return b"".join([*pieces, tail[:begin], *table, trailer])


def _renamed(each: bytes) -> bytes:
    """The object of a table of names, with characters in the place of radicals."""
    stream = _STREAM.search(each)
    if stream is None:
        return each
    text = zlib.decompress(stream["packed"])
    sections = list(_SECTION.finditer(text))
    names = [name for section in sections for name in _names(section)]
    if not any(ord(letter) in _RADICALS for _, name in names for letter in name):
        return each
    new = [f"<{glyph:04X}> <{name.translate(_RADICALS).encode('utf-16-be').hex().upper()}>" for glyph, name in names]
    blocks = (new[at : at + _MOST] for at in range(0, len(new), _MOST))
    told = "".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar\n" for block in blocks)
    packed = zlib.compress(text[: sections[0].start()] + told.encode() + text[sections[-1].end() :])
    return each[: stream.start()] + b"/Length %d>> stream\n%b\nendstream" % (len(packed), packed) + each[stream.end() :]


def _names(section: re.Match[bytes]) -> Iterator[tuple[int, str]]:
    """Each glyph of a section with what it is called."""
    for line in section["lines"].splitlines():
        codes = [bytes.fromhex(code.decode()) for code in re.findall(rb"<([0-9A-Fa-f]+)>", line)]
        first, name = int.from_bytes(codes[0], "big"), codes[-1].decode("utf-16-be")
        last = int.from_bytes(codes[1], "big") if section["kind"] == b"range" else first
        yield from ((glyph, name[:-1] + chr(ord(name[-1]) + glyph - first)) for glyph in range(first, last + 1))
