"""What a training container is given: its configuration files, its data, its script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from .. import archives
from ..cloud import Cloud, sources, storage
from ..containers.hosts import Host
from ..containers.pipes import Pipe
from . import channels
from .job import TrainingJob


def prepare(cloud: Cloud, job: TrainingJob, host: Host, told: Callable[[str], str] = str) -> None:
    """Fill the folder of a host; `told` says how the container has to call a host.

    Raises NoSuchDataError or BadArchiveError.
    """
    folder, given = host.folder, channels.of(job.request)
    folder.make()
    folder.write_config("hyperparameters", job.hyperparameters)
    folder.write_config("inputdataconfig", {each.name: each.config() for each in given})
    folder.write_config("resourceconfig", host.resource_config(told))
    (folder.base / "input" / "data").mkdir(exist_ok=True)
    for channel in given:
        if channel.mode != channels.PIPE:
            sources.fetch(cloud, job.caller, channel.source(host.share), folder.channel(channel.name))
    _fetch_source(cloud, job, host)


def pipes(cloud: Cloud, job: TrainingJob, hosts: Iterable[Host]) -> Iterator[Pipe]:
    """Return the pipes of all hosts, not yet open."""
    for host in hosts:
        for channel in channels.of(job.request):
            if channel.mode == channels.PIPE:
                content = partial(channel.pieces, cloud, job.caller, host.share)
                yield Pipe(host.folder.channel(channel.name), content)


def _fetch_source(cloud: Cloud, job: TrainingJob, host: Host) -> None:
    """Unpack the source folder that version 2 of the SDK has put into S3."""
    uri = job.hyperparameters.get("sagemaker_submit_directory", "")
    uri = json.loads(uri) if uri.startswith('"') else uri
    if uri.startswith("s3://"):
        archive = host.folder.base / "tmp" / "sourcedir.tar.gz"
        storage.download(cloud, job.caller, uri, archive)
        archives.unpack(archive, host.folder.code)
        archive.unlink()
