"""What the SageMaker SDK's MPI driver uses of paramiko, which AWS's images have: it looks whether a host answers.

Here hosts answer at sockets of their own (see remote.py), so this stands in for the real package in MPI jobs.
"""

from __future__ import annotations

from local_sagemaker.toolkits import remote

from . import client

__all__ = ["SSHClient", "SSHException", "client"]


class SSHException(Exception):  # noqa: N818  paramiko's name
    """A host cannot be logged in to."""


class SSHClient:
    """Tells whether a host can be logged in to."""

    def __enter__(self) -> SSHClient:
        """Return itself: there is nothing to open yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: no connection stays open."""

    def load_system_host_keys(self) -> None:
        """Do nothing: hosts have no keys."""

    def set_missing_host_key_policy(self, policy: client.MissingHostKeyPolicy) -> None:
        """Do nothing: hosts have no keys."""

    def connect(self, hostname: str, port: int = 22) -> None:
        """Raise SSHException unless the host answers."""
        try:
            remote.connected(hostname).close()
        except OSError as error:
            raise SSHException(f"Unable to connect to {hostname} on port {port}") from error
