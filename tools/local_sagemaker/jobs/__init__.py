"""Processing, transform and tuning jobs: what they have in common, and their operations.

A kind of job says what one does and what is told of it beyond that. Training jobs have more to tell, and a life of
their own in the room training.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..cloud import Cloud, Key
from ..containers.failures import GIVEN_WRONG, failure_reason
from ..handlers import Handlers
from ..listing import select
from ..paging import page
from ..status import Status
from ..wire import AwsError, Call, Caller, check_name, validation_error

PASSING = frozenset({"InProgress", "Stopping"})
REASON_LENGTH = 1024


@dataclass
class Job:
    """One job. `request` is the Create operation's; times are seconds since 1970.

    `told` is what Describe tells besides, `state` whatever the kind of job keeps.
    """

    caller: Caller
    arn: str
    name: str
    request: dict[str, Any]
    status: Status = field(default_factory=lambda: Status("InProgress", PASSING))
    created: float = field(default_factory=time.time)
    started: float | None = None
    ended: float | None = None
    failure_reason: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    state: Any = None
    _stop: Callable[[], None] | None = None
    _asked: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def modified(self) -> float:
        """When the job last changed."""
        return self.ended or self.started or self.created

    @property
    def asked_to_stop(self) -> bool:
        """Whether the job shall end before its end."""
        return self._asked

    def when_asked_to_stop(self, stop: Callable[[], None]) -> None:
        """Have `stop` called when somebody asks; at once if somebody has."""
        with self._lock:
            self._stop, asked = stop, self._asked
        if asked:
            stop()

    def ask_to_stop(self) -> None:
        """Make the job end soon, as stopped."""
        with self._lock:
            self._asked, stop = True, self._stop
        self.status.become("Stopping")
        if stop:
            stop()

    def finish(self, status: str, reason: str = "") -> None:
        """End the job with a last status."""
        self.ended, self.failure_reason = time.time(), reason[:REASON_LENGTH]
        self.status.become(status)


def _nothing(job: Job) -> dict[str, Any]:
    return {}


def _ready(cloud: Cloud, job: Job) -> None:
    """Do nothing: most jobs are ready as they are."""


@dataclass(frozen=True)
class Kind:
    """A kind of job: `prefix` is its name in operations, such as ``ProcessingJob``, and `noun` in ARNs.

    `prepare` is called before anybody can see a job, and may raise AwsError. `run` does its work, below a folder of
    its own, and may raise any of failures.GIVEN_WRONG. `details` and `summary` are what Describe and List tell beside
    what all kinds tell; `only_listed` is a member that Describe does not. A kind that `computes` queues while all
    cores are busy.
    """

    prefix: str
    noun: str
    run: Callable[[Cloud, Job, Path], None]
    prepare: Callable[[Cloud, Job], None] = _ready
    details: Callable[[Job], dict[str, Any]] = _nothing
    summary: Callable[[Job], dict[str, Any]] = _nothing
    started_as: str = ""
    ended_as: str = ""
    only_listed: str = ""
    computes: bool = True
    deletable: bool = True

    def handlers(self) -> Handlers:
        """Return the kind's operations."""
        return {
            **({f"SageMaker.Delete{self.prefix}": self.delete} if self.deletable else {}),
            f"SageMaker.Create{self.prefix}": self.create,
            f"SageMaker.Describe{self.prefix}": self.describe,
            f"SageMaker.List{self.prefix}s": self.list_jobs,
            f"SageMaker.Stop{self.prefix}": self.stop,
        }

    def create(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Start a job. Its name stays taken as long as the job is known."""
        name = check_name(f"{self.noun}-name", call.parameters[f"{self.prefix}Name"])
        arn = f"arn:aws:sagemaker:{call.caller.region}:{call.caller.account}:{self.noun}/{name}"
        job = Job(call.caller, arn, name, dict(call.parameters))
        self.prepare(cloud, job)
        if not cloud.shelf(self.noun).add(Key.of(call.caller, name), job):
            raise AwsError("ResourceInUse", f"A job with this name already exists ({arn})")
        try:
            # moto keeps the tags, and would stumble over a job without.
            cloud.floor.call(call.caller, call.operation, {"Tags": [], **call.parameters})
        except AwsError:
            cloud.shelf(self.noun).remove(Key.of(call.caller, name))
            raise
        cloud.start(lambda: self._live(cloud, job))
        return {f"{self.prefix}Arn": arn}

    def find(self, cloud: Cloud, call: Call) -> Job:
        """Return the job that `call` names. Raises AwsError."""
        name = call.parameters[f"{self.prefix}Name"]
        job = cloud.shelf(self.noun).find(Key.of(call.caller, name))
        if job is None:
            raise AwsError("ResourceNotFound", f"Could not find {self.noun} '{name}'.")
        assert isinstance(job, Job)
        return job

    def describe(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Tell all about one job; the answer may be held until there is news."""
        job = self.find(cloud, call)
        job.status.tell()
        return self.description(job)

    def description(self, job: Job) -> dict[str, Any]:
        """Return a job as Describe tells it, at once."""
        asked = {name: value for name, value in job.request.items() if name != "Tags"}
        told = {**asked, **self._common(job), **job.told, **self.details(job)}
        told.pop(self.only_listed, None)
        return told

    def list_jobs(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """List jobs, newest first unless asked otherwise."""
        jobs: list[Job] = select(cloud.shelf(self.noun).of(call.caller), call.parameters)
        summaries = [{**self._common(job), **self.summary(job)} for job in jobs]
        for summary in summaries:
            summary.pop(self.started_as, None)  # only descriptions tell it
        return page(f"{self.prefix}Summaries", summaries, call.parameters)

    def stop(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Ask a job to stop; it has done so when its status is Stopped."""
        job = self.find(cloud, call)
        if not job.status.passing:
            raise validation_error(f"The request was rejected because the job is in status {job.status.value}.")
        job.ask_to_stop()
        return {}

    def delete(self, cloud: Cloud, call: Call) -> dict[str, Any]:
        """Forget a job that has ended."""
        job = self.find(cloud, call)
        if job.status.passing:
            raise AwsError("ResourceInUse", f"The job {job.name} is in status {job.status.value}.")
        cloud.shelf(self.noun).remove(Key.of(call.caller, job.name))
        return {}

    def _common(self, job: Job) -> dict[str, Any]:
        times = {
            "CreationTime": job.created,
            "LastModifiedTime": job.modified,
            self.started_as: job.started,
            self.ended_as: job.ended,
            "FailureReason": job.failure_reason,
        }
        return {
            f"{self.prefix}Name": job.name,
            f"{self.prefix}Arn": job.arn,
            f"{self.prefix}Status": job.status.value,
            **{name: value for name, value in times.items() if name and value},
        }

    def _live(self, cloud: Cloud, job: Job) -> None:
        base = cloud.home / self.noun / job.caller.account / job.caller.region / job.name
        with cloud.slots if self.computes else nullcontext():
            try:
                job.started = time.time()
                if not job.asked_to_stop:
                    self.run(cloud, job, base)
                job.finish("Stopped" if job.asked_to_stop else "Completed")
            except GIVEN_WRONG as error:
                # What ends because somebody wants it to end has not failed.
                job.finish(*(["Stopped"] if job.asked_to_stop else ["Failed", failure_reason(error)]))
            except Exception as error:
                cloud.tell_bug()
                job.finish("Failed", f"InternalServerError: {error!r}")
            finally:
                shutil.rmtree(base, ignore_errors=True)
