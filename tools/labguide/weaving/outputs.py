"""Turns recorded outputs into Markdown: text as a fence, tables as HTML, pictures as files of the site."""

from __future__ import annotations

import base64
import html
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labguide.model import Output

OUTPUT_CLASS = "recorded-output"
PICTURE_CLASS = "recorded-picture"
HTML_FENCE = "recorded-html"
"""The name of the fence that holds a cell's HTML output. Hosts render it as it stands, at any indentation, where
raw HTML in Markdown would break on a blank line or inside a tab."""

# What a reader can use best comes first; the rest of a cell's forms of the same output is left out.
_PREFERENCE = ("image/svg+xml", "image/png", "image/jpeg", "text/html", "text/markdown", "text/plain")
_PICTURES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}

# A recorded table carries its own style sheet for notebooks; pages have one for all tables.
_STYLE = re.compile(r"<style\b.*?</style>\s*", re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b.*?</script>\s*", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """A picture and where the site keeps it: `recorded/video-games/confusion-matrix-1.png`."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Look:
    """How the outputs of one cell are shown."""

    stem: str
    """How the paths of its pictures begin."""
    alt: str
    """What its pictures show, for those who cannot see them."""
    page: str
    """The path of the document in the site, from which links are relative."""
    marks: str = ""
    """Attributes for every output, as `attr_list` writes them, with a space before each."""


def as_markdown(outputs: Iterable[Output], look: Look) -> tuple[list[str], list[Picture]]:
    """The lines of Markdown that show these outputs, and the pictures they refer to."""
    lines: list[str] = []
    pictures: list[Picture] = []
    for output in outputs:
        block = _block(output, look, pictures)
        lines += ["", *block] if block else []
    return lines[1:], pictures


def fence_for(lines: Iterable[str]) -> str:
    """A fence of backticks longer than any in `lines`."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    return "`" * max(3, longest + 1)


def _block(output: Output, look: Look, pictures: list[Picture]) -> list[str]:
    match output["output_type"]:
        case "stream":
            return _text_fence(output["text"], look)
        case "error":
            return _text_fence(f"{output['ename']}: {output['evalue']}", look)
        case _:
            return _rich_block(output.get("data", {}), look, pictures)


def _rich_block(data: Mapping[str, Any], look: Look, pictures: list[Picture]) -> list[str]:
    mime = next((form for form in _PREFERENCE if form in data), None)
    if mime is None:
        return []
    if mime in _PICTURES:
        path = f"{look.stem}-{len(pictures) + 1}.{_PICTURES[mime]}"
        pictures.append(Picture(path, _bytes(mime, data[mime])))
        return [_picture_link(path, data.get("text/plain", ""), look)]
    if mime == "text/html":
        return _html_fence(data[mime], look)
    return data[mime].splitlines() if mime == "text/markdown" else _text_fence(data[mime], look)


def _bytes(mime: str, content: str) -> bytes:
    return content.encode() if mime == "image/svg+xml" else base64.b64decode(content)


def _picture_link(path: str, otherwise: str, look: Look) -> str:
    link = posixpath.relpath(path, posixpath.dirname(look.page) or ".")
    described = html.escape((look.alt or otherwise).replace("]", ")").replace("[", "("), quote=False)
    return f"![{described}]({link}){{.{PICTURE_CLASS}{look.marks}}}"


def _text_fence(text: str, look: Look) -> list[str]:
    lines = text.rstrip().splitlines()
    if not lines:
        return []
    fence = fence_for(lines)
    return [f"{fence} {{.text .{OUTPUT_CLASS}{look.marks}}}", *lines, fence]


def _html_fence(text: str, look: Look) -> list[str]:
    lines = [line for line in _SCRIPT.sub("", _STYLE.sub("", text)).splitlines() if line.strip()]
    fence = fence_for(lines)
    return [f"{fence} {{.{HTML_FENCE}{look.marks}}}", *lines, fence]
