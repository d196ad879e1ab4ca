"""A container whose program is the user's: a script, a command, whatever a job's entry point says.

Unlike a built-in algorithm it may name `/opt/ml` itself, install packages, and call AWS.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import containers
from ..cloud import Cloud
from ..wire import Caller
from . import Container, mpi
from .hosts import NETWORK_INTERFACE, Host
from .overlay import Overlay
from .rooting import Rooting

TOOLKIT = ["python3", "-m", "local_sagemaker.toolkits.training"]
"""The program of a framework's image."""


@dataclass(frozen=True)
class ScriptContainer:
    """What a user's program runs in: a host, the image's Python, and who the program is to AWS.

    It sees the packages of the environments whose Pythons are `others`, too. With `mpi` it has what MPI needs, and
    `mpi` are the job's copies of the scripts that start it.
    """

    caller: Caller
    host: Host
    image_python: Path
    others: tuple[Path, ...] = ()
    mpi: tuple[Path, ...] | None = None

    @property
    def rooting(self) -> Rooting:
        """How the program finds its folder and the other hosts."""
        return Rooting.best(self.host.folder.base, self.host.peers)

    def start(self, cloud: Cloud, command: list[str], given: Mapping[str, str], scripts: Iterable[Path]) -> Container:
        """Start `command` with the variables `given`; `scripts` are folders in which programs may name `/opt/ml`."""
        folder, rooting = self.host.folder, self.rooting
        others = self.others if self.mpi is None else (*self.others, mpi.python())
        overlay = Overlay(folder.base.parent / "env", self.image_python, others)
        overlay.make()
        beside = {} if self.mpi is None else mpi.equip(cloud, self.host, overlay, self.mpi)
        rooting.rewrite(scripts)
        library = str(cloud.home / "lib")
        environment = self._environment(cloud, overlay, library, rooting.variables(given), beside)
        environments = [overlay.folder, *(python.parent.parent for python in (self.image_python, *others))]
        places = {**dict.fromkeys(map(str, environments), "/usr/local"), library: "/usr/local/lib"}
        return containers.launch(cloud, folder, rooting.command(command), environment, places)

    def _environment(
        self, cloud: Cloud, overlay: Overlay, library: str, given: Mapping[str, str], beside: Mapping[str, str]
    ) -> dict[str, str]:
        search = [beside.get("PYTHONPATH", ""), given.get("PYTHONPATH", ""), str(overlay.packages), library]
        return {
            "PATH": overlay.path,
            **containers.basics(self.rooting.root),
            **containers.aws_variables(cloud, self.caller),
            "GLOO_SOCKET_IFNAME": NETWORK_INTERFACE,
            **beside,
            **given,
            "PYTHONPATH": os.pathsep.join(filter(None, search)),
        }
