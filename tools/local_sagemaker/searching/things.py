"""What can be searched for, and how each is described for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import hosting, pipelines, service_models, training
from ..cloud import Cloud
from ..hosting.settings import MODELS
from ..jobs import tuning
from ..pipelines import executions, running
from ..records import Kind, Record
from ..records.experiments import COMPONENTS, EXPERIMENTS, TRIALS, TRIALS_OF
from ..records.model_packages import GROUPS, PACKAGES
from ..records.resources import FEATURE_GROUPS
from ..wire import Caller

Described = Mapping[str, Any]
Describe = Callable[[Cloud, Caller], Iterable[Described]]


@dataclass(frozen=True)
class Searchable:
    """What can be searched for: the member of a result that is it, its shape, and how all of a caller's are described.

    What a description has beyond the shape is left out.
    """

    member: str
    shape: str
    described: Describe


def _training_jobs(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    for job in cloud.shelf(training.KIND).of(caller):
        yield {**job.description(), **_tags_of(cloud, caller, job.arn)}


def _pipelines(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    for pipeline in cloud.shelf(pipelines.KIND).of(caller):
        yield {**pipeline.description(pipeline.versions[-1]), **_tags(pipeline.tags)}


def _executions(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    for execution in cloud.shelf(running.KIND).of(caller):
        yield {**execution.description(), "PipelineParameters": executions.parameters_of(execution)}


def _tuning_jobs(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    for job in cloud.shelf(tuning.KIND.noun).of(caller):
        yield {**tuning.KIND.description(job), **_tags_of(cloud, caller, job.arn)}


def _endpoints(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    for endpoint in cloud.shelf(hosting.KIND).of(caller):
        told = hosting.description(cloud, endpoint)
        yield {**told, **_tags_of(cloud, caller, told["EndpointArn"])}


def _models(cloud: Cloud, caller: Caller) -> Iterable[Described]:
    names = [key.name for key, _ in cloud.shelf(MODELS.kind).items() if (key.account, key.region) == _place(caller)]
    for name in names:
        told = MODELS.told(cloud, caller, name)
        yield {"Model": {**told, **_tags_of(cloud, caller, told["ModelArn"])}}


def _place(caller: Caller) -> tuple[str, str]:
    return caller.account, caller.region


def _tags_of(cloud: Cloud, caller: Caller, arn: str) -> dict[str, Any]:
    return _tags(cloud.floor.call(caller, "SageMaker.ListTags", {"ResourceArn": arn}).get("Tags"))


def _records(kind: Kind) -> Callable[[Cloud, Caller], Iterable[Described]]:
    def described(cloud: Cloud, caller: Caller) -> Iterable[Described]:
        for record in cloud.shelf(kind.words).of(caller):
            told = kind.told(record, service_models.members(kind.noun))
            yield {**told, **_tags(record.tags), **_parents(cloud, caller, record)}

    return described


def _tags(tags: list[dict[str, str]] | None) -> dict[str, Any]:
    return {"Tags": tags} if tags else {}


def _parents(cloud: Cloud, caller: Caller, component: Record) -> dict[str, Any]:
    """Return the trials that a trial component is part of, and their experiments."""
    names = component.members.get(TRIALS_OF, [])
    trials = [trial for trial in cloud.shelf(TRIALS.words).of(caller) if trial.name in names]
    parents = [{"TrialName": each.name, "ExperimentName": each.members["ExperimentName"]} for each in trials]
    return {"Parents": parents} if parents else {}


SEARCHABLE = {
    "TrainingJob": Searchable("TrainingJob", "TrainingJob", _training_jobs),
    "HyperParameterTuningJob": Searchable(
        "HyperParameterTuningJob", "HyperParameterTuningJobSearchEntity", _tuning_jobs
    ),
    "Endpoint": Searchable("Endpoint", "Endpoint", _endpoints),
    "Model": Searchable("Model", "ModelDashboardModel", _models),
    "Pipeline": Searchable("Pipeline", "Pipeline", _pipelines),
    "PipelineExecution": Searchable("PipelineExecution", "PipelineExecution", _executions),
    "ModelPackage": Searchable("ModelPackage", "ModelPackage", _records(PACKAGES)),
    "ModelPackageGroup": Searchable("ModelPackageGroup", "ModelPackageGroup", _records(GROUPS)),
    "FeatureGroup": Searchable("FeatureGroup", "FeatureGroup", _records(FEATURE_GROUPS)),
    "Experiment": Searchable("Experiment", "Experiment", _records(EXPERIMENTS)),
    "ExperimentTrial": Searchable("Trial", "Trial", _records(TRIALS)),
    "ExperimentTrialComponent": Searchable("TrialComponent", "TrialComponent", _records(COMPONENTS)),
}
"""By the names of SageMaker's ResourceType."""
