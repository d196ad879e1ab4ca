"""Small projects for tests: the cases in `tests/cases/`, built by real kernels without any cloud."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from labguide import running, site
from labguide.assembly import Site
from labguide.backends.calls import Call
from labguide.backends.creation import Creation
from labguide.cleaning import Comparison, rules_for
from labguide.model import Cell, Project, Recording, Script
from labguide.problems import Problems

CASES = Path(__file__).parent / "cases"
LANGUAGES = ("en", "zh-TW")


class NoCloud:
    """A backend for scripts that call no service."""

    name = "local"
    real = False
    consent = True

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def environment(self, account: str) -> Mapping[str, str]:
        return {}

    def secrets(self, account: str) -> tuple[str, ...]:
        return ()

    def prelude(self, script: str, notes: Path) -> str:
        return ""

    def creations(self, calls: Sequence[Call]) -> tuple[Creation, ...]:
        return ()

    def declared(self, text: str) -> Creation | None:
        return None

    def versions(self) -> Mapping[str, str]:
        return {"cloud": "none"}

    def digest(self) -> str:
        return ""


class Seen:
    """Notes what a build tells its host: which scripts ended, in order."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def waiting(self) -> None:
        pass

    def begin(self, scripts: int, reused: int) -> None:
        pass

    def cell(self, script: Script, cell: Cell, number: int) -> None:
        pass

    def done(self, script: Script, ok: bool, seconds: float) -> None:
        self.ended.append(script.name)

    def skipped(self, script: Script) -> None:
        pass


class Workshop:
    """A project in a folder of its own, which a test may edit and build as often as it likes."""

    def __init__(self, folder: Path, case: str | None = None) -> None:
        if case:
            shutil.copytree(CASES / case, folder, dirs_exist_ok=True)
        self.project = Project(folder, LANGUAGES)
        self.problems = Problems()

    def write(self, path: str, text: str) -> None:
        file = self.project.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.project.root / path).read_text("utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def build(self, *, frozen: bool = False, force: bool = False, only: Sequence[str] = ()) -> Site:
        self.problems = Problems()
        options = running.Options(force=force, frozen=frozen, only=tuple(only))
        return site.build(self.project, NoCloud(), options, Seen(), self.problems)

    @property
    def found(self) -> list[str]:
        return [str(problem) for problem in self.problems]


def assert_same_recording(old: Recording, new: Recording, script: Script | None = None) -> None:
    """Two runs left the same, by the rules of a script's cells if it is given; they were not at one time."""
    comparison = Comparison(old=old.origin, new=new.origin)
    before, after = ([(cell.name, cell.source) for cell in each.cells] for each in (old, new))
    assert before == after
    for one, other in zip(old.cells, new.cells, strict=True):
        by_rules = replace(comparison, rules=rules_for(script, one.name)) if script else comparison
        assert by_rules.same_text(one.check, other.check)
        assert by_rules.same_outputs(one.outputs, other.outputs), (one.outputs, other.outputs)
    if not script:
        assert comparison.same_text(*(json.dumps(each.values, indent=1) for each in (old, new)))
