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
from ..toolkits.mpi import ENABLED as MPI_ENABLED
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
    given = {**dict(image.variables), **job.environment, "TRAINING_JOB_NAME": job.name, "TRAINING_JOB_ARN": job.arn}
    if command := command_of(job, image):
        scripts = (host.folder.channel("code"), host.folder.channel("sm_drivers"), host.folder.code)
        container = ScriptContainer(job.caller, host, python, mpi=_mpi(job, host))
        return container.start(cloud, command, given, scripts)
    algorithm = [str(python), "-m", "local_sagemaker.algorithms", image.algorithm, "train", image.name]
    return containers.start(cloud, host.folder, algorithm, {**given, "AWS_REGION": job.caller.region})


def _mpi(job: TrainingJob, host: Host) -> tuple[Path, ...] | None:
    """Return the job's copies of the scripts that start MPI, or None if the job has nothing to do with it."""
    drivers = host.folder.channel("sm_drivers")
    program = drivers / "sm_train.sh"
    if program.is_file() and "mpi_driver.py" in program.read_text(errors="replace"):
        return tuple((drivers / "distributed_drivers").glob("mpi_*.py"))
    return () if job.hyperparameters.get(MPI_ENABLED) == "true" else None
