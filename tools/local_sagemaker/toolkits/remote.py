"""Logging in to a job's other hosts, as ssh does it on AWS: each answers at a socket in a folder that only the job has.

``python -m local_sagemaker.toolkits.remote sshd`` answers for this host; ``... ssh HOST COMMAND`` has a command run
there, in that host's container and with its environment, on one's own stdin, stdout and stderr.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

HOSTS_FOLDER = "LOCAL_SAGEMAKER_HOSTS"
"""The variable that names the folder of sockets, each called as its host."""

VALUED = frozenset("BbcDEeFIiJLlmOopQRSWw")
"""Options of ssh that are followed by a value."""

UNREACHABLE = 255
"""The exit status by which ssh says that it could not log in."""


def answer(own_name: str) -> None:
    """Run whatever commands come for this host, until the process ends."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(_place(own_name)))
        listener.listen()
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_run, args=[connection], daemon=True).start()


def _run(connection: socket.socket) -> None:
    with connection:
        begun, streams, _, _ = socket.recv_fds(connection, 1, 3)
        if not streams:
            return  # somebody only looks whether this host answers
        rest = b"".join(iter(lambda: connection.recv(65536), b""))
        stdin, stdout, stderr = streams
        command = ["/bin/sh", "-c", (begun + rest).decode()]
        process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr)
        for stream in streams:
            os.close(stream)
        connection.sendall(bytes([process.wait() & 0xFF]))


def run_at(host: str, command: str) -> int:
    """Run `command` on a host; return its exit status. Raises OSError if the host does not answer."""
    with connected(host) as connection:
        told = command.encode() or b":"
        streams = [stream.fileno() for stream in (sys.stdin, sys.stdout, sys.stderr)]
        socket.send_fds(connection, [told[:1]], streams)
        connection.sendall(told[1:])
        connection.shutdown(socket.SHUT_WR)
        status = connection.recv(1)
    return status[0] if status else UNREACHABLE


def connected(host: str) -> socket.socket:
    """Return a connection to a host. Raises OSError if the host does not answer."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(_place(host)))
    except OSError:
        connection.close()
        raise
    return connection


def _place(host: str) -> Path:
    return Path(os.environ[HOSTS_FOLDER], host)


def _words(arguments: list[str]) -> tuple[str, str]:
    """Return the host and the command of ssh's command line."""
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if len(option) == 2 and option[1] in VALUED and rest:
            rest.pop(0)
    return (rest[0].rpartition("@")[2], " ".join(rest[1:])) if rest else ("", "")


def main(program: str, arguments: list[str]) -> int:
    """Do `program`, ``sshd`` or ``ssh``; return the exit status."""
    if program == "sshd":
        answer(os.environ["SM_CURRENT_HOST"])
    host, command = _words(arguments)
    try:
        return run_at(host, command)
    except OSError as error:
        print(f"ssh: connect to host {host}: {error.strerror}", file=sys.stderr)
        return UNREACHABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
