"""What all parts of `make bench` measure with: seconds of a command, and a table of them."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Taken:
    """Seconds on the wall, and of all processors together, which suffer less from what else the machine does."""

    wall: float
    cpu: float


def taken(name: str, command: Sequence[str], folder: Path) -> Taken:
    """What a command takes in a folder. Raises `click.ClickException` with its last words if it fails."""
    paths = f"{Path(command[0]).parent}:/usr/local/bin:/usr/bin:/bin"
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PATH": paths}
    started, cpu = time.perf_counter(), _cpu_of_children()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    result = Taken(time.perf_counter() - started, _cpu_of_children() - cpu)
    if done.returncode:
        raise click.ClickException(f"{name} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return result


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def print_table(title: str, rows: Sequence[tuple[str, Taken]]) -> None:
    """Print rows with their ratios; the first row is the unit."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in ("seconds", "ratio", "CPU seconds", "ratio"):
        table.add_column(heading, justify="right")
    unit = rows[0][1]
    for name, each in rows:
        wall, cpu = each.wall / unit.wall, each.cpu / unit.cpu
        table.add_row(name, f"{each.wall:.1f}", f"{wall:.2f}", f"{each.cpu:.1f}", f"{cpu:.2f}")
    Console().print(table)
