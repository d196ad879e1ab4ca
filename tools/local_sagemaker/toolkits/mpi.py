"""MPI in a framework's image: the first host runs mpirun, which logs in to the others; these wait until it is done.

The options of mpirun are those of AWS's open-source SageMaker Training Toolkit, but for what is about GPUs.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from . import remote

ENABLED = "sagemaker_mpi_enabled"
FIXED = (
    *("--allow-run-as-root", "--display-map", "--tag-output", "-bind-to", "none", "-map-by", "slot"),
    *("-mca", "plm_rsh_no_tree_spawn", "1", "-mca", "pml", "ob1", "-mca", "btl", "^openib"),
    *("-mca", "orte_abort_on_non_zero_status", "1", "-mca", "btl_vader_single_copy_mechanism", "none"),
    *("-x", "LD_LIBRARY_PATH", "-x", "PATH"),
)
POLL = 0.2
PATIENCE = 300.0
"""Seconds between two looks for the others, and until they are given up."""


class NoAnswerError(Exception):
    """The other hosts of a job did not answer."""


def command(hosts: Sequence[str], given: Mapping[str, Any], program: Sequence[str]) -> list[str]:
    """Return what the first host runs for `program` to run on all `hosts`; `given` are the hyperparameters."""
    each = int(given.get("sagemaker_mpi_num_of_processes_per_host") or 1)
    interface = os.environ["SM_NETWORK_INTERFACE_NAME"]
    return [
        *("mpirun", "--host", ",".join(f"{host}:{each}" for host in hosts), "-np", str(each * len(hosts))),
        *FIXED,
        *("-mca", "btl_tcp_if_include", interface, "-mca", "oob_tcp_if_include", interface),
        *shlex.split(str(given.get("sagemaker_mpi_custom_mpi_options") or "")),
        *program,
    ]


def wait_for_the_first() -> None:
    """Answer for this host until the first one is done."""
    with _answering():
        while not _done_file().exists():
            time.sleep(POLL)


@contextmanager
def leading(hosts: Sequence[str]) -> Iterator[None]:
    """Answer for this host while the ``with`` block runs, which begins when all answer, and tell the others its end.

    Raises NoAnswerError.
    """
    others = hosts[1:]
    with _answering():
        for host in others:
            _wait_for(host)
        yield
        for host in others:
            with suppress(OSError):
                remote.run_at(host, f"touch {shlex.quote(str(_done_file()))}")


@contextmanager
def _answering() -> Iterator[None]:
    program = [sys.executable, "-m", "local_sagemaker.toolkits.remote", "sshd"]
    with subprocess.Popen(program) as daemon:
        try:
            yield
        finally:
            daemon.terminate()


def _wait_for(host: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            remote.connected(host).close()
        except OSError as error:
            if time.monotonic() > deadline:
                raise NoAnswerError(f"The host {host} does not answer") from error
            time.sleep(POLL)
        else:
            return


def _done_file() -> Path:
    """Return the file by which a host learns that the first one is done: at the same path in every container."""
    return Path(os.environ["TMPDIR"], "mpi-is-done")
