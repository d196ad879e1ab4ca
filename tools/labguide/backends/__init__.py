"""Where code runs. A backend is one file here and one line in `BACKENDS`.

Scripts are the same bytes on every backend: a backend only decides the environment variables of their kernels, and
what a kernel notes about the calls they make.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from labguide.model import Fact, Project

if TYPE_CHECKING:  # what a backend needs is read when it is chosen
    from labguide.backends.calls import Call
    from labguide.backends.creation import Creation


class Backend(Protocol):
    """A place to run scripts. Started once for a build, before the first script; stopped after the last."""

    name: str
    real: bool
    """Runs cost money and leave things behind: nothing runs without consent, and all scripts meet in one account."""
    consent: bool
    """Whether the caller has agreed to what a real backend will do; a backend that is not real does not ask."""

    def start(self) -> None:
        """Make the backend ready. Raises `labguide.problems.CannotBuildError` if it cannot be."""

    def stop(self) -> None:
        """End everything that `start` began; may be called twice, or without `start`."""

    def environment(self, account: str) -> Mapping[str, str]:
        """What a kernel needs to reach the backend, for one of its accounts (12 digits)."""

    def secrets(self, account: str) -> tuple[str, ...]:
        """Exact strings of that environment that no file may hold: account number, keys, token."""

    def prelude(self, script: str, notes: Path) -> str:
        """Source that a kernel runs before a script's first cell, so that its calls are noted in that file."""

    def creations(self, calls: Sequence[Call]) -> tuple[Creation, ...]:
        """What these calls create that costs money or has to be deleted."""

    def declared(self, text: str) -> Creation | None:
        """The same for a line of a script's `creates:`; None if it cannot be understood."""

    def versions(self) -> Mapping[str, str]:
        """The packages, by name, whose versions a reader of a recording may want to know."""

    def digest(self) -> str:
        """A hash of what else outputs depend on; when it or a version changes, scripts run again."""


def _local(_project: Project) -> Backend:
    from labguide.backends.local import LocalBackend

    return LocalBackend()


def _aws(project: Project) -> Backend:
    from labguide.backends.aws import AwsBackend

    return AwsBackend(project.workdir / "ledger")


def _price() -> Mapping[str, Fact]:
    from labguide.backends.aws import prices

    return prices().facts()


BACKENDS: Mapping[str, Callable[[Project], Backend]] = {"local": _local, "aws": _aws}

TABLES: Mapping[str, Callable[[], Mapping[str, Fact]]] = {"price": _price}
"""What is known of backends without a run, by the name under which documents quote it: `{value}`price#ml.m5.large``."""
