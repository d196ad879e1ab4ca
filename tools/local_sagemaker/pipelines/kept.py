"""Pipelines and executions as JSON that outlives the server, and made again of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..status import Status
from ..wire import Caller
from . import Pipeline, Version, definition
from .execution import PASSING, Execution, StepRun

INTERRUPTED = "InternalServerError: the server was stopped while the pipeline was executed"
PIPELINE = ("arn", "members", "tags", "created", "modified", "last_run")
EXECUTION = (
    *("arn", "pipeline", "pipeline_arn", "role", "version", "parameters", "request", "at_once", "tags"),
    *("created", "modified", "reason", "experiment"),
)
RUN = ("status", "started", "ended", "attempts", "reason", "metadata", "properties", "cache_key", "source", "left_out")


def dump_pipeline(pipeline: Pipeline) -> dict[str, Any]:
    """Return what is to be kept of a pipeline."""
    versions = [asdict(version) for version in pipeline.versions]
    return {"called": pipeline.name, "versions": versions, **{name: getattr(pipeline, name) for name in PIPELINE}}


def load_pipeline(caller: Caller, told: Mapping[str, Any]) -> Pipeline:
    """Return the pipeline again."""
    versions = [Version(**version) for version in told["versions"]]
    return Pipeline(caller, name=told["called"], versions=versions, **{name: told[name] for name in PIPELINE})


def dump_execution(execution: Execution) -> dict[str, Any]:
    """Return what is to be kept of an execution."""
    runs = {run.step.name: {name: getattr(run, name) for name in RUN} for run in list(execution.runs.values())}
    told = {name: getattr(execution, name) for name in EXECUTION}
    return {**told, "definition": execution.definition.text, "runs": runs}


def load_execution(caller: Caller, told: Mapping[str, Any]) -> Execution:
    """Return the execution again; one that was under way has failed."""
    parsed = definition.parse(told["definition"])
    execution = Execution(caller, definition=parsed, **{name: told[name] for name in EXECUTION})
    execution.status = Status(told["status"], PASSING)
    for name, kept in told["runs"].items():
        run = execution.runs[name] = StepRun(parsed.steps[name], **kept)
        if run.ended is None:
            run.finish("Failed", INTERRUPTED)
    if execution.status.passing:
        execution.finish("Failed", INTERRUPTED)
    return execution
