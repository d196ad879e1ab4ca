"""Which scripts belong together, and what must have run before what."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

from labguide.model import Place, Script
from labguide.problems import Problems, did_you_mean
from labguide.scripts import unreadable


def ordered(scripts: Mapping[str, Script], problems: Problems) -> tuple[Script, ...]:
    """The scripts, each after those that its `after:` names.

    What cannot be put in order becomes a problem and is left out, as is all that would come after it.
    """
    told = unreadable(problems)
    for script in scripts.values():
        for name in script.after:
            if name not in scripts and name not in told:
                remedy = did_you_mean(name, scripts)
                problems.add(Place(script.path), "unknown-script", f'`after:` names no script "{name}"', remedy)
    graph = {name: script.after for name, script in scripts.items()}
    try:
        names = tuple(TopologicalSorter(graph).static_order())
        known: dict[str, Script] = {}
        for name in names:
            if name in scripts and all(other in known for other in scripts[name].after):
                known[name] = scripts[name]
        return tuple(known.values())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        place = Place(scripts[error.args[1][0]].path)
        problems.add(place, "circular-after", f"`after:` runs in a circle: {circle}", "take one of them out")
        return ()


def with_ancestors(names: Collection[str], order: tuple[Script, ...]) -> tuple[Script, ...]:
    """These scripts and all that must have run before them, in order: a backend starts empty in every build."""
    wanted = set(names)
    for script in reversed(order):
        if script.name in wanted:
            wanted.update(script.after)
    return tuple(script for script in order if script.name in wanted)


def accounts(order: tuple[Script, ...]) -> dict[str, str]:
    """An account number (12 digits) for each script; those tied by `after:` share one, others never meet.

    The number follows from the names alone, so that two runs of a script see the same account.
    """
    group = {script.name: script.name for script in order}
    for script in order:
        for name in script.after:
            _join(group, script.name, name)
    return {name: _account(min(_members(group, root))) for name, root in group.items()}


def _join(group: dict[str, str], one: str, other: str) -> None:
    keep, drop = group[one], group[other]
    for name, root in group.items():
        if root == drop:
            group[name] = keep


def _members(group: dict[str, str], root: str) -> list[str]:
    return [name for name, its_root in group.items() if its_root == root]


def _account(name: str) -> str:
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16)
    return str(100_000_000_000 + number % 900_000_000_000)
