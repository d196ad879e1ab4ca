"""One training job, from Starting to its end: fetch the data, run the container, put the model into S3."""

from __future__ import annotations

import re
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from . import algorithms, archives, containers, images, storage
from .cloud import Cloud
from .containers import Folder
from .images import Image
from .logs import LogStream
from .training_job import TrainingJob
from .wire import AwsError

GROUP = "/aws/sagemaker/TrainingJobs"
DEFAULT_MAX_RUNTIME = 86_400


class JobError(Exception):
    """The job fails for this reason."""


def run(cloud: Cloud, job: TrainingJob) -> None:
    """Run `job` to its end, whatever that is. Jobs wait here while all cores are busy."""
    with cloud.slots:
        folder = Folder(cloud.home / "jobs" / job.caller.account / job.caller.region / job.name)
        try:
            _steps(cloud, job, folder)
        except (JobError, images.UnknownImageError, images.BuildError, storage.NoSuchDataError, AwsError) as error:
            job.finish("Failed", reason=_client_error(error))
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            job.finish("Failed", reason=f"InternalServerError: {error!r}")
        finally:
            shutil.rmtree(folder.base, ignore_errors=True)


def _client_error(error: Exception) -> str:
    return str(error) if isinstance(error, JobError) else f"ClientError: {error}"


def _steps(cloud: Cloud, job: TrainingJob, folder: Folder) -> None:
    if job.stop_reason:
        job.finish("Stopped", job.stop_reason)
        return
    image = images.find(job.request["AlgorithmSpecification"].get("TrainingImage", ""))
    job.enter("Downloading")
    python = images.python_of(image)
    _prepare(cloud, job, folder)
    if not job.stop_reason:
        job.enter("Training")
        status = _train(cloud, job, folder, image, python)
        if status and not job.stop_reason:
            raise JobError(_failure_reason(folder, status))
    _upload(cloud, job, folder)
    if job.stop_reason:
        job.finish("Stopped", job.stop_reason)
    else:
        job.finish("Completed")


def _prepare(cloud: Cloud, job: TrainingJob, folder: Folder) -> None:
    folder.make()
    channels = job.request.get("InputDataConfig", [])
    folder.write_config("hyperparameters", job.request.get("HyperParameters", {}))
    folder.write_config("inputdataconfig", {each["ChannelName"]: _channel_config(each) for each in channels})
    hosts = {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "lo"}
    folder.write_config("resourceconfig", hosts)
    for channel in channels:
        uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
        storage.download_prefix(cloud, job.caller, uri, folder.channel(channel["ChannelName"]))


def _channel_config(channel: Mapping[str, Any]) -> dict[str, str]:
    source = channel["DataSource"]["S3DataSource"]
    told = {
        "TrainingInputMode": channel.get("InputMode", "File"),
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }
    return {**told, "ContentType": channel["ContentType"]} if channel.get("ContentType") else told


def _train(cloud: Cloud, job: TrainingJob, folder: Folder, image: Image, python: Path) -> int:
    """Run the container; return its exit status. Its lines go to the log and, if they tell metrics, to the job."""
    command = [str(python), "-m", "local_sagemaker.algorithms", image.algorithm, "train"]
    patterns = _metric_patterns(job, image.algorithm)
    with closing(LogStream(cloud, job.caller, GROUP, f"{job.name}/algo-1-{int(time.time())}")) as log:
        job.container = containers.start(cloud, folder, command, _environment(job))
        with _time_limit(job):
            if job.stop_reason:
                job.container.stop()
            for line in job.container.lines():
                log.write(line)
                _note_metrics(job, patterns, line)
            return job.container.process.wait()


@contextmanager
def _time_limit(job: TrainingJob) -> Iterator[None]:
    seconds = job.request["StoppingCondition"].get("MaxRuntimeInSeconds", DEFAULT_MAX_RUNTIME)
    alarm = threading.Timer(seconds, job.ask_to_stop, ["MaxRuntimeExceeded"])
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


def _environment(job: TrainingJob) -> dict[str, str]:
    told = {"TRAINING_JOB_NAME": job.name, "TRAINING_JOB_ARN": job.arn, "AWS_REGION": job.caller.region}
    return {**job.request.get("Environment", {}), **told}


def _metric_patterns(job: TrainingJob, algorithm: str) -> dict[str, re.Pattern[str]]:
    given = job.request["AlgorithmSpecification"].get("MetricDefinitions") or []
    known = {**algorithms.load(algorithm).metrics, **{each["Name"]: each["Regex"] for each in given}}
    return {name: re.compile(pattern) for name, pattern in known.items()}


def _note_metrics(job: TrainingJob, patterns: Mapping[str, re.Pattern[str]], line: str) -> None:
    for name, pattern in patterns.items():
        if match := pattern.search(line):
            job.metrics[name] = {"MetricName": name, "Value": float(match[1]), "Timestamp": time.time()}


def _failure_reason(folder: Folder, status: int) -> str:
    told = folder.failure() or "The container ended without a word in /opt/ml/output/failure"
    kind = "" if told.startswith("ClientError:") else "AlgorithmError: "
    return f"{kind}{told}, exit code: {status}"


def _upload(cloud: Cloud, job: TrainingJob, folder: Folder) -> None:
    job.enter("Uploading")
    for source, archive in ((folder.model, "model.tar.gz"), (folder.output / "data", "output.tar.gz")):
        if source.is_dir() and any(source.iterdir()):
            packed = Path(folder.base / "tmp" / archive)
            archives.pack(source, packed)
            storage.upload(cloud, job.caller, packed, f"{job.artifacts}/{archive}")
