"""`make bench`: how long labguide takes, beside tools that do the same work, in one run on one machine.

Everything is measured cold in a fresh folder, with each tool's own caches empty, after one small build that is not
measured (so that no tool pays for compiling its modules). Seconds depend on the machine; read the ratios.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import content
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
TOOLS = Path(sys.executable).parent
PEERS = HERE.parent / ".labguide" / "bench"


@dataclass(frozen=True)
class Contest:
    """One tool at one task: how its sources are written down, and the command that builds them."""

    name: str
    write: Callable[[Path, Sequence[content.Lesson]], None]
    command: Sequence[str]


LABGUIDE = Contest("labguide", content.for_labguide, [str(TOOLS / "labguide"), "build"])
MATERIAL = Contest("mkdocs-material, nothing run", content.for_material, [str(TOOLS / "mkdocs"), "build", "--quiet"])
JUPYTER = Contest(
    "mkdocs-jupyter, execute", content.for_mkdocs_jupyter, [str(PEERS / "bin" / "mkdocs"), "build", "--quiet"]
)
SPHINX = Contest(
    "sphinx with myst-nb", content.for_sphinx, [str(PEERS / "bin" / "sphinx-build"), "-q", "-b", "html", ".", "site"]
)


@click.command()
@click.option("--lessons", default=100, show_default=True, help="Lessons of five cheap cells.")
@click.option("--sdk-lessons", default=20, show_default=True, help="Lessons that import the SageMaker SDK.")
@click.option("--peers/--no-peers", default=True, help="Measure the other tools that execute, which takes minutes.")
def main(lessons: int, sdk_lessons: int, peers: bool) -> None:
    """Measure and print a table."""
    if peers:
        _install_peers()
    cheap, sdk = content.cheap(lessons), content.with_sdk(sdk_lessons)
    cold, warm = _measure(LABGUIDE, cheap)
    others = (MATERIAL, JUPYTER, SPHINX) if peers else (MATERIAL,)
    rows = [(contest.name, _measure(contest, cheap)[0]) for contest in others]
    _print(f"{lessons} lessons of five cheap cells", [("labguide, cold", cold), ("labguide, warm", warm), *rows])
    with_sdk, without = _measure(LABGUIDE, sdk)[0], _measure(MATERIAL, sdk)[0]
    overhead = Taken(with_sdk.wall - without.wall, with_sdk.cpu - without.cpu)
    rows = [("labguide, cold", with_sdk), (MATERIAL.name, without), ("overhead", overhead)]
    _print(f"{sdk_lessons} lessons that import the SDK", rows)


def _install_peers() -> None:
    stamp, wanted = PEERS / "installed.txt", HERE / "requirements.txt"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return
    click.echo("Installing the other tools (about a minute, once) ...", err=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEERS)], check=True)
    pip = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "-r", str(wanted)], check=True)
    shutil.copyfile(wanted, stamp)


@dataclass(frozen=True)
class Taken:
    """Seconds on the wall, and of all processors together, which suffer less from what else the machine does."""

    wall: float
    cpu: float


def _measure(contest: Contest, lessons: Sequence[content.Lesson]) -> tuple[Taken, Taken]:
    """What a cold build takes, and a second one."""
    click.echo(f"{contest.name}: {len(lessons)} lessons ...", err=True)
    with TemporaryDirectory(prefix="bench-") as folder:
        small, full = Path(folder) / "small", Path(folder) / "full"
        contest.write(small, lessons[:1])
        contest.write(full, lessons)
        _build(contest, small)
        return _build(contest, full), _build(contest, full)


def _build(contest: Contest, folder: Path) -> Taken:
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PATH": f"{Path(contest.command[0]).parent}:/usr/bin:/bin"}
    started, cpu = time.perf_counter(), _cpu_of_children()
    done = subprocess.run(contest.command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    taken = Taken(time.perf_counter() - started, _cpu_of_children() - cpu)
    if done.returncode:
        raise click.ClickException(f"{contest.name} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return taken


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _print(title: str, rows: Sequence[tuple[str, Taken]]) -> None:
    """The first row is the unit of the ratios."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in ("seconds", "ratio", "CPU seconds", "ratio"):
        table.add_column(heading, justify="right")
    unit = rows[0][1]
    for name, taken in rows:
        wall, cpu = taken.wall / unit.wall, taken.cpu / unit.cpu
        table.add_row(name, f"{taken.wall:.1f}", f"{wall:.2f}", f"{taken.cpu:.1f}", f"{cpu:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
