"""What containers say of a job that was not given what it needs, or more than that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Say = Callable[[Sequence[str]], str]
"""Makes a sentence of names."""


@dataclass(frozen=True)
class Wording:
    """What a container says of the names of hyperparameters and channels that are missing, or that it does not know."""

    missing: Say
    unknown: Say
    channel_missing: Say
    channel_unknown: Say


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _unexpected(names: Sequence[str]) -> str:
    return f"not allowed ({_quoted(names)} {'was' if len(names) == 1 else 'were'} unexpected)"


_CHANNELS = (
    "Unable to initialize the algorithm. Failed to validate input data configuration. (caused by ValidationError)\n\n"
    "Caused by: "
)
AMAZON = Wording(
    missing=lambda names: (
        f"No value(s) were specified for {_quoted(names)} which are required hyperparameter(s) "
        "(caused by ValidationError)"
    ),
    unknown=lambda names: f"Additional hyperparameters are {_unexpected(names)} (caused by ValidationError)",
    channel_missing=lambda names: f"{_CHANNELS}'{names[0]}' is a required property",
    channel_unknown=lambda names: f"{_CHANNELS}Additional properties are {_unexpected(names)}",
)
"""The words of Amazon's own algorithms, as people quote them in public."""
