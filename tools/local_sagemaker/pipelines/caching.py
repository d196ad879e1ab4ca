"""Step caching: a step that is asked for what it was asked for before takes over what it did then.

What counts is in "Default cache key attributes by pipeline step type" and "Turn on step caching" of the Developer
Guide.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from . import durations
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


def is_enabled(step: Step) -> bool:
    """Return whether the step may take over what was done before."""
    return bool((step.given.get("CacheConfig") or {}).get("Enabled"))


def key_of(step: Step, arguments: Mapping[str, Any]) -> str:
    """Return what must be equal of two runs of a step."""
    kept = {name: arguments.get(name) for name in COUNTING.get(step.type, tuple(arguments))}
    kept |= {name: step.given[name] for name in ("FunctionArn", "SqsQueueUrl") if name in step.given}
    if definition := kept.get("TrainingJobDefinition"):
        kept["TrainingJobDefinition"] = {name: definition.get(name) for name in (*OF_TUNING, "TuningObjective")}
    return json.dumps(kept, sort_keys=True, default=str)


def find(executions: Iterable[Execution], run: StepRun, now: float) -> tuple[StepRun, str] | None:
    """Return the last run that `run` may take over, and the ARN of its execution."""
    expires = (run.step.given.get("CacheConfig") or {}).get("ExpireAfter")
    oldest = now - durations.seconds_of(expires) if expires else 0.0
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
