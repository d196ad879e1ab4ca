"""Step caching: a step that is asked for what it was asked for before takes over what it did then.

What counts is in "Default cache key attributes by pipeline step type" and "Turn on step caching" of the Developer
Guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .definition import Step
from .execution import Execution, StepRun

COUNTING: dict[str, tuple[str, ...]] = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": (
        "AlgorithmSpecification",
        "CheckpointConfig",
        "DebugHookConfig",
        "DebugRuleConfigurations",
        "Environment",
        "HyperParameters",
        "InputDataConfig",
    ),
    "Transform": ("DataProcessing", "Environment", "ModelName", "TransformInput"),
    "Tuning": ("HyperParameterTuningJobConfig", "TrainingJobDefinition", "TrainingJobDefinitions"),
}
"""Members that count. Of a type that is not here, all do."""

OF_TUNING = ("AlgorithmSpecification", "HyperParameterRanges", "InputDataConfig", "StaticHyperParameters")

_SECONDS = {"y": 365 * 86_400, "w": 7 * 86_400, "d": 86_400}
_CLOCK_SECONDS = {"h": 3600, "m": 60, "s": 1}
_MONTH = 30 * 86_400


def is_enabled(step: Step) -> bool:
    """Return whether the step may take over what was done before."""
    return bool((step.given.get("CacheConfig") or {}).get("Enabled"))


def key_of(step: Step, arguments: Mapping[str, Any]) -> str:
    """Return what must be equal of two runs of a step."""
    kept = {name: arguments.get(name) for name in COUNTING.get(step.type, tuple(arguments))}
    if definition := kept.get("TrainingJobDefinition"):
        kept["TrainingJobDefinition"] = {name: definition.get(name) for name in (*OF_TUNING, "TuningObjective")}
    return json.dumps(kept, sort_keys=True, default=str)


def find(executions: Iterable[Execution], run: StepRun, now: float) -> tuple[StepRun, str] | None:
    """Return the last run that `run` may take over, and the ARN of its execution."""
    expires = (run.step.given.get("CacheConfig") or {}).get("ExpireAfter")
    oldest = now - seconds_of(expires) if expires else 0.0
    found = [
        (other, execution.arn)
        for execution in executions
        for other in execution.runs.values()
        if other is not run
        and (other.step.name, other.step.type, other.cache_key) == (run.step.name, run.step.type, run.cache_key)
        and other.status == "Succeeded"
        and not other.source
        and (other.ended or 0.0) >= oldest
    ]
    return max(found, key=lambda each: each[0].ended or 0.0, default=None)


def seconds_of(duration: str) -> float:
    """Return the seconds of an ISO 8601 duration as these are written here: ``p30d``, ``30d``, ``T12H``, ``30dT5h``.

    Raises ValueError.
    """
    text = duration.lower().removeprefix("p")
    days, _, clock = text.partition("t")
    return _sum(days, {**_SECONDS, "m": _MONTH}, duration) + _sum(clock, _CLOCK_SECONDS, duration)


def _sum(text: str, units: Mapping[str, int], whole: str) -> float:
    if not re.fullmatch(rf"(\d+[{''.join(units)}])*", text):
        raise ValueError(f"{whole} is not an ISO 8601 duration")
    return float(sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)(\w)", text)))
