"""Which entries of the journal still have an effect: the others need not be made again at the next start.

Read from the last entry to the first: what an entry ends (a deleted thing, an object that is written anew) makes the
entries before it about the same thing needless, unless one that stays mentions the thing. An entry that does nothing
but end things stays if one of them stays. In doubt an entry stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

from ..wire import FORM
from .entries import Entry

Thing: TypeAlias = tuple[str, ...]
"""A thing by its service, account, region and names. An object is within its bucket, a log stream within its group."""

_VERB = re.compile(r"(Create|Delete|Start|Stop|Update)(\w+)")
_ARN = re.compile(r"arn:aws:(\w+):([\w-]*):(\d*):([\w-]+)/(.+)")
_KEY = re.compile(r"<Key>([^<]*)</Key>")


@dataclass(frozen=True)
class Effect:
    """What an entry does: it is about a thing, `ends` what was before of some, and may do no more (`mere`)."""

    about: Thing = ()
    ends: frozenset[Thing] = frozenset()
    mere: bool = False
    mentions: frozenset[str] = frozenset()
    upload: str = ""
    source: Thing = ()


def lasting(entries: Iterable[Entry | None]) -> list[bool]:
    """Return of each entry whether it still has an effect; of one that could not be read it is not known."""
    found = list(entries)
    effects = [_effect(each) if each else Effect() for each in found]
    versioned = {_bucket(each) for each in found if each and each.caller.service == "s3" and "versioning" in each.query}
    copied = {each.source for each in effects if each.source}
    spared = versioned | copied | {thing[:-1] for thing in copied}
    return _backwards(_with_uploads([_sparing(each, spared, versioned) for each in effects]))


def _sparing(effect: Effect, spared: set[Thing], versioned: set[Thing]) -> Effect:
    """Return the effect without its ends if what it ends is still needed: copied, or in a bucket with versions."""
    needed = any(thing in spared or thing[:-1] in versioned for thing in effect.ends)
    return replace(effect, ends=frozenset(), mere=False) if needed else effect


def _with_uploads(effects: list[Effect]) -> list[Effect]:
    """Return the effects as they are while uploads in parts go on.

    Nothing ends an object of which an upload has begun; a completed upload ends what was before its beginning.
    """
    begun: dict[Thing, list[int]] = {}
    for number, effect in enumerate(effects):
        if effect.upload == "begins":
            begun.setdefault(effect.about, []).append(number)
        elif effect.upload:
            starts = begun.pop(effect.about, [])
            if effect.upload == "completes" and len(starts) == 1:
                effects[starts[0]] = replace(effects[starts[0]], ends=frozenset({effect.about}))
        elif effect.ends & begun.keys():
            effects[number] = replace(effect, ends=frozenset(), mere=False)
    return effects


def _backwards(effects: list[Effect]) -> list[bool]:
    stays = [False] * len(effects)
    ended: dict[Thing, int] = {}
    names: dict[str, set[Thing]] = {}
    for number in range(len(effects) - 1, -1, -1):
        effect = effects[number]
        if any(effect.about[:length] in ended for length in range(1, len(effect.about) + 1)):
            continue
        for name in effect.mentions & names.keys():
            for thing in names.pop(name):
                stays[ended.pop(thing)] = True
        for thing in effect.ends - ended.keys():
            ended[thing] = number
            names.setdefault(thing[-1], set()).add(thing)
        stays[number] = stays[number] or not effect.mere
    return stays


def _effect(entry: Entry) -> Effect:
    if entry.caller.service == "s3":
        return _effect_on_s3(entry)
    operation, parameters = _call(entry)
    place = (entry.caller.service, entry.caller.account, entry.caller.region)
    if entry.caller.service == "logs":
        return _effect_on_logs(operation, place, parameters)
    if operation == "AddTags" and (match := _ARN.fullmatch(str(parameters.get("ResourceArn", "")))):
        service, region, account, noun, name = match.groups()
        return Effect(about=(service, account, region, noun.replace("-", ""), name))
    mentions = frozenset(_strings(parameters))
    verb, noun = match.groups() if (match := _VERB.fullmatch(operation)) else ("", "")
    name = {key.lower(): value for key, value in parameters.items()}.get(f"{noun}name".lower())
    if not noun or not isinstance(name, str):
        return Effect(mentions=mentions)
    thing = (*place, noun.lower(), name)
    if verb == "Delete":
        return Effect(about=thing, ends=frozenset({thing}), mere=True)
    return Effect(about=thing, mentions=mentions - {name})


def _effect_on_logs(operation: str, place: Thing, parameters: dict[str, Any]) -> Effect:
    names = (parameters.get(key) for key in ("logGroupName", "logStreamName"))
    thing = (*place, *(name for name in names if isinstance(name, str)))
    if operation in ("DeleteLogGroup", "DeleteLogStream"):
        return Effect(about=thing, ends=frozenset({thing}), mere=True)
    return Effect(about=thing)


def _effect_on_s3(entry: Entry) -> Effect:
    bucket = _bucket(entry)
    key = entry.path.lstrip("/").partition("/")[2]
    query = {name for name, _ in parse_qsl(entry.query, keep_blank_values=True) if not name.lower().startswith("x-")}
    if not key:
        keys = _KEY.findall(entry.body.decode(errors="replace")) if "delete" in query else []
        gone = {(*bucket, unescape(each)) for each in keys} or ({bucket} if entry.method == "DELETE" else set())
        merely = bool(gone) and query <= {"delete"}
        return Effect(about=bucket, ends=frozenset(gone if merely else ()), mere=merely)
    thing = (*bucket, key)
    whole = frozenset({thing} if not query else ())
    if entry.method == "DELETE":
        return Effect(about=thing, ends=whole, mere=bool(whole), upload="ends" if "uploadId" in query else "")
    if entry.method == "POST":
        upload = "begins" if "uploads" in query else "completes" if "uploadId" in query else ""
        return Effect(about=thing, upload=upload)
    return Effect(about=thing, ends=whole, source=_copied(entry))


def _bucket(entry: Entry) -> Thing:
    return ("s3", entry.caller.account, entry.path.lstrip("/").partition("/")[0])


def _copied(entry: Entry) -> Thing:
    """Return the object that a request copies, or nothing."""
    source = next((value for name, value in entry.headers.items() if name.lower() == "x-amz-copy-source"), "")
    bucket, _, key = unquote(source.partition("?versionId=")[0]).lstrip("/").partition("/")
    return ("s3", entry.caller.account, bucket, key) if source else ()


def _call(entry: Entry) -> tuple[str, dict[str, Any]]:
    """Return the operation and the parameters of a request of the JSON or the query protocol."""
    headers = {name.lower(): value for name, value in entry.headers.items()}
    if FORM in headers.get("content-type", ""):
        form = dict(parse_qsl(entry.body.decode(errors="replace")))
        return form.get("Action", ""), form
    try:
        parameters = json.loads(entry.body or b"{}")
    except ValueError:
        parameters = {}
    return headers.get("x-amz-target", "").rpartition(".")[2], parameters if isinstance(parameters, dict) else {}


def _strings(value: Any) -> Iterator[str]:
    """Yield every string in a JSON value, and of ARNs and addresses the last part too."""
    if isinstance(value, str):
        yield value
        yield value.rpartition("/")[2]
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(each)
