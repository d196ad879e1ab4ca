"""`make bench`: how long labguide takes, beside tools that do the same work, in one run on one machine.

Everything is measured cold in a fresh folder, with each tool's own caches empty, after one small build that is not
measured (so that no tool pays for compiling its modules). Seconds depend on the machine; read the ratios.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import content
from measure import Taken, print_table, taken

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
    print_table(f"{lessons} lessons of five cheap cells", [("labguide, cold", cold), ("labguide, warm", warm), *rows])
    with_sdk, without = _measure(LABGUIDE, sdk)[0], _measure(MATERIAL, sdk)[0]
    overhead = Taken(with_sdk.wall - without.wall, with_sdk.cpu - without.cpu)
    rows = [("labguide, cold", with_sdk), (MATERIAL.name, without), ("overhead", overhead)]
    print_table(f"{sdk_lessons} lessons that import the SDK", rows)


def _install_peers() -> None:
    stamp, wanted = PEERS / "installed.txt", HERE / "requirements.txt"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return
    click.echo("Installing the other tools (about a minute, once) ...", err=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEERS)], check=True)
    pip = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "-r", str(wanted)], check=True)
    shutil.copyfile(wanted, stamp)


def _measure(contest: Contest, lessons: Sequence[content.Lesson]) -> tuple[Taken, Taken]:
    """What a cold build takes, and a second one."""
    click.echo(f"{contest.name}: {len(lessons)} lessons ...", err=True)
    with TemporaryDirectory(prefix="bench-") as folder:
        small, full = Path(folder) / "small", Path(folder) / "full"
        contest.write(small, lessons[:1])
        contest.write(full, lessons)
        taken(contest.name, contest.command, small)
        cold = taken(contest.name, contest.command, full)
        return cold, taken(contest.name, contest.command, full)


if __name__ == "__main__":
    main()
