"""What of the caller's environment a kernel gets: what any program needs, and what the project names.

A variable that is not known may hold a key, and whatever a kernel has, a cell can print.
"""

from __future__ import annotations

from collections.abc import Mapping

from labguide import variables
from labguide.model import Project


def given(project: Project, caller: Mapping[str, str]) -> dict[str, str]:
    """The variables of `caller` that kernels get."""
    named = {name: caller[name] for name in project.environment if name in caller}
    return {**variables.needed(caller), **named}


def held_back(project: Project, caller: Mapping[str, str]) -> dict[str, str]:
    """The variables of `caller` that kernels do not get."""
    passed = given(project, caller)
    return {name: value for name, value in caller.items() if name not in passed}
