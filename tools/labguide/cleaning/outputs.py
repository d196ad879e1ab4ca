"""Makes what a run left fit to be published: its outputs, values and calls, by all that is known of the run."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labguide import terminal
from labguide.cleaning import pictures, secrets, traces
from labguide.cleaning.hiding import Hider
from labguide.model import Origin, Output

AS_IT_IS = "verbatim"
"""The tag of a cell whose output stays as it was printed, but for secrets."""

_TEXT_STREAMS = ("stdout", "stderr")


@dataclass(frozen=True)
class Cleaned:
    """What a run left, without what is secret: outputs by cell name, values by name, distinct calls, and its origin."""

    outputs: Mapping[str, tuple[Output, ...]]
    values: Mapping[str, Any]
    calls: tuple[Any, ...]
    origin: Origin
    checks: Mapping[str, str] = field(default_factory=dict)
    """What checks said, by cell name."""


@dataclass(frozen=True)
class Left:
    """What a run left, as it left it."""

    outputs: Mapping[str, Sequence[Output]]
    """By cell name."""
    values: Mapping[str, Any]
    calls: Sequence[Any] = ()
    names: Sequence[str] = ()
    """Names that it made or was told, of which parts may be drawn by lot."""
    origin: Origin = field(default_factory=Origin)
    """`made` holds what was drawn by lot as a whole."""
    checks: Mapping[str, str] = field(default_factory=dict)
    """What checks said where their steps were missing, by cell name."""


def clean_run(left: Left, hider: Hider, source: str, verbatim: Collection[str] = ()) -> Cleaned:
    """Clean all that a run of the code `source` left; `verbatim` names the cells that stay as they are but for secrets.

    All is looked through before anything is replaced: a secret that one cell names is hidden in every other.
    """
    final = {name: list(_final(joined(each), name in verbatim)) for name, each in left.outputs.items()}
    hider.learn([*final.values(), dict(left.values), list(left.calls), dict(left.checks)])
    cleaned = {name: tuple(_clean(each, hider, name in verbatim) for each in found) for name, found in final.items()}
    values: dict[str, Any] = hider.value(dict(left.values))
    checks = {name: hider.text(said, folders=name not in verbatim) for name, said in left.checks.items()}
    origin = _with_parts(left, source)
    calls = tuple(_starred(hider.value(call), origin) for call in left.calls)
    return Cleaned(cleaned, values, calls, _seen(origin, [*cleaned.values(), values, checks]), checks)


def joined(outputs: Iterable[Output]) -> Iterator[dict[str, Any]]:
    """Streams as a reader sees them: whether a print came in one message or in three, between lines of the other
    stream or not, is chance. So each stretch of streams is one text of `stdout` and one of `stderr`."""
    waiting: dict[str, str] = {}
    for output in outputs:
        if output["output_type"] == "stream":
            waiting[output["name"]] = waiting.get(output["name"], "") + output["text"]
            continue
        yield from _streams(waiting)
        waiting = {}
        yield {key: value for key, value in output.items() if key != "execution_count"}
    yield from _streams(waiting)


def _streams(texts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    names = [name for name in _TEXT_STREAMS if name in texts]
    for name in (*names, *(name for name in sorted(texts) if name not in names)):
        yield {"output_type": "stream", "name": name, "text": texts[name]}


def _final(outputs: Iterable[dict[str, Any]], verbatim: bool) -> Iterator[dict[str, Any]]:
    for output in outputs:
        is_drawn = output["output_type"] == "stream" and not verbatim
        yield {**output, "text": terminal.final(output["text"])} if is_drawn else output


def _clean(output: Mapping[str, Any], hider: Hider, verbatim: bool) -> Output:
    cleaned = {
        key: _clean_forms(value, hider, verbatim) if key == "data" else hider.value(value, folders=not verbatim)
        for key, value in output.items()
    }
    if output["output_type"] == "execute_result":
        cleaned["execution_count"] = None
    return cleaned


def _clean_forms(data: Mapping[str, Any], hider: Hider, verbatim: bool) -> dict[str, Any]:
    return {
        mime: _clean_picture(content, hider) if _is_binary(mime) else hider.value(content, folders=not verbatim)
        for mime, content in data.items()
    }


def _is_binary(key: Any) -> bool:
    """Whether a form is bytes in base64, in which a text is found by chance only."""
    return isinstance(key, str) and (pictures.is_picture(key) or key == "application/pdf")


def _clean_picture(content: Any, hider: Hider) -> Any:
    """A picture in base64 without the texts that a PNG file carries; elsewhere a secret in its bytes is blotted out."""
    try:
        picture = base64.b64decode(content, validate=False)
    except (binascii.Error, TypeError, ValueError):
        return content
    changed = _without_png_texts(picture) if picture.startswith(_PNG) else _blotted(picture, hider)
    return base64.b64encode(changed).decode() if changed != picture else content


_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf")


def _without_png_texts(picture: bytes) -> bytes:
    """See https://www.w3.org/TR/png-3/#5Chunk-layout: length, type, data, check sum."""
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] not in _PNG_TEXTS:
            kept.append(picture[at : at + length + 12])
        at += length + 12
    return b"".join((*kept, picture[at:]))


def _blotted(picture: bytes, hider: Hider) -> bytes:
    text = picture.decode("latin-1")
    for value in (*(each.value for each in secrets.find(text) if each.alone), *hider.exact):
        text = text.replace(value, "X" * len(value))
    return text.encode("latin-1")


def _starred(value: Any, origin: Origin) -> Any:
    """Calls are kept for what they ask and of whom; the names of one run would only be in the way of the next."""
    if isinstance(value, str):
        return traces.starred(value, origin)
    if isinstance(value, Mapping):
        return {key: _starred(item, origin) for key, item in value.items()}
    return [_starred(item, origin) for item in value] if isinstance(value, list | tuple) else value


def _with_parts(left: Left, source: str) -> Origin:
    """The origin with what was drawn by lot of each name; what the code says itself was not."""
    parts = {part for name in left.names for part in traces.generated_parts(name)}
    made = {each for each in (*left.origin.made, *parts) if each not in source}
    return dataclasses.replace(left.origin, made=tuple(sorted(made)))


def _seen(origin: Origin, shown: Iterable[Any]) -> Origin:
    """What the run made, as far as its recording shows it: the rest is of no use to a later comparison."""
    text = "\n".join(_all_texts(shown))
    made = tuple(part for part in origin.made if traces.shows(text, part))
    outside = (each for each in sorted(set(origin.moments)) if not origin.began <= each <= origin.ended)
    moments = tuple(each for each in outside if traces.may_show(each, text))
    return dataclasses.replace(origin, made=made, moments=moments)


def _all_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not _is_binary(key):
                yield from (str(key), *_all_texts(item))
    elif isinstance(value, Iterable):
        for item in value:
            yield from _all_texts(item)
    else:
        yield str(value)
