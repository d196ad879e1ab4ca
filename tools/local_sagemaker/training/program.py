"""Which program a training container runs: the job's own entry point, a script, or the image's algorithm."""

from __future__ import annotations

from pathlib import Path

from .. import containers
from ..cloud import Cloud
from ..containers import Container
from ..containers.failures import JobError
from ..containers.hosts import Host
from ..containers.script import TOOLKIT, ScriptContainer
from ..images import Image
from .job import TrainingJob


def command_of(job: TrainingJob, image: Image) -> list[str]:
    """Return the user's command, or an empty list if the image's algorithm is the program. Raises JobError."""
    specification = job.request["AlgorithmSpecification"]
    if entry_point := specification.get("ContainerEntrypoint"):
        return [*entry_point, *specification.get("ContainerArguments", [])]
    if "sagemaker_program" in job.hyperparameters:
        return TOOLKIT
    if not image.algorithm:
        raise JobError(
            f"ClientError: The image {image.name} needs a script: give the job a ContainerEntrypoint or the "
            "hyperparameters sagemaker_program and sagemaker_submit_directory"
        )
    return []


def start(cloud: Cloud, job: TrainingJob, host: Host, image: Image, python: Path) -> Container:
    """Start the job's program on one host. Raises JobError."""
    given = {**job.environment, "TRAINING_JOB_NAME": job.name, "TRAINING_JOB_ARN": job.arn}
    if command := command_of(job, image):
        _check_launcher(host)
        scripts = (host.folder.channel("code"), host.folder.channel("sm_drivers"), host.folder.code)
        return ScriptContainer(job.caller, host, python).start(cloud, command, given, scripts)
    algorithm = [str(python), "-m", "local_sagemaker.algorithms", image.algorithm, "train", image.name]
    return containers.start(cloud, host.folder, algorithm, {**given, "AWS_REGION": job.caller.region})


def _check_launcher(host: Host) -> None:
    """Raise JobError if the SDK's drivers want to start MPI, which logs in to every host on one fixed port."""
    program = host.folder.channel("sm_drivers") / "sm_train.sh"
    if program.is_file() and "mpi_driver.py" in program.read_text(errors="replace"):
        raise JobError("ClientError: local_sagemaker has no MPI launcher; Torchrun works")
