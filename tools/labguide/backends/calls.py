"""The calls that scripts make to AWS: how a kernel is told to note them, and how the notes are read."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
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


def read(path: Path) -> tuple[Call, ...]:
    """The calls that a kernel noted."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(json.loads(line) for line in lines)


def distinct(calls: Iterable[Call]) -> list[Call]:
    """Each call once, in an order that does not depend on when it was made."""
    found = {json.dumps(call, sort_keys=True): call for call in calls}
    return [found[key] for key in sorted(found, key=lambda key: (found[key]["service"], found[key]["operation"], key))]
