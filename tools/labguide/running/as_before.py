"""What a kernel is before a check is tried ahead of its step, and becomes again afterwards.

Its text is run inside the kernel, before `companion`, in the same namespace. What a check changes in place, such as a
list that it appends to, stays changed: a check looks and does nothing.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_RAISED = ("last_type", "last_value", "last_traceback", "last_exc")
"""Where Python keeps the last exception that nobody caught."""
_SHOWN = ("_", "__", "___")
"""Where IPython keeps the last results."""
_WARNED = "__warningregistry__"
"""Where a module keeps the warnings that were shown already."""


class Before:
    """A kernel's names, and what else a check may change without meaning to."""

    def __init__(self, shell: Any) -> None:
        self.error: BaseException | None = None
        """What the check raised."""
        self._shell = shell
        self._names = dict(shell.user_ns)
        self._shown = {name: getattr(shell.displayhook, name, None) for name in _SHOWN}
        self._raised = {name: vars(sys)[name] for name in _RAISED if name in vars(sys)}
        self._environment, self._folder = dict(os.environ), _folder()
        self._filters = list(warnings.filters)
        self._warned = {id(module): dict(module[_WARNED]) for module in _modules() if _WARNED in module}
        self._figures = frozenset(_figures())

    def restore(self) -> dict[str, Any]:
        """Give everything back, and tell what the check raised."""
        error, self.error = self.error, None
        told = {"raised": type(error).__name__ if error else "", "fails": isinstance(error, AssertionError)}
        told["says"] = str(error) if told["fails"] else ""
        self._restore_names()
        self._restore_warnings()
        for number in _figures():
            if number not in self._figures:
                sys.modules["matplotlib.pyplot"].close(number)
        if dict(os.environ) != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        if self._folder != _folder():
            os.chdir(self._folder)
        return told

    def _restore_names(self) -> None:
        names = self._shell.user_ns
        for name in [name for name in names if name not in self._names]:
            del names[name]
        names.update(self._names)
        for name, value in self._shown.items():
            setattr(self._shell.displayhook, name, value)
        for name in _RAISED:
            vars(sys).pop(name, None)
        vars(sys).update(self._raised)

    def _restore_warnings(self) -> None:
        """Those of a check are shown again where it runs for good; and its filters hold for nothing else."""
        if warnings.filters != self._filters:
            warnings.filters[:] = self._filters  # type: ignore[index]
            with contextlib.suppress(AttributeError):
                warnings._filters_mutated()  # type: ignore[attr-defined]
        for module in _modules():
            if _WARNED in module:
                module[_WARNED].clear()
                module[_WARNED].update(self._warned.get(id(module), {}))


def _folder() -> str:
    with contextlib.suppress(OSError):
        return str(Path.cwd())
    return ""


def _modules() -> Iterator[dict[str, Any]]:
    """What each module has, without asking it: some import others when they are asked."""
    for module in list(sys.modules.values()):
        space = getattr(module, "__dict__", None)
        if isinstance(space, dict):
            yield space


def _figures() -> list[int]:
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    return list(pyplot.get_fignums()) if pyplot else []
