"""How the things of each kind are written and read: what JSON can hold of them, and how they are made again from that.

At the next start endpoints are started again, and what was running is told as failed: its process went with the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from .. import hosting, pipelines
from ..cloud import Cloud, Key
from ..hosting import components, deploying
from ..hosting.components import Component
from ..hosting.endpoint import Endpoint
from ..hosting.models import Model
from ..hosting.plans import Changes, Plan
from ..hosting.settings import CONFIGS, MODELS, Settings
from ..jobs import PASSING, Job, tuning
from ..notebooks.instance import SECONDS, NotebookInstance
from ..pipelines import Pipeline, kept, running
from ..pipelines.execution import Execution
from ..records import Record, experiments, feature_store, lineage, model_packages, monitoring, resources
from ..status import Status
from ..training.job import TrainingJob
from ..wire import Caller

INTERRUPTED = "InternalServerError: the server was stopped while the job ran"
JOB_MEMBERS = ("arn", "name", "request", "created", "started", "ended", "failure_reason", "told")
TRAINING_MEMBERS = (
    "arn",
    "request",
    "tuning_job_arn",
    "created",
    "transitions",
    "metrics",
    "failure_reason",
    "stop_reason",
)


@dataclass(frozen=True)
class Kept:
    """How things of one kind are written and read: `dump` returns what JSON can hold, `load` makes the thing again.

    `status` returns the status of a thing; what is only kept has none.
    """

    dump: Callable[[Any], dict[str, Any]]
    load: Callable[[Cloud, Caller, Mapping[str, Any]], Any]
    status: Callable[[Any], str] = lambda thing: str(thing.status.value)


def _dump_job(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in JOB_MEMBERS}


def _load_job(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Job:
    job = Job(caller, **{name: told[name] for name in JOB_MEMBERS}, status=Status(told["status"], PASSING))
    if job.status.passing:
        job.finish("Failed", INTERRUPTED)
    return job


def _dump_tuning(job: Job) -> dict[str, Any]:
    return {**_dump_job(job), "attempts": tuning.dump(job)}


def _load_tuning(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Job:
    job = _load_job(cloud, caller, told)
    tuning.load(cloud, job, told["attempts"])
    return job


def _dump_training(job: TrainingJob) -> dict[str, Any]:
    return {name: getattr(job, name) for name in TRAINING_MEMBERS}


def _load_training(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> TrainingJob:
    job = TrainingJob(caller, told["arn"], told["request"])
    for name in TRAINING_MEMBERS:
        setattr(job, name, told[name])
    job.status = Status(told["status"], PASSING)
    if job.status.passing:
        job.finish("Failed", reason=INTERRUPTED)
    return job


def _dump_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    now = {
        each.name: {"InitialVariantWeight": each.weight, "InitialInstanceCount": each.count}
        for each in endpoint.fleet.variants
    }
    return {
        "plan": endpoint.plan.keeping(Changes(now, {})).dump(),
        "deployment": endpoint.deployment,
        "changed": endpoint.changed,
        "reason": endpoint.failure_reason,
    }


def _load_endpoint(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Endpoint:
    endpoint = Endpoint(caller, told["name"], Plan.load(told["plan"]), told["deployment"])

    def start_again() -> None:
        deploying.deploy(cloud, endpoint, endpoint.plan)
        endpoint.changed = told["changed"]

    if told["status"] == "Failed":
        endpoint.become("Failed", told["reason"])
        endpoint.changed = told["changed"]
    else:
        cloud.start(start_again)
    return endpoint


def _dump_component(component: Component) -> dict[str, Any]:
    members = ("variant", "told", "copies", "failure_reason", "created", "modified")
    kept = {name: getattr(component, name) for name in members}
    return {**kept, "endpoint": component.endpoint.name, "model": asdict(component.model)}


def _load_component(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Component:
    endpoint = cloud.shelf(hosting.KIND).find(Key.of(caller, told["endpoint"]))
    assert isinstance(endpoint, Endpoint)
    specification, model = told["told"], Model.load(told["model"])
    component = Component(caller, told["name"], endpoint, told["variant"], specification, model, told["copies"])
    component.created, component.modified = told["created"], told["modified"]
    if told["status"] == "Failed":
        component.become("Failed", told["failure_reason"])
    else:
        cloud.start(lambda: components.start_again(cloud, component))
    return component


def _dump_settings(settings: Settings) -> dict[str, Any]:
    return {"given": settings.given}


def _load_settings(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Settings:
    return Settings(told["given"])


def _dump_instance(instance: NotebookInstance) -> dict[str, Any]:
    return {"settings": instance.settings}


def _load_instance(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> NotebookInstance:
    instance = NotebookInstance(caller, told["name"], dict(told["settings"]))
    stopped = told["status"] in ("Stopped", "Stopping", "Updating", "Deleting")
    instance.status = Status("Stopped" if stopped else "InService", frozenset(SECONDS))
    return instance


def _load_record(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Record:
    return Record(**{each.name: told[each.name] for each in fields(Record)})


def _load_pipeline(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Pipeline:
    return kept.load_pipeline(caller, told)


def _load_execution(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Execution:
    return kept.load_execution(caller, told)


def _no_status(thing: object) -> str:
    return ""


RECORDS = (
    *model_packages.KINDS,
    *monitoring.KINDS,
    *experiments.KINDS,
    *lineage.KINDS,
    *resources.KINDS,
    *feature_store.KINDS,
)

KINDS: Mapping[str, Kept] = {
    MODELS.kind: Kept(_dump_settings, _load_settings),
    CONFIGS.kind: Kept(_dump_settings, _load_settings),
    "training-job": Kept(_dump_training, _load_training),
    "processing-job": Kept(_dump_job, _load_job),
    "transform-job": Kept(_dump_job, _load_job),
    tuning.KIND.noun: Kept(_dump_tuning, _load_tuning),
    hosting.KIND: Kept(_dump_endpoint, _load_endpoint),
    components.KIND: Kept(_dump_component, _load_component),
    "notebook-instance": Kept(_dump_instance, _load_instance),
    pipelines.KIND: Kept(kept.dump_pipeline, _load_pipeline, _no_status),
    running.KIND: Kept(kept.dump_execution, _load_execution),
    **{kind.words: Kept(asdict, _load_record, _no_status) for kind in RECORDS},
}
"""By shelf; what refers to others stands below them."""
