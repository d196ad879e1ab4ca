"""Executions of pipelines: start, stop, retry, describe, and the lists of them, of their steps and parameters."""

from __future__ import annotations

import contextlib
import secrets
import string
from collections.abc import Mapping
from functools import partial
from typing import Any

from ..cloud import Cloud, Key
from ..handlers import Handlers
from ..paging import page
from ..records.experiments import EXPERIMENTS, TRIALS
from ..wire import AwsError, Call, validation_error
from . import AT_ONCE, Pipeline, definition, find, references, running, selecting
from .execution import Execution
from .running import KIND

ID_LENGTH = 12
PATIENCE, FIRST_PATIENCE = 45.0, 10.0
"""Seconds that a Describe is held at most while an execution goes on, and the first one.

The SDK asks every half a minute, the first time at once, and waits a minute for an answer.
"""


def start(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start an execution; the same token starts only one."""
    pipeline = find(cloud, call)
    token = call.parameters.get("ClientRequestToken")
    for each in cloud.shelf(KIND).of(call.caller):
        if token and (each.pipeline_arn, each.request.get("ClientRequestToken")) == (pipeline.arn, token):
            return {"PipelineExecutionArn": each.arn}
    execution = _execution(cloud, call, pipeline)
    _make_experiment(cloud, execution)
    cloud.shelf(KIND).add(Key.of(call.caller, execution.arn), execution)
    pipeline.last_run = execution.created
    cloud.start(partial(running.run, cloud, execution))
    return {"PipelineExecutionArn": execution.arn}


def _execution(cloud: Cloud, call: Call, pipeline: Pipeline) -> Execution:
    """Return a new execution. Raises AwsError if the request does not fit the pipeline."""
    version = pipeline.version(call.parameters.get("PipelineVersionId"))
    parsed = definition.parse(version.text)
    name = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(ID_LENGTH))
    execution = Execution(
        caller=call.caller,
        arn=f"{pipeline.arn}/execution/{name}",
        pipeline=pipeline.name,
        pipeline_arn=pipeline.arn,
        role=call.parameters.get("RoleArn") or pipeline.members.get("RoleArn", ""),
        version=version.number,
        definition=parsed,
        parameters=parsed.values(call.parameters.get("PipelineParameters") or []),
        request=dict(call.parameters),
        at_once=_at_once(pipeline.members, call.parameters),
        tags=pipeline.tags,
    )
    _note_experiment(execution)
    if execution.selected:
        selecting.check(parsed, execution.selected)
        source = cloud.shelf(KIND).find(Key.of(call.caller, execution.source))
        selecting.take_over(execution, source)
    return execution


def _at_once(*requests: Mapping[str, Any]) -> int:
    """Return how many steps may run side by side; the last request that says so counts."""
    given = [each["ParallelismConfiguration"] for each in requests if each.get("ParallelismConfiguration")]
    return int(given[-1]["MaxParallelExecutionSteps"]) if given else AT_ONCE


def _note_experiment(execution: Execution) -> None:
    wanted = execution.definition.experiment
    if not wanted:
        return
    variables = {"PipelineName": execution.pipeline, "PipelineExecutionId": execution.name}
    values = {"Parameters": execution.parameters, "Execution": variables}
    scope = references.Scope(values, lambda source, path: None)
    try:
        execution.experiment = {name: str(each) for name, each in references.resolve(wanted, scope).items()}
    except references.UnresolvedError as error:
        raise validation_error(f"PipelineExperimentConfig: {error}") from error


def _make_experiment(cloud: Cloud, execution: Execution) -> None:
    """Make the experiment and the trial whose parts the execution's jobs will be; they may be there already."""
    if execution.experiment:
        for kind in (EXPERIMENTS, TRIALS):
            with contextlib.suppress(AwsError):
                kind.make(cloud, execution.caller, execution.experiment)


def stop(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Stop an execution, and the jobs that its steps run."""
    execution = _find(cloud, call)
    if not execution.ask_to_stop():
        raise validation_error(
            f"Pipeline execution with ARN {execution.arn} is {execution.status.value} and cannot be stopped."
        )
    return {"PipelineExecutionArn": execution.arn}


def retry(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Do the steps of an execution again that have failed or were stopped, and those after them."""
    execution = _find(cloud, call)
    if not execution.begin_again():
        raise validation_error(
            f"Pipeline execution with ARN {execution.arn} is {execution.status.value}; "
            "only one that has failed or was stopped can be retried."
        )
    execution.at_once = _at_once({"ParallelismConfiguration": _now(execution)}, call.parameters)
    cloud.start(partial(running.run, cloud, execution))
    return {"PipelineExecutionArn": execution.arn}


def _now(execution: Execution) -> dict[str, int]:
    return {"MaxParallelExecutionSteps": execution.at_once}


def update(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Change what an execution is called, and how many of its steps run at once."""
    execution = _find(cloud, call)
    names = ("PipelineExecutionDisplayName", "PipelineExecutionDescription", "ParallelismConfiguration")
    execution.request |= {name: call.parameters[name] for name in names if name in call.parameters}
    execution.at_once = _at_once({"ParallelismConfiguration": _now(execution)}, call.parameters)
    return {"PipelineExecutionArn": execution.arn}


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about an execution; the answer may be held until it has ended."""
    execution = _find(cloud, call)
    patience, execution.told = PATIENCE if execution.told else FIRST_PATIENCE, True
    execution.status.tell(patience)
    return execution.description()


def list_executions(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List a pipeline's executions, newest first unless asked otherwise."""
    pipeline, wanted = find(cloud, call), call.parameters
    after, before = wanted.get("CreatedAfter", 0), wanted.get("CreatedBefore", float("inf"))
    executions: list[Execution] = cloud.shelf(KIND).of(call.caller)
    kept = [each for each in executions if each.pipeline_arn == pipeline.arn and after <= each.created <= before]
    by_arn = wanted.get("SortBy") == "PipelineExecutionArn"
    kept.sort(
        key=lambda each: (each.arn if by_arn else "", each.created),
        reverse=wanted.get("SortOrder", "Descending") == "Descending",
    )
    return page("PipelineExecutionSummaries", [each.summary() for each in kept], wanted)


def list_steps(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List the steps of an execution that have started, the last one first unless asked otherwise."""
    runs = sorted(_find(cloud, call).runs.values(), key=lambda run: run.started)
    newest_first = call.parameters.get("SortOrder", "Descending") == "Descending"
    told = [run.told() for run in (reversed(runs) if newest_first else runs)]
    return page("PipelineExecutionSteps", told, call.parameters)


def list_parameters(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List the values of an execution's parameters, as texts."""
    return page("PipelineParameters", parameters_of(_find(cloud, call)), call.parameters)


def parameters_of(execution: Execution) -> list[dict[str, Any]]:
    """Return the values of an execution's parameters, as texts, by their names."""
    values = execution.parameters.items()
    return [{"Name": name, "Value": references.text_of(value)} for name, value in values]


def describe_definition(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell the definition that an execution was started with."""
    execution = _find(cloud, call)
    return {"PipelineDefinition": execution.definition.text, "CreationTime": execution.created}


def _find(cloud: Cloud, call: Call) -> Execution:
    arn = call.parameters["PipelineExecutionArn"]
    execution = cloud.shelf(KIND).find(Key.of(call.caller, arn))
    if execution is None:
        raise AwsError("ResourceNotFound", f"Pipeline execution with ARN {arn} does not exist.")
    assert isinstance(execution, Execution)
    return execution


HANDLERS: Handlers = {
    "SageMaker.StartPipelineExecution": start,
    "SageMaker.StopPipelineExecution": stop,
    "SageMaker.RetryPipelineExecution": retry,
    "SageMaker.UpdatePipelineExecution": update,
    "SageMaker.DescribePipelineExecution": describe,
    "SageMaker.ListPipelineExecutions": list_executions,
    "SageMaker.ListPipelineExecutionSteps": list_steps,
    "SageMaker.ListPipelineParametersForExecution": list_parameters,
    "SageMaker.DescribePipelineDefinitionForExecution": describe_definition,
}
