"""Training jobs: create, describe, list, stop, delete. What a job does is in run.py.

moto keeps a copy of each job for tags and for what refers to it; what clients are told comes from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cloud import Cloud, Key
from ..containers import instances
from ..handlers import Handlers
from ..listing import select
from ..paging import page
from ..wire import AwsError, Call, Caller, check_name, validation_error
from . import run, validation
from .job import TrainingJob, Watch

KIND = "training-job"


def create(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Start a job. Its name stays taken as long as the job is known."""
    return {"TrainingJobArn": start(cloud, call.caller, call.parameters).arn}


def start(
    cloud: Cloud, caller: Caller, request: Mapping[str, Any], tuning_job_arn: str = "", watch: Watch | None = None
) -> TrainingJob:
    """Start a job, which may be part of a tuning job that watches it, and return it. Raises AwsError."""
    name = check_name("trainingJobName", request["TrainingJobName"])
    validation.check(cloud, caller, request)
    arn = f"arn:aws:sagemaker:{caller.region}:{caller.account}:training-job/{name}"
    asked = {**request, "ResourceConfig": instances.chosen(request["ResourceConfig"])}
    job = TrainingJob(caller=caller, arn=arn, request=asked, tuning_job_arn=tuning_job_arn)
    job.watch = watch or job.watch
    if not cloud.shelf(KIND).add(Key.of(caller, name), job):
        raise AwsError(
            "ResourceInUse",
            "Training job names must be unique within an AWS account and region, "
            f"and a training job with this name already exists ({arn})",
        )
    _tell_moto(cloud, job)
    cloud.start(lambda: run.run(cloud, job))
    return job


def _tell_moto(cloud: Cloud, job: TrainingJob) -> None:
    try:
        cloud.floor.call(job.caller, "SageMaker.CreateTrainingJob", job.request)
    except AwsError:
        cloud.shelf(KIND).remove(Key.of(job.caller, job.name))
        raise


def describe(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Tell all about one job; the answer may be held until there is news."""
    job = _job(cloud, call)
    job.status.tell()
    return job.description()


def list_jobs(cloud: Cloud, call: Call) -> dict[str, Any]:
    """List jobs, newest first unless asked otherwise."""
    jobs: list[TrainingJob] = select(cloud.shelf(KIND).of(call.caller), call.parameters)
    return page("TrainingJobSummaries", [job.summary() for job in jobs], call.parameters)


def stop(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Ask a job to stop; it has done so when its status is Stopped."""
    job = _job(cloud, call)
    if not job.status.passing:
        raise validation_error(f"The request was rejected because the training job is in status {job.status.value}.")
    job.ask_to_stop()
    return {}


def delete(cloud: Cloud, call: Call) -> dict[str, Any]:
    """Forget a job that has ended."""
    job = _job(cloud, call)
    if job.status.passing:
        raise AwsError("ResourceInUse", f"Training job {job.name} is in status {job.status.value}.")
    cloud.shelf(KIND).remove(Key.of(call.caller, job.name))
    return {}


def _job(cloud: Cloud, call: Call) -> TrainingJob:
    job = cloud.shelf(KIND).find(Key.of(call.caller, call.parameters["TrainingJobName"]))
    if job is None:
        raise validation_error("Requested resource not found.")
    assert isinstance(job, TrainingJob)
    return job


HANDLERS: Handlers = {
    "SageMaker.CreateTrainingJob": create,
    "SageMaker.DescribeTrainingJob": describe,
    "SageMaker.ListTrainingJobs": list_jobs,
    "SageMaker.StopTrainingJob": stop,
    "SageMaker.DeleteTrainingJob": delete,
}
