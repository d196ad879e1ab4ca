"""What of the caller's environment a kernel gets."""

from __future__ import annotations

from collections.abc import Mapping

from labguide.model import Project

_NEEDED = ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR")


def given(project: Project, caller: Mapping[str, str]) -> dict[str, str]:
    """The variables of `caller` that kernels get."""
    return {name: caller[name] for name in (*_NEEDED, *project.environment) if name in caller}
