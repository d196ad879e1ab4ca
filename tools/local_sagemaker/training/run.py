"""One training job, from Starting to its end: fetch the data, run the container, put the model into S3."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from .. import archives, images
from ..cloud import Cloud, storage
from ..cloud.metrics import MetricStream
from ..containers import Container, instances, pipes
from ..containers.checkpoints import Checkpoints
from ..containers.failures import GIVEN_WRONG, JobError, failure_reason
from ..containers.hosts import Cluster, Host, hosts_of, time_limit
from ..containers.rooting import Rooting
from ..images import Image
from . import inputs, program
from .job import TrainingJob
from .metrics import definitions_of

GROUP = "/aws/sagemaker/TrainingJobs"
"""What CloudWatch calls the log group of training jobs, and the namespace of their metrics."""

DEFAULT_MAX_RUNTIME = 86_400


def run(cloud: Cloud, job: TrainingJob) -> None:
    """Run `job` to its end, whatever that is. Jobs wait here while all cores are busy."""
    with cloud.slots:
        base = cloud.home / "jobs" / job.caller.account / job.caller.region / job.name
        try:
            _steps(cloud, job, base)
        except GIVEN_WRONG as error:
            job.finish("Failed", reason=failure_reason(error))
        except Exception as error:
            cloud.tell_bug()
            job.finish("Failed", reason=f"InternalServerError: {error!r}")
        finally:
            shutil.rmtree(base, ignore_errors=True)


def _steps(cloud: Cloud, job: TrainingJob, base: Path) -> None:
    if job.stop_reason:
        job.finish("Stopped", job.stop_reason)
        return
    image = images.find(job.request["AlgorithmSpecification"].get("TrainingImage", ""))
    scripted = bool(program.command_of(job, image))
    hosts = _hosts(job, base, alone=not scripted)
    job.enter("Downloading")
    python = images.python_of(image.for_scripts if scripted else image)
    for host in hosts:
        inputs.prepare(cloud, job, host, Rooting.best(base, host.peers).host if scripted else str)
    if not job.stop_reason:
        job.enter("Training")
        _train(cloud, job, hosts, image, python)
    _upload(cloud, job, hosts, base)
    if job.stop_reason:
        job.finish("Stopped", job.stop_reason)
    else:
        job.finish("Completed")


def _hosts(job: TrainingJob, base: Path, *, alone: bool) -> list[Host]:
    """Return the hosts that a job asks for; only one that does the work `alone`, for a built-in algorithm."""
    wanted = job.request["ResourceConfig"]
    groups = wanted.get("InstanceGroups") or [wanted]
    count = sum(map(instances.count_of, groups))
    return hosts_of(1 if alone else count, instances.type_of(groups[0]), base)


def _train(cloud: Cloud, job: TrainingJob, hosts: list[Host], image: Image, python: Path) -> None:
    """Run the containers. Their lines go to the log and, if they tell metrics, to the job. Raises JobError."""
    patterns = _metric_patterns(job)
    metrics = MetricStream(cloud, job.caller, GROUP, {"TrainingJobName": job.name})
    cluster = Cluster(cloud, job.caller, GROUP, job.name, lambda line: _note_metrics(job, patterns, metrics, line))
    job.cluster = cluster
    if job.stop_reason:
        cluster.stop()
    starts = {host: partial(program.start, cloud, job, host, image, python) for host in hosts}
    seconds = job.request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DEFAULT_MAX_RUNTIME)
    with ExitStack() as while_running:
        while_running.callback(metrics.deliver)
        fed = while_running.enter_context(pipes.opened(inputs.pipes(cloud, job, hosts), cluster.stop))
        for host in hosts if job.request.get("CheckpointConfig") else []:
            while_running.enter_context(_checkpoints(cloud, job, host).kept())
        while_running.enter_context(time_limit(seconds, lambda: job.ask_to_stop("MaxRuntimeExceeded")))
        status = cluster.run(starts)
    for error in (pipe.error for pipe in fed if pipe.error):
        raise error
    if status and cluster.failed and not job.stop_reason:
        raise JobError(_failure_reason(cluster.failed, status))


def _checkpoints(cloud: Cloud, job: TrainingJob, host: Host) -> Checkpoints:
    """Return a host's checkpoints, those of earlier jobs fetched. All hosts have theirs at the same place in S3."""
    wanted = job.request["CheckpointConfig"]
    local = host.folder.at(wanted.get("LocalPath", "/opt/ml/checkpoints"))
    checkpoints = Checkpoints(cloud, job.caller, wanted["S3Uri"], local)
    checkpoints.fetch()
    return checkpoints


def _metric_patterns(job: TrainingJob) -> dict[str, re.Pattern[str]]:
    """Return the patterns that find a metric in a line, by name. Raises JobError."""
    found = definitions_of(job.request["AlgorithmSpecification"])
    try:
        return {each["Name"]: re.compile(each["Regex"]) for each in found}
    except re.error as error:
        raise JobError(f"ClientError: The regular expression of a metric is wrong: {error}") from error


def _note_metrics(job: TrainingJob, patterns: Mapping[str, re.Pattern[str]], metrics: MetricStream, line: str) -> None:
    for name, pattern in patterns.items():
        # A pattern of the user's may have no group, or find something that is no number.
        with suppress(IndexError, ValueError):
            if match := pattern.search(line):
                value = float(match[1])
                job.metrics[name] = {"MetricName": name, "Value": value, "Timestamp": time.time()}
                metrics.add({name: value})
                if job.watch(name, value) and not job.stop_reason:
                    metrics.cloud.start(job.ask_to_stop)  # it waits for the end of whoever said this


def _failure_reason(container: Container, status: int) -> str:
    told = container.failure() or "The container ended without a word in /opt/ml/output/failure"
    kind = "" if told.startswith("ClientError:") else "AlgorithmError: "
    return f"{kind}{told}, exit code: {status}"


def _upload(cloud: Cloud, job: TrainingJob, hosts: list[Host], base: Path) -> None:
    """Put the hosts' results into S3; where two hosts left the same file, the first host's counts."""
    job.enter("Uploading")
    for name, archive in (("model", "model.tar.gz"), ("output/data", "output.tar.gz")):
        merged = hosts[0].folder.base / name if len(hosts) == 1 else base / "merged" / name
        for host in reversed(hosts if len(hosts) > 1 else []):
            shutil.copytree(host.folder.base / name, merged, symlinks=True, dirs_exist_ok=True)
        if merged.is_dir() and any(merged.iterdir()):
            archives.pack(merged, base / archive)
            storage.upload(cloud, job.caller, base / archive, f"{job.artifacts}/{archive}")
