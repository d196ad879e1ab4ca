"""``--state``: jobs, pipelines, endpoints, records and notebook instances are there again at the next start.

They are written to one file whenever they have changed, and a moment later at most. At the next start endpoints are
started again, and a job that was running is told as failed: its process went with the server. Tuning jobs are not kept.
"""

from __future__ import annotations

import json
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

from . import hosting, pipelines
from .cloud import Cloud, Key
from .cloud.journal import Journal
from .hosting import deploying
from .hosting.endpoint import Endpoint
from .hosting.plans import Changes, Plan
from .hosting.settings import CONFIGS, MODELS, Settings
from .jobs import PASSING, Job
from .notebooks.instance import SECONDS, NotebookInstance
from .pipelines import Pipeline, kept, running
from .pipelines.execution import Execution
from .records import Record, experiments, lineage, model_packages, monitoring, resources
from .status import Status
from .training.job import TrainingJob
from .wire import Caller

INTERVAL = 0.2
"""Seconds between two looks at what has changed."""

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
    return {"plan": endpoint.plan.keeping(Changes(now, {})).dump(), "deployment": endpoint.deployment}


def _load_endpoint(cloud: Cloud, caller: Caller, told: Mapping[str, Any]) -> Endpoint:
    endpoint = Endpoint(caller, told["name"], Plan.load(told["plan"]), told["deployment"])
    cloud.start(partial(deploying.deploy, cloud, endpoint, endpoint.plan))
    return endpoint


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


RECORDS = (*model_packages.KINDS, *monitoring.KINDS, *experiments.KINDS, *lineage.KINDS, *resources.KINDS)

KINDS = {
    MODELS.kind: Kept(_dump_settings, _load_settings),
    CONFIGS.kind: Kept(_dump_settings, _load_settings),
    "training-job": Kept(_dump_training, _load_training),
    "processing-job": Kept(_dump_job, _load_job),
    "transform-job": Kept(_dump_job, _load_job),
    hosting.KIND: Kept(_dump_endpoint, _load_endpoint),
    "notebook-instance": Kept(_dump_instance, _load_instance),
    pipelines.KIND: Kept(kept.dump_pipeline, _load_pipeline, _no_status),
    running.KIND: Kept(kept.dump_execution, _load_execution),
    **{kind.words: Kept(asdict, _load_record, _no_status) for kind in RECORDS},
}


@dataclass
class Keeper:
    """Brings back what `folder` holds, and then keeps it as the server's state is."""

    cloud: Cloud
    folder: Path
    _written: str = ""
    _enough: threading.Event = field(default_factory=threading.Event)

    def restore(self, journal: Journal) -> None:
        """Bring everything back. Clients may ask while this goes on if they can reach the server."""
        for request, caller in journal.replay():
            try:
                response = self.cloud.floor.ask(request, caller, "replay")
                self.cloud.buckets.note(request, caller, response)
            except Exception:
                print(f"local_sagemaker: could not bring back {request.method} {request.path}", file=sys.stderr)
                traceback.print_exc(file=sys.stderr)
        if self._file.exists():
            for told in json.loads(self._file.read_text("utf-8")):
                caller = Caller(told["account"], told["region"], "sagemaker")
                thing = KINDS[told["kind"]].load(self.cloud, caller, told)
                self.cloud.shelf(told["kind"]).add(Key.of(caller, told["name"]), thing)

    def start(self) -> None:
        """Keep what changes from now on."""
        threading.Thread(target=self._go_on, daemon=True).start()

    def stop(self) -> None:
        """Write what has changed since the last look, and look no more."""
        self._enough.set()
        self._save()

    @property
    def _file(self) -> Path:
        return self.folder / "resources.json"

    def _go_on(self) -> None:
        while not self._enough.wait(INTERVAL):
            self._save()

    def _save(self) -> None:
        things = [self._entry(kind, key, thing) for kind in KINDS for key, thing in self.cloud.shelf(kind).items()]
        text = json.dumps(things)
        if text != self._written:
            part = self._file.with_name("resources.part")
            part.write_text(text, "utf-8")
            part.replace(self._file)
            self._written = text

    def _entry(self, kind: str, key: Key, thing: Any) -> dict[str, Any]:
        place = {"kind": kind, "account": key.account, "region": key.region, "name": key.name}
        return {**place, **KINDS[kind].dump(thing), "status": KINDS[kind].status(thing)}
