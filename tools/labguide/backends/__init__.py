"""Where code runs. A backend is one file here and one line in `BACKENDS`.

Scripts are the same bytes on every backend: a backend only decides the environment variables of their kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from labguide.backends.local import LocalBackend


class Backend(Protocol):
    """A place to run scripts. Started once for a build, before the first script; stopped after the last."""

    name: str

    def start(self) -> None:
        """Make the backend ready. Raises `labguide.problems.CannotBuildError` if it cannot be."""

    def stop(self) -> None:
        """End everything that `start` began; may be called twice, or without `start`."""

    def environment(self, account: str) -> Mapping[str, str]:
        """What a kernel needs to reach the backend, for one of its accounts (12 digits)."""

    def versions(self) -> Mapping[str, str]:
        """The packages, by name, whose versions a reader of a recording may want to know."""

    def digest(self) -> str:
        """A hash of what else outputs depend on; when it or a version changes, scripts run again."""


BACKENDS: Mapping[str, Callable[[], Backend]] = {"local": LocalBackend}
