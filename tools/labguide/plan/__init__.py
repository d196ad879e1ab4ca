"""The step before a run on a real backend: what would run, what it would create, how long, and at most how dear.

Nothing is asked of the backend. What a script creates is read from the calls of its newest recording, on whatever
backend that was made; how long it takes, from a recording of this backend. Without one, what the script's header
declares counts, and is marked so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from labguide import recordings, running
from labguide.backends import BACKENDS, TABLES, Backend
from labguide.backends.creation import Creation
from labguide.model import Fact, Facts, Place, Project, Recording, Script, ValueQuote
from labguide.problems import Problems

ON_AWS = "on_aws"
"""The name under which documents quote what a script takes on AWS: `{value}`script#on_aws.minutes:.0f``."""

CLEANING_SECONDS = 30 * 60.0
"""What a run may leave standing while it deletes everything: counted as running in the upper bound."""


@dataclass(frozen=True)
class Step:
    """One script of a plan."""

    script: str
    path: str
    creates: tuple[Creation, ...]
    creates_from: str
    """`aws` or `local`, the backend of the recording that was read; `declared`; or `unknown`."""
    seconds: float | None
    """How long it took, or is declared to take; None if nobody knows."""
    seconds_from: str
    limit: float
    """Seconds after which it is ended."""


@dataclass(frozen=True)
class Plan:
    """What would run, in this order, and what it needs."""

    backend: str
    steps: tuple[Step, ...]
    others: tuple[str, ...]
    """Scripts that would not run: they are fresh, or were not asked for."""

    @property
    def seconds(self) -> float | None:
        """All scripts one after the other; None if one of them is unknown."""
        known = [step.seconds for step in self.steps]
        return None if None in known else sum(seconds or 0 for seconds in known)

    @property
    def usd(self) -> float | None:
        """Dollars if all goes as it went; None if a time or a price is unknown."""
        costs = [step_usd(step) for step in self.steps]
        return None if None in costs else sum(cost or 0 for cost in costs)

    @property
    def usd_at_most(self) -> float | None:
        """Dollars if every script took all the time it may, and deleted nothing itself; None if a price is unknown."""
        total = 0.0
        for number, step in enumerate(self.steps):
            until_the_end = sum(later.limit for later in self.steps[number:]) + CLEANING_SECONDS
            for creation in step.creates:
                if creation.usd_an_hour is None or step.creates_from == "unknown":
                    return None
                total += creation.usd_an_hour * _longest(creation, until_the_end) / 3600
        return None if any(step.creates_from == "unknown" for step in self.steps) else total

    @property
    def quotas(self) -> Mapping[str, int]:
        """Machines by quota: of jobs as many as one script has, of all else as many as there may be at once."""
        needed: dict[str, int] = {}
        for step in self.steps:
            own: dict[str, int] = {}
            for creation in filter(lambda creation: creation.quota, step.creates):
                own[creation.quota] = own.get(creation.quota, 0) + creation.count
            jobs = {creation.quota for creation in step.creates if creation.kind.endswith(" job")}
            for quota, count in own.items():
                before = needed.get(quota, 0)
                needed[quota] = max(before, count) if quota in jobs else before + count
        return dict(sorted(needed.items()))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Machines whose price is not known, and scripts of which nothing is known."""
        machines = {each.machine for step in self.steps for each in step.creates if each.usd_an_hour is None}
        return *sorted(machines), *(step.script for step in self.steps if step.creates_from == "unknown")


def make(
    project: Project, scripts: Mapping[str, Script], backend: Backend, options: running.Options, problems: Problems
) -> Plan:
    """What `running.run` with the same options would do. What is wrong with a header's `creates:` is a problem."""
    wanted, others = running.wanted(project, scripts, backend, options, problems)
    steps = tuple(_step(project, script, backend, problems) for script in wanted)
    return Plan(backend.name, steps, tuple(sorted(others)))


def facts(
    project: Project, scripts: Mapping[str, Script], quoted: Mapping[str, Iterable[ValueQuote]], problems: Problems
) -> Facts:
    """What documents may quote though no run leaves it: the backends' tables, and what the scripts take on AWS."""
    for name in sorted(TABLES.keys() & scripts.keys()):
        message = f'documents quote a table of labguide\'s as "{name}"'
        problems.add(Place(scripts[name].path), "reserved-name", message, "give this script another name")
    asked = [name for name in scripts if any(quote.name == ON_AWS for quote in quoted.get(name, ()))]
    backend = BACKENDS["aws"](project)
    known = {name: _on_aws(_step(project, scripts[name], backend, Problems())) for name in asked}
    return known | {name: table() for name, table in TABLES.items()}


def _on_aws(step: Step) -> dict[str, Fact]:
    """What a script takes on AWS, as far as a recording or a header says it."""
    if step.seconds is None:
        why = f"nobody knows how long {step.path} takes on AWS", "record it there, or write `minutes:` in its header"
        return {f"{ON_AWS}.minutes": Fact(unknown=why), f"{ON_AWS}.usd": Fact(unknown=why)}
    declared, usd = step.seconds_from == "declared", step_usd(step)
    unpriced = sorted({each.machine for each in step.creates if each.usd_an_hour is None})
    what = f"the price of {', '.join(unpriced)}" if unpriced else "what it creates"
    why = f"nobody knows what {step.path} costs on AWS: {what} is not known", "quote no sum, or make that known"
    return {
        f"{ON_AWS}.minutes": Fact(step.seconds / 60, declared),
        f"{ON_AWS}.usd": Fact(unknown=why) if usd is None else Fact(usd, declared),
    }


def recorded(project: Project, script: Script, first: str) -> Recording | None:
    """A recording of the script as it is now that knows its calls: of the backend `first`, else of any other."""
    for backend in (first, *(name for name in script.backends if name != first)):
        recording = recordings.load(project, backend, script.name)
        if recording and "calls" in recording.provenance and recordings.is_of(recording, script):
            return recording
    return None


def step_usd(step: Step) -> float | None:
    """Dollars for one script, if its machines run as long as it does itself."""
    if step.seconds is None or step.creates_from == "unknown":
        return None
    hourly = [creation.usd_an_hour for creation in step.creates]
    return None if None in hourly else sum(price or 0 for price in hourly) * step.seconds / 3600


def _longest(creation: Creation, until_the_end: float) -> float:
    return until_the_end if creation.ends_within is None else min(creation.ends_within, until_the_end)


def _step(project: Project, script: Script, backend: Backend, problems: Problems) -> Step:
    own = recordings.load(project, backend.name, script.name)
    creates, creates_from = _creates(project, script, backend, problems)
    seconds, seconds_from = _seconds(script, own)
    return Step(script.name, script.path, creates, creates_from, seconds, seconds_from, script.limit)


def _creates(
    project: Project, script: Script, backend: Backend, problems: Problems
) -> tuple[tuple[Creation, ...], str]:
    """From a recording, else as declared."""
    recording = recorded(project, script, backend.name)
    if recording:
        return backend.creations(recording.provenance["calls"]), recording.backend
    if not script.creates:
        return (), "unknown"
    found = [backend.declared(text) for text in script.creates]
    for text, creation in zip(script.creates, found, strict=True):
        if creation is None:
            remedy = "write a kind, a type and a count: `training job ml.m5.large x 2`"
            problems.add(Place(script.path), "bad-header", f'`creates:` says "{text}"', remedy)
    return tuple(creation for creation in found if creation), "declared"


def _seconds(script: Script, own: Recording | None) -> tuple[float | None, str]:
    if own and recordings.is_of(own, script) and own.provenance.get("seconds"):
        return sum(own.provenance["seconds"].values()), own.backend
    if script.minutes is not None:
        return script.minutes * 60, "declared"
    return None, "unknown"
