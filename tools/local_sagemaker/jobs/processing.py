"""Processing jobs: fetch the inputs, run the user's command on each host, put the outputs into S3.

The container's contract is documented in "Build Your Own Processing Container".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from .. import images
from ..cloud import Cloud, sources, storage
from ..cloud.sources import Source
from ..containers import Folder, instances
from ..containers.checkpoints import Checkpoints
from ..containers.failures import JobError
from ..containers.hosts import Cluster, Host, hosts_of, time_limit
from ..containers.script import ScriptContainer
from ..handlers import Handlers
from ..wire import validation_error
from . import Job, Kind

GROUP = "/aws/sagemaker/ProcessingJobs"
DEFAULT_MAX_RUNTIME = 86_400
MESSAGE_LENGTH = 1024
NO_WORD = "See job logs for more information"


def run(cloud: Cloud, job: Job, base: Path) -> None:
    """Do a processing job below the folder `base`. Raises JobError and what failures.GIVEN_WRONG names."""
    application = job.request["AppSpecification"]
    command = [*application.get("ContainerEntrypoint", []), *application.get("ContainerArguments", [])]
    image = images.find(application["ImageUri"])
    if not application.get("ContainerEntrypoint"):
        raise JobError(f"ClientError: The image {image.name} has no entry point: give the job a ContainerEntrypoint")
    python = images.python_of(image.for_scripts)
    resources = job.request["ProcessingResources"]["ClusterConfig"]
    hosts = hosts_of(instances.count_of(resources), instances.type_of(resources), base)
    containers = {host: ScriptContainer(job.caller, host, python) for host in hosts}
    for host, container in containers.items():
        _prepare(cloud, job, host, container.rooting.host)
    starts = {host: partial(_start, cloud, job, image, container, command) for host, container in containers.items()}
    _process(cloud, job, starts)
    for host in hosts if not job.asked_to_stop else []:
        _upload(cloud, job, host.folder)


def _prepare(cloud: Cloud, job: Job, host: Host, told: Callable[[str], str]) -> None:
    host.folder.make()
    named = {"ProcessingJobArn": job.arn, "ProcessingJobName": job.name}
    host.folder.write_config("processingjobconfig", {**job.request, **named})
    host.folder.write_config("resourceconfig", host.resource_config(told))
    (host.folder.base / "config").symlink_to("input/config")
    for given in _inputs(job):
        sources.fetch(cloud, job.caller, Source.of(given, host.share), host.folder.at(given["LocalPath"]))
    for output in _outputs(job):
        host.folder.at(output["LocalPath"]).mkdir(parents=True, exist_ok=True)


def _inputs(job: Job) -> list[Mapping[str, Any]]:
    """Return the inputs that are to be fetched; what is AppManaged the job's program fetches itself."""
    given = job.request.get("ProcessingInputs", [])
    return [each["S3Input"] for each in given if not each.get("AppManaged")]


def _accept(cloud: Cloud, job: Job) -> None:
    """Choose a job's instances. Raises AwsError if it cannot be done."""
    _check(job)
    resources = job.request["ProcessingResources"]
    chosen = instances.chosen(resources["ClusterConfig"])
    job.request["ProcessingResources"] = {**resources, "ClusterConfig": chosen}


def _check(job: Job) -> None:
    """Raise AwsError for an input or an output that is not here, by its name."""
    for each in job.request.get("ProcessingInputs", []):
        if wrong := _wrong_with(each):
            raise validation_error(f"The input {each['InputName']} {wrong}.")
    for each in job.request.get("ProcessingOutputConfig", {}).get("Outputs", []):
        if not each.get("AppManaged") and "S3Output" not in each:
            raise validation_error(f"The output {each['OutputName']} has no S3Output, so it must be AppManaged.")


def _wrong_with(given: Mapping[str, Any]) -> str:
    """Return what is wrong with an input, or an empty string."""
    source = given.get("S3Input")
    if source is None:
        return "is a DatasetDefinition; local_sagemaker has S3Input only"
    if source.get("S3InputMode") == "Pipe":
        return "has S3InputMode Pipe; local_sagemaker has File only"
    if source.get("S3CompressionType") == "Gzip":
        return "is invalid: S3CompressionType Gzip is for S3InputMode Pipe only"
    if not source.get("LocalPath") and not given.get("AppManaged"):
        return "is invalid: LocalPath is required unless it is AppManaged"
    return ""


def _outputs(job: Job) -> list[Mapping[str, Any]]:
    """Return the outputs that are to be put into S3; what is AppManaged the job's program puts there itself."""
    outputs = job.request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    return [output["S3Output"] for output in outputs if not output.get("AppManaged")]


def _start(cloud: Cloud, job: Job, image: images.Image, container: ScriptContainer, command: list[str]) -> Any:
    given = {
        **dict(image.variables),
        **job.request.get("Environment", {}),
        "PROCESSING_JOB_NAME": job.name,
        "PROCESSING_JOB_ARN": job.arn,
    }
    folder = container.host.folder
    inputs = [each["LocalPath"] for each in _inputs(job)]
    scripts = [folder.at(path) for path in inputs if any(word.startswith(path) for word in command)]
    return container.start(cloud, command, given, scripts)


def _process(cloud: Cloud, job: Job, starts: Mapping[Host, Callable[[], Any]]) -> None:
    cluster = Cluster(cloud, job.caller, GROUP, job.name)
    job.when_asked_to_stop(cluster.stop)
    seconds = (job.request.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds", DEFAULT_MAX_RUNTIME)
    with ExitStack() as while_running:
        for output in _outputs(job):
            if output.get("S3UploadMode") == "Continuous":
                for host in starts:
                    while_running.enter_context(_mirror(cloud, job, output, host.folder).kept())
        while_running.enter_context(time_limit(seconds, job.ask_to_stop))
        status = cluster.run(starts)
    _note_message(job, [host.folder for host in starts])
    if status and cluster.failed and not job.asked_to_stop:
        raise JobError(f"AlgorithmError: {cluster.failed.failure() or NO_WORD}, exit code: {status}")


def _note_message(job: Job, folders: list[Folder]) -> None:
    """Keep what the first host's container wrote into its message file."""
    message = folders[0].output / "message"
    if message.is_file():
        job.told["ExitMessage"] = message.read_text(errors="replace")[:MESSAGE_LENGTH]


def _mirror(cloud: Cloud, job: Job, output: Mapping[str, Any], folder: Folder) -> Checkpoints:
    return Checkpoints(cloud, job.caller, output["S3Uri"], folder.at(output["LocalPath"]))


def _upload(cloud: Cloud, job: Job, folder: Folder) -> None:
    for output in _outputs(job):
        if output.get("S3UploadMode") != "Continuous":
            storage.upload_folder(cloud, job.caller, folder.at(output["LocalPath"]), output["S3Uri"])


KIND = Kind(
    prefix="ProcessingJob",
    noun="processing-job",
    run=run,
    prepare=_accept,
    started_as="ProcessingStartTime",
    ended_as="ProcessingEndTime",
)

HANDLERS: Handlers = KIND.handlers()
