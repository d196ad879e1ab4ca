"""Imports point downwards only: this test draws them from the code and holds them against the picture.

The picture, from the top: hosts, the order of the steps, the steps, helpers, words. A module may import what stands
below its own floor, or within its own room, and nothing else of this project.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent.parent / "tools"

FLOORS: tuple[tuple[str, ...], ...] = (
    ("labguide.__main__",),
    ("labguide.cli", "labguide.pytest_plugin", "labguide.mkdocs_plugin"),
    ("labguide.pytest_items",),
    ("labguide.hosts", "labguide.presenting"),
    ("labguide.console",),
    ("labguide.site",),
    ("labguide.assembly",),
    ("labguide.teaching", "labguide.deck_pages", "labguide.translating"),
    ("labguide.plan",),
    (
        "labguide.running",
        "labguide.weaving",
        "labguide.l10n",
        "labguide.decks",
        "labguide.comparing",
        "labguide.schedule",
        "labguide.fit",
        "labguide.pdf",
    ),
    ("labguide.links", "labguide.backends", "labguide.editions", "labguide.drawing", "labguide.browser"),
    ("labguide.sources", "labguide.recordings", "labguide.workdir"),
    ("labguide.scripts", "labguide.documents", "labguide.labels"),
    ("labguide.cleaning", "labguide.quotes"),
    (
        "labguide.exercises",
        "labguide.shown_values",
        "labguide.includes",
        "labguide.policy",
        "labguide.terminal",
        "labguide.revealmd",
        "labguide.marks",
    ),
    ("labguide.headers", "labguide.blocks", "labguide.skimming"),
    ("labguide.problems", "labguide.lines", "labguide.variables", "labguide.locales", "labguide.html_pages"),
    ("labguide.model",),
    ("local_sagemaker.__main__",),
    ("local_sagemaker.server",),
    ("local_sagemaker.layer", "local_sagemaker.watching"),
    ("local_sagemaker.keeping", "local_sagemaker.catalogue"),
    ("local_sagemaker.operations",),
    ("local_sagemaker.provenance",),
    ("local_sagemaker.searching",),
    ("local_sagemaker.pipelines",),
    ("local_sagemaker.notebooks", "local_sagemaker.jobs", "local_sagemaker.identity", "local_sagemaker.records"),
    ("local_sagemaker.training", "local_sagemaker.hosting", "local_sagemaker.functions"),
    ("local_sagemaker.containers", "local_sagemaker.samples"),
    ("local_sagemaker.handlers", "local_sagemaker.images", "local_sagemaker.archives", "local_sagemaker.environment"),
    ("local_sagemaker.listing",),
    ("local_sagemaker.cloud", "local_sagemaker.paging"),
    ("local_sagemaker.status", "local_sagemaker.cache"),
    ("local_sagemaker.constraints",),
    ("local_sagemaker.service_models",),
    ("local_sagemaker.wire",),
    ("local_sagemaker.toolkits",),
    ("local_sagemaker.algorithms",),
    ("kernel_zygote",),
    ("lifeline",),
)
"""From the roof to the ground. Rooms on one floor never import each other."""

OUTSIDERS = {
    "mkdocs": {"labguide.mkdocs_plugin", "labguide.hosts.mkdocs"},
    "moto": {"local_sagemaker"},
    "boto3": {"local_sagemaker", "labguide.backends.aws"},
    "botocore": {
        "local_sagemaker",
        "labguide.backends.aws",
        "labguide.backends.hook",
        "labguide.l10n.drafting.amazon",
    },
    "sagemaker": set[str](),
    "nbclient": {"labguide.running"},
    "distributed": {"labguide.running.cluster"},
    "pytest": {"labguide.pytest_plugin", "labguide.pytest_items"},
    "PIL": {"labguide.cleaning.pictures", "labguide.running.fonts", "labguide.weaving.shrinking", "local_sagemaker"},
    "latex2mathml": {"labguide.weaving.formulas"},
    "markdown_it": {"labguide.weaving.prose", "labguide.revealmd.commonmark"},
    "tinycss2": {"labguide.weaving.markup"},
    "zhtw": {"labguide.l10n.lint.taiwan"},
    "xlsxwriter": {"labguide.schedule.workbook"},
    "bs4": {"labguide.cleaning"},
    "rich": {"labguide.console"},
    "segno": {"labguide.cli.present"},
    "click": {"labguide.cli", "local_sagemaker"},
}
"""Libraries that only these rooms may know."""

MODULES = sorted(TOOLS.rglob("*.py"))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(TOOLS).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(f"{_source(path, node)}.{alias.name}" for alias in node.names)
    return found


def _source(path: Path, node: ast.ImportFrom) -> str:
    package = list(path.relative_to(TOOLS).parent.parts)
    above = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


def _within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def _floor(module: str) -> tuple[int, str] | None:
    rooms = ((number, room) for number, floor in enumerate(FLOORS) for room in floor)
    return next(((number, room) for number, room in rooms if _within(module, room)), None)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_imports_downwards_only(path: Path) -> None:
    here = _floor(_name(path))
    if here is None:
        assert _name(path) in ("labguide", "local_sagemaker"), f"{_name(path)} stands on no floor of the picture"
        return
    for imported in _imports(path):
        there = _floor(imported)
        if there and there[1] != here[1]:
            assert there[0] > here[0], f"{_name(path)} imports {imported}, which stands above it or beside it"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_library_is_known_to_its_room_only(path: Path) -> None:
    for imported in _imports(path):
        for library, rooms in OUTSIDERS.items():
            if _within(imported, library):
                assert any(_within(_name(path), room) for room in rooms), f"{_name(path)} imports {imported}"


def test_generator_knows_nothing_of_the_local_sagemaker() -> None:
    for path in (TOOLS / "labguide").rglob("*.py"):
        assert not any(_within(imported, "local_sagemaker") for imported in _imports(path)), path


def test_local_sagemaker_knows_nothing_of_the_generator() -> None:
    for path in (TOOLS / "local_sagemaker").rglob("*.py"):
        assert not any(_within(imported, "labguide") for imported in _imports(path)), path
