"""One execution, from its start to its end: steps in the order of what they need, side by side where they can be."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from graphlib import TopologicalSorter
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, storage
from ..jobs import json_paths
from . import KIND as PIPELINES
from . import Pipeline, caching, callbacks, kinds, references
from .definition import COMPLETED, CONDITION, Dependency, Step
from .execution import Execution, StepRun
from .kinds import Doing, Kind, Made, StepError, StepStoppedError
from .retrying import Retries

KIND = "pipeline-execution"
KINDS: dict[str, Kind] = {
    "Training": Made("TrainingJob", "TrainingJob", stoppable=True, tracked=True),
    "Processing": Made("ProcessingJob", "ProcessingJob", stoppable=True, tracked=True),
    "Transform": Made("TransformJob", "TransformJob", stoppable=True, tracked=True),
    "Tuning": kinds.MadeByTuning("HyperParameterTuningJob", "TuningJob", length=kinds.SHORT, stoppable=True),
    "Model": Made("Model", "Model"),
    "RegisterModel": kinds.MadePackage("ModelPackage", "RegisterModel"),
    "EndpointConfig": Made("EndpointConfig", "EndpointConfig", named=True),
    "Endpoint": kinds.MadeEndpoint("Endpoint", "Endpoint", named=True),
    "Callback": callbacks.do,
    "Lambda": kinds.call_function,
    CONDITION: kinds.decide,
    "Fail": kinds.fail,
}
"""What steps do, by their type."""

FAILED = "Step failure: One or multiple steps failed."
TRIGGERS = {"Failed": {"Failed"}, "Stopped": {"Stopped"}, "Any": {"Succeeded", "Failed", "Stopped"}}
"""With which statuses of a step another one goes on that does not wait for its success."""

MINUTE = 60.0


def run(cloud: Cloud, execution: Execution) -> None:
    """Do what is left of an execution. It ends as Succeeded, Failed, CompletedWithFailures or Stopped."""
    try:
        _Walk(cloud, execution).go()
        _finish(execution)
    except Exception as error:
        cloud.tell_bug()
        execution.finish("Failed", f"InternalServerError: {error!r}")


@dataclass
class _Walk:
    """A walk through the steps, each after those that it depends on."""

    cloud: Cloud
    execution: Execution
    waiting: list[Step] = field(default_factory=list)
    ended: queue.Queue[tuple[str, int]] = field(default_factory=queue.Queue)
    running: int = 0

    def go(self) -> None:
        """Return when every step has ended or will not be done."""
        steps = self.execution.definition.steps
        order = TopologicalSorter({name: {each.step for each in step.depends_on} for name, step in steps.items()})
        order.prepare()
        while order.is_active():
            self.waiting += [steps[name] for name in order.get_ready()]
            self._start()
            name, ran = self.ended.get()
            self.running -= ran
            order.done(name)

    def _start(self) -> None:
        """Start as many of the waiting steps as may run at once; note those that are not done as ended."""
        while self.waiting and self.running < self.execution.at_once:
            step = self.waiting.pop(0)
            begun = _begin(self.cloud, self.execution, step)
            if begun is None:
                self.ended.put((step.name, 0))
            else:
                self.running += 1
                self.cloud.start(partial(self._do, begun))

    def _do(self, begun: StepRun) -> None:
        _do(self.cloud, self.execution, begun)
        self.ended.put((begun.step.name, 1))


def _begin(cloud: Cloud, execution: Execution, step: Step) -> StepRun | None:
    """Return the run of a step that shall be done now, or None."""
    before = execution.runs.get(step.name)
    if before and before.status == "Succeeded":
        return None
    if execution.selected and step.name not in execution.selected:
        return None
    if not all(_is_met(execution, step, needed) for needed in step.depends_on):
        return None
    return execution.begin(step)


def _is_met(execution: Execution, step: Step, needed: Dependency) -> bool:
    if execution.selected and needed.step not in execution.selected:
        return True  # Nobody waits for what is left out; selecting.py has looked for what is needed of it.
    run = execution.runs.get(needed.step)
    if run is None:
        return False
    if needed.trigger != COMPLETED:
        return run.status in TRIGGERS.get(needed.trigger, set())
    if needed.step == step.within and run.properties.get("Outcome") is not step.outcome:
        return False
    return run.status == "Succeeded"


def _do(cloud: Cloud, execution: Execution, begun: StepRun) -> None:
    """Do a step, again if a retry policy says so, and note how it ended."""
    retries = Retries(begun.step.given.get("RetryPolicies") or [])
    while failure := _try(cloud, execution, begun):
        minutes = (time.time() - begun.started) / MINUTE
        seconds = retries.wait_before_next(f"{failure.code} {failure}", minutes)
        if seconds is None or begun.asked_to_stop.wait(seconds):
            begun.finish("Failed", str(failure))
            return
        begun.attempts += 1


def _try(cloud: Cloud, execution: Execution, begun: StepRun) -> StepError | None:
    """Do a step once; return why it failed, or None if it has ended otherwise."""
    try:
        _attempt(cloud, execution, begun)
        if begun.ended is None:
            begun.finish("Succeeded")
    except StepStoppedError:
        begun.finish("Stopped")
    except StepError as error:
        return error
    except references.UnresolvedError as error:
        return StepError(str(error))
    except Exception as error:
        cloud.tell_bug()
        return StepError(f"InternalServerError: {error!r}")
    return None


def _of_the_same_pipeline(cloud: Cloud, execution: Execution) -> list[Execution]:
    """Return a pipeline's executions, without those of a deleted one of the same name: their files may be gone."""
    pipelines: list[Pipeline] = cloud.shelf(PIPELINES).of(execution.caller)
    since = next((each.created for each in pipelines if each.name == execution.pipeline), 0.0)
    executions: list[Execution] = cloud.shelf(KIND).of(execution.caller)
    return [each for each in executions if each.pipeline == execution.pipeline and each.created >= since]


def _attempt(cloud: Cloud, execution: Execution, begun: StepRun) -> None:
    step = begun.step
    kind = KINDS.get(step.type, kinds.not_here)
    name = kind.name_for(execution, step) if isinstance(kind, Made) else ""
    arguments = references.resolve(step.arguments, _scope(cloud, execution, step, name))
    if caching.is_enabled(step):
        begun.cache_key = caching.key_of(step, arguments)
        if found := caching.find(_of_the_same_pipeline(cloud, execution), begun, time.time()):
            begun.take_over(*found)
            return
    begun.status = "Executing"
    kind(Doing(cloud, execution, begun, arguments, name))
    if begun.asked_to_stop.is_set():
        raise StepStoppedError


def _scope(cloud: Cloud, execution: Execution, step: Step, name: str) -> references.Scope:
    """Return what the references of a step find."""
    variables = {
        "PipelineName": execution.pipeline,
        "PipelineArn": execution.pipeline_arn,
        "PipelineExecutionId": execution.name,
        "PipelineExecutionArn": execution.arn,
        "StartDateTime": _time(execution.created),
        "CurrentDateTime": _time(time.time()),
        "TrainingJobName": name,
        "ProcessingJobName": name,
    }
    outputs = {each.step.name: each.properties for each in execution.runs.values()}
    values = {"Parameters": execution.parameters, "Steps": outputs, "Execution": variables}
    return references.Scope(values, partial(_read_file, cloud, execution, outputs))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_file(cloud: Cloud, execution: Execution, outputs: Mapping[str, Any], source: str, path: str) -> Any:
    """Return what `path` finds in a JSON file of S3, given its address or a reference to a property file."""
    uri = source if source.startswith("s3://") else _property_file(execution, outputs, source)
    try:
        bucket, key = storage.split(uri)
        body = cloud.client("s3", execution.caller).get_object(Bucket=bucket, Key=key)["Body"].read()
        return json_paths.select(f"$.{path}", json.loads(body))
    except (ClientError, storage.NoSuchDataError) as error:
        raise references.UnresolvedError(f"ClientError: Could not read {uri}: {error}") from error
    except ValueError as error:
        raise references.UnresolvedError(f"ClientError: {uri} is not JSON: {error}") from error
    except json_paths.BadPathError as error:
        raise references.UnresolvedError(f"ClientError: {error} in {uri}") from error


def _property_file(execution: Execution, outputs: Mapping[str, Any], reference: str) -> str:
    _, name, _, file = references.parts_of(reference)
    step = execution.definition.steps[name]
    if file not in step.property_files:
        raise references.UnresolvedError(f"ClientError: The step {name} has no property file {file}")
    output, path = step.property_files[file]
    folder = references.find(outputs[name], f"ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri")
    return f"{folder.rstrip('/')}/{path}"


def _finish(execution: Execution) -> None:
    runs = execution.runs.values()
    failed = [run for run in runs if run.status == "Failed"]
    if execution.asked_to_stop:
        execution.finish("Stopped")
    elif failed:
        caught = all(_is_caught(execution, run.step.name) for run in failed)
        execution.finish("CompletedWithFailures" if caught else "Failed", "" if caught else FAILED)
    else:
        execution.finish("Stopped" if any(run.status == "Stopped" for run in runs) else "Succeeded")


def _is_caught(execution: Execution, failed: str) -> bool:
    """Return whether a step was done that waited for another one to fail."""
    return any(
        needed.step == failed and needed.trigger in ("Failed", "Any")
        for run in execution.runs.values()
        for needed in run.step.depends_on
    )
