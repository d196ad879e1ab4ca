"""What a person sees in the terminal: progress while scripts run, and a summary at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from labguide import locales
from labguide.assembly import Site
from labguide.backends.aws import PriceTable
from labguide.model import Cell, Script
from labguide.plan import Plan, Step, step_usd
from labguide.schedule import Schedule, clock, page
from labguide.schedule.tracker.words import words_of

console = Console(stderr=True, highlight=False)
answers = Console(highlight=False)
"""For what a command was asked for; all else goes to `console`, on stderr."""


class RichProgress:
    """One line for each script that runs: which cell it is in, how many it has, how long it takes.

    Where the output is no terminal, as in CI, one plain line when a script ends. The bars have a thread of their own
    while something runs, and only then: beside another thread, pages are not rendered in a second process.
    """

    def __init__(self) -> None:
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("[dim]{task.fields[cell]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()

    def waiting(self) -> None:
        """Say why nothing happens."""
        console.print("Another build of this project is running; waiting for it.")

    def begin(self, scripts: int, reused: int) -> None:
        """Say how many scripts will run."""
        if scripts:
            console.print(f"Running {scripts} scripts; {reused} recordings are fresh.")

    def cell(self, script: Script, cell: Cell, number: int) -> None:
        """Show the cell that a script has come to."""
        self._bars.start()
        if script.name not in self._tasks:
            total = len(script.code_cells)
            self._tasks[script.name] = self._bars.add_task(script.name, total=total, cell="")
        self._bars.update(self._tasks[script.name], completed=number - 1, cell=cell.name)

    def done(self, script: Script, ok: bool, seconds: float) -> None:
        """Leave one line for a script that has ended."""
        if script.name in self._tasks:
            self._bars.remove_task(self._tasks.pop(script.name))
        if not self._tasks and console.is_terminal:  # elsewhere the end of bars is an empty line
            self._bars.stop()
        mark = "[green]✓[/]" if ok else "[red]✗[/]"
        console.print(f"  {mark} {script.name} [dim]{seconds:.1f} s[/]")

    def skipped(self, script: Script) -> None:
        """Say which script is waiting for another to be mended."""
        console.print(f"  [yellow]–[/] {script.name} [dim]not tried: it comes after one that failed[/]")


def summary(site: Site, folder: Path, seconds: float) -> None:
    """Say what a build made, what it ran for that, and where to look."""
    notebooks = sum(1 for path in site.files if path.endswith(".ipynb"))
    console.print(
        f"[bold]{len(site.pages)}[/] pages, [bold]{len(site.decks)}[/] decks, [bold]{notebooks}[/] notebooks; "
        f"scripts: [bold]{len(site.runs.ran)}[/] run, [bold]{len(site.runs.reused)}[/] reused; {seconds:.1f} s"
    )
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    console.print(f"Look at [bold]{shown}/index.html[/], or run `make serve`.")


def tell_languages(languages: Sequence[str]) -> None:
    """Say in which languages labguide itself speaks English."""
    for text in locales.untold(languages):
        console.print(text)


def print_plan(plan: Plan, prices: PriceTable | None, to: Console = console) -> None:
    """Show a plan: a line for each script in the order of running, then the sums and where the prices come from."""
    if not plan.steps:
        to.print(f"Nothing would run on {plan.backend}: the recordings are fresh.")
        return
    table = Table("script", "creates", "takes", "about", "ended after", box=None, header_style="bold", pad_edge=False)
    for step in plan.steps:
        about = _dollars(step_usd(step), "?")
        table.add_row(step.script, _created(step), _took(step), about, f"{step.limit / 60:.0f} min")
    to.print(f"On {plan.backend}, {len(plan.steps)} scripts would run, {len(plan.others)} would not.\n")
    to.print(table)
    if prices:
        _print_costs(plan, prices, to)


def print_schedule(said: Schedule, to: Console = answers) -> None:
    """Show a lesson plan by the clock: a line for each activity, then the sums."""
    to.print(f"[bold]{escape(said.title)}[/]\n")
    table = Table("clock", "#", "who", "what", "minutes", "value", box=None, header_style="bold", pad_edge=False)
    for slot in clock.slots(said):
        activity = slot.activity
        who, value = page.who(activity, said.language), words_of(said.language).value(activity.value)
        cells = (activity.number, who, activity.title, page.minutes(activity), value)
        table.add_row(clock.on_clock(said.start, slot.began), *map(escape, cells))
    to.print(table)
    end = clock.on_clock(said.start, said.total)
    to.print(f"\n{end}  {escape(page.totals(said))}\n{escape(page.of_roles(said))}\n")


def _print_costs(plan: Plan, prices: PriceTable, to: Console) -> None:
    about = _dollars(plan.usd, "unknown")
    most = _dollars(plan.usd_at_most, f"unknown, for {', '.join(plan.unpriced)}")
    quotas = "; ".join(f"{count} × {name}" for name, count in plan.quotas.items()) or "none"
    to.print(
        f"\nCosts about [bold]{about}[/], at most [bold]{most}[/]: if every script took all the time it may and "
        "deleted nothing itself."
    )
    to.print(f"Prices: {prices.region}, as of {prices.date}, {prices.source}. Not counted: {prices.not_counted}.")
    to.print(f"Quotas needed: {quotas}.")


def _dollars(usd: float | None, unknown: str) -> str:
    if usd is None:
        return unknown
    return "< $0.01" if 0 < usd < 0.01 else f"${usd:.2f}"


def _created(step: Step) -> str:
    if step.creates_from == "unknown":
        return "? never recorded, and no `creates:` in its header"
    things: dict[str, int] = {}
    for each in step.creates:
        name = f"{each.kind} {each.machine}".strip()
        things[name] = things.get(name, 0) + each.count
    lines = [name if count == 1 else f"{name} × {count}" for name, count in things.items()]
    return "\n".join([*lines, "(declared)"] if step.creates_from == "declared" else lines) or "nothing"


def _took(step: Step) -> str:
    if step.seconds is None:
        return "?"
    took = f"{step.seconds / 60:.0f} min" if step.seconds >= 60 else f"{step.seconds:.0f} s"
    return f"{took} (declared)" if step.seconds_from == "declared" else took
