"""The step from scripts to recordings: `rehearse` runs scripts, `run` runs what is stale and keeps what it left.

Scripts run at the same time, one for each core, each in its own kernel; one that names others in `after:` waits
for them. A script that fails keeps its old recording, becomes a problem, and those after it are not tried.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from labguide import cleaning, recordings
from labguide.backends import Backend
from labguide.model import Place, Project, Recording, Script, ValueQuote
from labguide.problems import Problems
from labguide.running import freshness, order
from labguide.running.told import Outcome, Progress

__all__ = ["Options", "Outcome", "Progress", "Runs", "accept", "before", "keep", "rehearse", "run", "wanted"]


@dataclass(frozen=True)
class Options:
    """What may run: only what is stale (the default), all (`force`), nothing (`frozen`)."""

    force: bool = False
    frozen: bool = False
    only: tuple[str, ...] = ()
    """Run no more than these scripts and what must run before them; empty means all."""
    cluster: str = ""
    """The address of a Dask scheduler that runs are sent to; empty means that they run here."""


@dataclass(frozen=True)
class Runs:
    """The recordings after a build's runs, and which scripts ran for them."""

    recordings: Mapping[str, Recording]
    ran: tuple[str, ...] = ()
    reused: tuple[str, ...] = ()


def run(
    project: Project,
    scripts: Mapping[str, Script],
    quoted: Mapping[str, Collection[ValueQuote]],
    backend: Backend,
    options: Options,
    progress: Progress,
    problems: Problems,
) -> Runs:
    """Bring the recordings up to date and return them all.

    `quoted` are, for each script, the values that documents show. With `frozen` nothing runs, and a recording
    that is missing or of other code becomes a problem.
    """
    here = {name: script for name, script in scripts.items() if backend.name in script.backends}
    in_order = order.ordered(here, problems)
    kept = recordings.load_all(project, backend.name, here)
    if options.frozen:
        _tell_stale(project, backend.name, here, kept, problems)
        return Runs(kept, reused=tuple(kept))
    keys = freshness.keys(project, in_order, backend)
    wanted = _wanted(project, backend.name, in_order, keys, options)
    progress.begin(len(wanted), len(here) - len(wanted))
    if wanted:
        freshness.forget(project, backend.name, [script.name for script in wanted])

    def keep_it(script: Script, new: Recording) -> None:
        kept[script.name] = keep(project, script, new, quoted.get(script.name, ()), keys[script.name])

    _run_all(project, in_order, wanted, backend, keep_it, progress, problems, options.cluster)
    ran = tuple(script.name for script in wanted)
    return Runs(kept, ran, tuple(name for name in here if name not in ran))


def wanted(
    project: Project, scripts: Mapping[str, Script], backend: Backend, options: Options, problems: Problems
) -> tuple[tuple[Script, ...], frozenset[str]]:
    """The scripts that `run` would run now, in order, and the names of those that it would not."""
    here = {name: script for name, script in scripts.items() if backend.name in script.backends}
    in_order = order.ordered(here, problems)
    found = _wanted(project, backend.name, in_order, freshness.keys(project, in_order, backend), options)
    return found, frozenset(here) - {script.name for script in found}


def before(names: Collection[str], scripts: Mapping[str, Script], problems: Problems) -> tuple[Script, ...]:
    """The scripts that must have run before these, in order."""
    in_order = order.ordered(scripts, problems)
    direct = {name for each in names if each in scripts for name in scripts[each].after}
    return order.with_ancestors(direct - set(names), in_order)


def rehearse(
    project: Project,
    scripts: Mapping[str, Script],
    backend: Backend,
    only: Collection[str],
    progress: Progress,
    problems: Problems,
) -> Mapping[str, Outcome]:
    """Run scripts, fresh or not, and return what became of each, by its name; nothing is kept.

    `only` names scripts that run with all that must have run before them; empty means all. A script that comes
    after one that failed has no outcome.
    """
    here = {name: script for name, script in scripts.items() if backend.name in script.backends}
    in_order = order.ordered(here, problems)
    wanted = order.with_ancestors(only or here, in_order)
    progress.begin(len(wanted), 0)
    return _run_all(project, in_order, wanted, backend, lambda _script, _recording: None, progress, problems)


def _run_all(
    project: Project,
    in_order: tuple[Script, ...],
    wanted: tuple[Script, ...],
    backend: Backend,
    keep: Callable[[Script, Recording], None],
    progress: Progress,
    problems: Problems,
    cluster: str = "",
) -> Mapping[str, Outcome]:
    if not wanted:
        return {}
    from labguide.running import session  # here, because kernels' clients take half a second to import

    return session.run_all(project, in_order, wanted, backend, keep, progress, problems, cluster)


def accept(
    project: Project,
    scripts: Mapping[str, Script],
    quoted: Mapping[str, Collection[ValueQuote]],
    backend: Backend,
    new: Mapping[str, Recording],
) -> None:
    """Keep these recordings of a rehearsal, by their scripts' names, as `run` would have done."""
    here = {name: script for name, script in scripts.items() if backend.name in script.backends}
    keys = freshness.keys(project, order.ordered(here, Problems()), backend)
    for name, recording in new.items():
        keep(project, scripts[name], recording, quoted.get(name, ()), keys[name])


def keep(
    project: Project, script: Script, new: Recording, quoted: Collection[ValueQuote], inputs: freshness.Inputs
) -> Recording:
    """Settle a new recording with the committed one, write it if it differs, and note that this machine ran it.

    `inputs` are the script's from `freshness.keys`. Returns the recording that stands now.
    """
    names = {quote.name for quote in quoted}
    new = dataclasses.replace(new, unkept={name: why for name, why in new.unkept.items() if name in names})
    old = recordings.load(project, new.backend, script.name)
    made_from = freshness.made_from(project, new.backend, inputs)
    # What means the same keeps its bytes, but for what it was made from: equal results may come from other data.
    kept = freshness.bearing(cleaning.settle(old, new, script, quoted), made_from)
    if kept is not old:
        recordings.save(project, kept)
    freshness.note(project, new.backend, script, inputs)
    return kept


def _wanted(
    project: Project,
    backend: str,
    in_order: tuple[Script, ...],
    keys: Mapping[str, freshness.Inputs],
    options: Options,
) -> tuple[Script, ...]:
    names = frozenset(keys) if options.force else freshness.stale(project, backend, in_order, keys)
    if options.only:
        within = {script.name for script in order.with_ancestors(options.only, in_order)}
        names = names & within
    return order.with_ancestors(names, in_order)


def _tell_stale(
    project: Project, backend: str, scripts: Mapping[str, Script], kept: Mapping[str, Recording], problems: Problems
) -> None:
    for name, script in scripts.items():
        recording, place, remedy = kept.get(name), Place(script.path), f"run `labguide run {name}`"
        if recording is None:
            there = recordings.path_of(project, backend, name).exists()
            message = "its recording cannot be read" if there else "this script was never recorded"
            problems.add(place, "no-recording", message, "run `labguide run`")
        elif not recordings.is_of(recording, script):
            message = "the recording is of other code than the script has now"
            problems.add(place, "stale-recording", message, remedy)
        else:
            for message in freshness.what_changed(project, script, scripts, kept):
                problems.add(place, "stale-recording", f"the recording is stale: {message}", remedy)
