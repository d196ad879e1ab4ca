"""What jobs leave in experiments and lineage: a trial component for each, and what went into it and came out of it.

SageMaker writes these down when a job ends; here they are written when somebody asks for any of them. What is told is
documented in "Amazon SageMaker AI-Created Tracking Entities".
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import searching
from .cloud import Cloud, Key
from .handlers import Handler, Handlers
from .jobs import Job
from .records import Record, experiments, lineage
from .training.job import TrainingJob
from .wire import AwsError, Caller

CONTRIBUTED, PRODUCED = "ContributedTo", "Produced"
DATA, IMAGE, MODEL = "DataSet", "Image", "Model"
STATUSES = {"Completed": "Completed", "Failed": "Failed", "Stopped": "Stopped"}


@dataclass(frozen=True)
class Trace:
    """What an ended job leaves: artifacts by label, each with its address and type, and numbers."""

    job: TrainingJob | Job
    noun: str
    inputs: Mapping[str, tuple[str, str]]
    outputs: Mapping[str, tuple[str, str]]
    parameters: Mapping[str, str]
    metrics: list[dict[str, Any]]

    @property
    def component(self) -> str:
        """The name of the trial component."""
        return f"{self.job.name}-aws-{self.noun}"


def _traces(cloud: Cloud, caller: Caller) -> Iterator[Trace]:
    for noun, read in READERS.items():
        for job in cloud.shelf(noun).of(caller):
            if not job.status.passing and not _is_known(cloud, caller, f"{job.name}-aws-{noun}"):
                yield read(job)


def _is_known(cloud: Cloud, caller: Caller, name: str) -> bool:
    return cloud.shelf(experiments.COMPONENTS.words).find(Key.of(caller, name)) is not None


def _of_training(job: TrainingJob) -> Trace:
    channels = {
        each["ChannelName"]: (each["DataSource"]["S3DataSource"]["S3Uri"], DATA)
        for each in job.request.get("InputDataConfig", [])
        if "S3DataSource" in each["DataSource"]
    }
    image = job.request["AlgorithmSpecification"].get("TrainingImage", "")
    inputs = {**channels, **({"SageMaker.ImageUri": (image, IMAGE)} if image else {})}
    made = {"SageMaker.ModelArtifact": (f"{job.artifacts}/model.tar.gz", MODEL)}
    metrics = [{"MetricName": each["MetricName"], "Last": each["Value"]} for each in job.metrics.values()]
    outputs = made if job.status.value == "Completed" else {}
    return Trace(job, "training-job", inputs, outputs, job.hyperparameters, metrics)


def _of_processing(job: Job) -> Trace:
    given = job.request.get("ProcessingInputs", [])
    inputs = {each["InputName"]: (each["S3Input"]["S3Uri"], DATA) for each in given if each.get("S3Input")}
    inputs["SageMaker.ImageUri"] = (job.request["AppSpecification"]["ImageUri"], IMAGE)
    outputs = {
        each["OutputName"]: (each["S3Output"]["S3Uri"], DATA)
        for each in job.request.get("ProcessingOutputConfig", {}).get("Outputs", [])
        if each.get("S3Output")
    }
    return Trace(job, "processing-job", inputs, outputs, job.request.get("Environment", {}), [])


def _of_transform(job: Job) -> Trace:
    source = job.request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    inputs = {"SageMaker.TransformInput": (source, DATA), "SageMaker.ModelName": (job.request["ModelName"], MODEL)}
    outputs = {"SageMaker.TransformOutput": (job.request["TransformOutput"]["S3OutputPath"], DATA)}
    return Trace(job, "transform-job", inputs, outputs, job.request.get("Environment", {}), [])


READERS: dict[str, Callable[[Any], Trace]] = {
    "training-job": _of_training,
    "processing-job": _of_processing,
    "transform-job": _of_transform,
}


def record(cloud: Cloud, caller: Caller) -> None:
    """Write down what jobs that have ended left, and is not written down yet."""
    for trace in _traces(cloud, caller):
        # Two clients may ask at once.
        with contextlib.suppress(AwsError):
            _record(cloud, caller, trace)


def _record(cloud: Cloud, caller: Caller, trace: Trace) -> None:
    job = trace.job
    config = job.request.get("ExperimentConfig") or {}
    source = {"SourceArn": job.arn, "SourceType": f"SageMaker{trace.noun.title().replace('-', '')}"}
    component = experiments.COMPONENTS.make(
        cloud,
        caller,
        {
            "TrialComponentName": trace.component,
            "DisplayName": config.get("TrialComponentDisplayName"),
            "Source": source,
            "Status": {"PrimaryStatus": STATUSES[job.status.value]},
            "StartTime": job.created,
            "EndTime": job.modified,
            "Parameters": {name: _parameter(value) for name, value in trace.parameters.items()},
            "InputArtifacts": {name: {"Value": uri} for name, (uri, _) in trace.inputs.items()},
            "OutputArtifacts": {name: {"Value": uri} for name, (uri, _) in trace.outputs.items()},
            "Metrics": [{**each, "SourceArn": job.arn, "TimeStamp": job.modified} for each in trace.metrics],
        },
    )
    _join_trial(cloud, caller, component, config)
    for uri, kind in trace.inputs.values():
        lineage.connect(cloud, caller, lineage.artifact_of(cloud, caller, uri, kind), component.arn, CONTRIBUTED)
    for uri, kind in trace.outputs.values():
        lineage.connect(cloud, caller, component.arn, lineage.artifact_of(cloud, caller, uri, kind), PRODUCED)


def _parameter(value: str) -> dict[str, Any]:
    try:
        return {"NumberValue": float(value)}
    except ValueError:
        return {"StringValue": value[:2500]}


def _join_trial(cloud: Cloud, caller: Caller, component: Record, config: Mapping[str, str]) -> None:
    """Make a component part of the trial that its job was told, if there is one."""
    key = Key.of(caller, config.get("TrialName", ""))
    if config.get("TrialName") and cloud.shelf(experiments.TRIALS.words).find(key):
        component.members[experiments.TRIALS_OF] = [config["TrialName"]]


def _recorded_first(handler: Handler) -> Handler:
    def answer(cloud: Cloud, call: Any) -> Any:
        record(cloud, call.caller)
        return handler(cloud, call)

    return answer


READING = (
    "ListTrialComponents",
    "DescribeTrialComponent",
    "ListArtifacts",
    "ListAssociations",
    "QueryLineage",
    "Search",
)
HANDLERS: Handlers = {
    name: _recorded_first(handler)
    for name, handler in {**experiments.HANDLERS, **lineage.HANDLERS, **searching.HANDLERS}.items()
    if name.removeprefix("SageMaker.") in READING
}
