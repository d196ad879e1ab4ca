"""The third part of `make bench`: decks, beside reveal-md and marp, which build the same Markdown in the same run.

There are three tables. The first says what a build takes. marp writes HTML, as labguide does, which renders the pages
of a guide besides and checks the links. reveal-md with `--static` does not render: it copies the Markdown, and each
reader's browser turns it into slides, each time; so its seconds are those of starting node, and a build that renders
takes more. The second table says what that costs each reader: a Chromium opens each deck, one after the other, until
all slides and pictures are there. Most of it is the browser's own work, whatever the page. The third is the sum of the
two: from the sources to the first reader who has seen all decks. These two need Chromium.

The tools come from npm and need node; where it is missing, labguide is measured alone, and that is said. Seconds
depend on the machine; read the ratios. Goal: to build faster than marp, and to be read faster than reveal-md, whose
build stays the faster one.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import psutil
from measure import Taken, print_table, taken

from labguide import browser

ROOT = Path(__file__).parent.parent
PICTURES = sorted((ROOT / "slides" / "images").glob("*.svg"))
PEERS = ROOT / ".labguide" / "bench" / "decks"
PACKAGES = {"reveal-md": "6.1.4", "@marp-team/marp-cli": "4.5.1"}
MKDOCS = """\
site_name: Bench
theme: {name: material, font: false}
plugins: [search, labguide: {unrun_code: [{show: true}]}]
markdown_extensions: [attr_list, tables, pymdownx.superfences, pymdownx.highlight]
"""
TOPICS = ("data", "training", "validation", "an endpoint", "a pipeline", "the bill", "drift", "clean-up")


@dataclass(frozen=True)
class Contest:
    """One tool: what it needs beside the decks, and the command that builds them."""

    name: str
    write: Callable[[Path], None]
    command: Sequence[str]


@click.command()
@click.option("--decks", "count", default=20, show_default=True, help="Decks.")
@click.option("--slides", default=30, show_default=True, help="Slides of each deck.")
def main(count: int, slides: int) -> None:
    """Measure how long labguide takes for decks, beside reveal-md and marp."""
    labguide = str(Path(sys.executable).parent / "labguide")
    contests = [Contest("labguide, and a page", _a_site, [labguide, "build"]), *_peers()]
    found = [(each.name, *_measure(each, count, slides)) for each in contests]
    print_table(f"{count} decks of {slides} slides: the build", [(name, built) for name, built, _ in found])
    opened = [(name, seen) for name, _, seen in found if seen]
    if opened:
        print_table("All decks opened in a browser, by each reader", opened)
        both = [(name, Taken(built.wall + seen.wall, built.cpu + seen.cpu)) for name, built, seen in found if seen]
        print_table("Both: the build, and the first reader", both)


def _peers() -> list[Contest]:
    """The other tools, installed; none if there is no node to run them."""
    if not (shutil.which("node") and shutil.which("npm")):
        click.echo("node and npm are not installed, so reveal-md and marp are not measured.", err=True)
        return []
    _install()
    reveal, marp = (str(PEERS / "node_modules" / ".bin" / name) for name in ("reveal-md", "marp"))
    return [
        Contest("reveal-md, copies only", _nothing, [reveal, "slides", "--static", "site"]),
        Contest("marp, HTML", _nothing, [marp, "--input-dir", "slides", "--output", "site", "--html"]),
    ]


def _install() -> None:
    stamp, wanted = PEERS / "installed.json", json.dumps(PACKAGES)
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    click.echo("Installing reveal-md and marp (some minutes, once) ...", err=True)
    PEERS.mkdir(parents=True, exist_ok=True)
    names = [f"{name}@{version}" for name, version in PACKAGES.items()]
    # Without scripts, no package fetches a browser of its own: HTML needs none.
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(PEERS), *names]
    subprocess.run(command, check=True, stdout=sys.stderr)
    stamp.write_text(wanted, "utf-8")


def _measure(contest: Contest, count: int, slides: int) -> tuple[Taken, Taken | None]:
    """What a cold build takes, after one of a single deck that is not measured; and then a browser, if there is one."""
    click.echo(f"{contest.name}: {count} decks ...", err=True)
    with TemporaryDirectory(prefix="bench-") as folder:
        small, full = Path(folder) / "small", Path(folder) / "full"
        for where, number in ((small, 1), (full, count)):
            _write(where, number, slides)
            contest.write(where)
        taken(contest.name, contest.command, small)
        result = taken(contest.name, contest.command, full)
        return result, _shown(contest, _built(contest, full, count), slides)


def _built(contest: Contest, folder: Path, count: int) -> list[Path]:
    """The decks as pages. A tool that leaves out a deck has not won."""
    found = {name: next(folder.glob(f"site/**/{name}.html"), None) for name in map(_name, range(1, count + 1))}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        raise click.ClickException(f"{contest.name} did not build {', '.join(missing)}")
    return [path for path in found.values() if path]


def _shown(contest: Contest, pages: Sequence[Path], slides: int) -> Taken | None:
    """What a browser takes to open each deck until its slides are there; its own start does not count."""
    try:
        chromium = browser.find()
    except browser.NoBrowserError as error:
        click.echo(f"what readers wait for is not measured: {error}", err=True)
        return None
    with browser.started(chromium) as running:
        with running.page() as page:
            page.open(pages[0])  # what it reads from the disk for the first time is there for all tools
        before, started = _Processes(), time.perf_counter()
        after = _Processes()
        for path in pages:
            with running.page() as page:
                page.open(path)
                there = page.call(_WHEN_THERE, slides)
                after.look()
            if there < slides:
                raise click.ClickException(f"{contest.name}: {path.name} shows {there} of {slides} slides")
        return Taken(time.perf_counter() - started, after.cpu - before.cpu)


_WHEN_THERE = """async (slides) => {
  const there = () => document.querySelectorAll("section h2").length;
  const ready = () => (window.Reveal?.isReady?.() ?? true) && document.readyState === "complete";
  for (let tries = 0; tries < 2000 && !(ready() && there() >= slides); tries++) {
    await new Promise((later) => setTimeout(later, 5));
  }
  return there();
}"""


class _Processes:
    """CPU seconds of the browser's processes, those that have ended meanwhile too, as they were last seen."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}
        self.look()

    def look(self) -> None:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                times = process.cpu_times()
                self._seen[process.pid] = times.user + times.system

    @property
    def cpu(self) -> float:
        return sum(self._seen.values())


def _nothing(folder: Path) -> None:
    """Those tools need the decks only."""


def _a_site(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text("# Bench\n", "utf-8")
    (folder / "mkdocs.yml").write_text(MKDOCS, "utf-8")


def _write(folder: Path, count: int, slides: int) -> None:
    """The decks: the same bytes for each tool."""
    images = folder / "slides" / "images"
    images.mkdir(parents=True)
    for picture in PICTURES:
        shutil.copyfile(picture, images / picture.name)
    for number in range(1, count + 1):
        text = "\n---\n\n".join(_slide(number, slide) for slide in range(1, slides + 1))
        (folder / "slides" / f"{_name(number)}.md").write_text(text, "utf-8")


def _name(number: int) -> str:
    return f"deck-{number:03}"


def _slide(deck: int, number: int) -> str:
    """A slide as people write them: a heading, what it shows, and some sentences to say."""
    topic = TOPICS[(deck + number) % len(TOPICS)]
    shows = (_list, _code, _table, _list, _picture)[number % 5]
    notes = f"Say what {topic} has to do with slide {number - 1}, and ask who has met it before. " * 3
    return f"## {topic.capitalize()}, part {number}\n\n{shows(deck, number, topic)}\n\nNote:\n{notes.strip()}\n"


def _list(deck: int, number: int, topic: str) -> str:
    points = [f"- **Point {point}** of {topic}: `value_{deck}_{number}` and *why* it matters" for point in range(1, 6)]
    return "\n".join([*points, f"- see [the guide](https://example.org/{deck}/{number})"])


def _code(deck: int, number: int, topic: str) -> str:
    return f"""\
```python
def part_{number}(rows, limit={deck}):
    \"\"\"What {topic} needs.\"\"\"
    kept = [row for row in rows if row["score"] > limit / 100]
    for row in kept:
        row["share"] = round(row["sales"] / sum(each["sales"] for each in kept), {number % 4})
    return sorted(kept, key=lambda row: row["share"], reverse=True)
```"""


def _table(deck: int, number: int, topic: str) -> str:
    rows = [
        f"| {topic} {row} | {row * deck} | US${row * number / 7:.2f} | {'yes' if row % 2 else 'no'} |"
        for row in range(5)
    ]
    return "\n".join(["| What | How many | An hour | Ends by itself |", "|---|---:|---:|---|", *rows])


def _picture(deck: int, number: int, topic: str) -> str:
    picture = PICTURES[(deck + number) % len(PICTURES)]
    return f"![A picture of {topic}](images/{picture.name})\n\nIt shows what slide {number} says."


if __name__ == "__main__":
    main()
