"""What a container needs for MPI and an image of ours has not: Open MPI, mpi4py, and a way to log in to other hosts.

AWS's images have an SSH server for the last. Here each host answers at a socket (see toolkits/remote.py): programs
called ssh and sshd are on the job's path, and its own copy of the SDK's driver names them instead of those of the
system, which are no business of a job.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from .. import images
from ..cloud import Cloud
from ..images import Image
from ..toolkits.remote import HOSTS_FOLDER
from .failures import JobError
from .hosts import Host
from .overlay import Overlay
from .rooting import OPT_ML, Rooting

IMAGE = Image("mpi", "mpi-4.txt")
PROGRAM = """\
#!/bin/sh
exec "{python}" -m local_sagemaker.toolkits.remote {name} "$@"
"""
SETTINGS = {
    # Hosts share a machine: names tell them apart, not addresses.
    "OMPI_MCA_opal_if_do_not_resolve": "1",
    "OMPI_MCA_orte_do_not_resolve": "1",
    "OMPI_MCA_orte_leave_session_attached": "1",  # so that everything ends with the job
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
}
OWN_TMP = f"{OPT_ML}/tmp"  # noqa: S108  not the system's
STAND_INS = Path("local_sagemaker", "toolkits", "stand_ins")


def python() -> Path:
    """Return the Python beside which Open MPI and mpi4py are. Raises BuildError."""
    return images.python_of(IMAGE)


def equip(cloud: Cloud, host: Host, overlay: Overlay, drivers: Iterable[Path]) -> dict[str, str]:
    """Give a container what it needs; return the variables by which programs find it.

    The overlay stands on `python` already; `drivers` are the job's copies of scripts that start MPI. Raises JobError.
    """
    rooting = Rooting.best(host.folder.base, host.peers)
    if len(host.peers) > 1 and not rooting.private:
        raise JobError("ClientError: MPI on several hosts needs user namespaces, which this machine does not allow")
    environment = python().parent.parent
    for name in ("ssh", "sshd"):
        overlay.add_program(name, PROGRAM.format(python=overlay.python, name=name))
    _redirect(drivers, overlay.folder / "bin" / "sshd")
    return {
        **SETTINGS,
        HOSTS_FOLDER: str(_meeting_place(cloud, host)),
        "OPAL_PREFIX": str(environment),
        "PMIX_INSTALL_PREFIX": str(environment),
        "LD_LIBRARY_PATH": str(environment / "lib"),
        "PATH": os.pathsep.join([overlay.path, str(environment / "bin")]),
        "PYTHONPATH": str(cloud.home / "lib" / STAND_INS),
    }


def _meeting_place(cloud: Cloud, host: Host) -> Path:
    """Return the folder of the job's sockets, made if need be. A socket's path must be short."""
    job = host.folder.base.parent.parent
    folder = cloud.home / "hosts" / hashlib.sha256(str(job).encode()).hexdigest()[:8]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / host.name).unlink(missing_ok=True)
    return folder


def _redirect(drivers: Iterable[Path], sshd: Path) -> None:
    """Have the drivers start our sshd and write into the job's own folder."""
    moved = {"/usr/sbin/sshd": str(sshd), "/etc/environment": f"{OWN_TMP}/environment", '"/tmp/': f'"{OWN_TMP}/'}
    pattern = re.compile("|".join(map(re.escape, moved)))
    for driver in drivers:
        driver.write_text(pattern.sub(lambda found: moved[found[0]], driver.read_text("utf-8")), "utf-8")
