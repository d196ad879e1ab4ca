"""The calls that scripts make to AWS: how a kernel is told to note them, and how the notes are read."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labguide.backends import hook

Call = Mapping[str, Any]
"""One distinct call: `service` and `operation`, and where there are any

- `on`: the resource by parameter name, `{"TrainingJobName": "video-games-..."}`
- `orders`: machines, `[{"type": "ml.m5.large", "count": 1, "gigabytes": 30}]`
- `limits`: `{"MaxRuntimeInSeconds": 3600}`
- `passes`: the name of a role that is handed on
- `tags`: true if it tags what it creates
"""


def prelude(orders: Mapping[str, Any]) -> str:
    """The source that a kernel runs before the first cell; it leaves no name behind. See `hook.install` for `orders`.

    The kernel gets the hook as text, so it needs no labguide of its own.
    """
    source = inspect.getsource(hook)
    return f"(lambda space: (exec({source!r}, space), space['install']({dict(orders)!r})))({{}}) and None"


@dataclass(frozen=True)
class Noted:
    """What a kernel noted of its calls: each distinct call, and what requests and answers held of this run alone."""

    calls: tuple[Call, ...] = ()
    names: tuple[str, ...] = ()
    """Of which parts may be drawn by lot."""
    ids: tuple[str, ...] = ()
    """Which are wholly."""
    moments: tuple[int, ...] = ()
    """Epoch seconds."""
    secrets: tuple[str, ...] = ()


def read(path: Path) -> Noted:
    """The notes of a kernel. A line that a dying kernel did not finish is passed over."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except FileNotFoundError:
        return Noted()
    found = [json.loads(line) for line in lines if line.endswith("}")]
    heard = [each["heard"] for each in found if "heard" in each]
    return Noted(
        calls=tuple(each for each in found if "heard" not in each),
        names=_all(heard, "names"),
        ids=_all(heard, "ids"),
        moments=_all(heard, "moments"),
        secrets=_all(heard, "secrets"),
    )


def _all(heard: Iterable[Mapping[str, list[Any]]], kind: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(each for one in heard for each in one.get(kind, ())))


def distinct(calls: Iterable[Call]) -> list[Call]:
    """Each call once, in an order that does not depend on when it was made."""
    found = {json.dumps(call, sort_keys=True): call for call in calls}
    return [found[key] for key in sorted(found, key=lambda key: (found[key]["service"], found[key]["operation"], key))]
