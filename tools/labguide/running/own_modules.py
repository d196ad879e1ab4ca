"""Finds the modules that scripts import and that no installer brought: a project's own, which change without a version.

Imports are read from the text, never done. What looks like an import and is none finds no module, and does no harm.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder
from pathlib import Path

from labguide.running import digests

_IMPORT = re.compile(
    r"""(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+((?:[\w., \t]|\\\n)+))"""
    r"""|\b(?:import_module|__import__)\([ \t]*["']([\w.]+)["']""",
    re.MULTILINE,
)


def places(pythonpath: str) -> tuple[str, ...]:
    """The folders on a kernel's module path that are neither Python's own nor an installer's.

    `pythonpath` is the kernel's PYTHONPATH; what `.pth` files add, as for a package that is installed in place, is on
    this program's own path too.
    """
    found = [*filter(None, pythonpath.split(os.pathsep)), *sys.path[1:]]
    return tuple(dict.fromkeys(place for place in found if Path(place).is_dir() and not _is_installed(Path(place))))


class Finder:
    """Finds own modules; remembers what it found, because many scripts import the same."""

    def __init__(self, places: tuple[str, ...]) -> None:
        importlib.invalidate_caches()  # a preview lives on while modules come and go
        self._places = list(places)
        self._known: dict[str, Path | None] = {}
        self._imported: dict[Path, frozenset[str]] = {}

    def imported_by(self, sources: Iterable[str], files: Iterable[Path]) -> tuple[Path, ...]:
        """The files of modules, and the folders of packages, that texts and files import, and what those import."""
        names = {name for source in sources for name in _names(source)}
        for file in files:
            names |= self._names_in(file)
        found: set[Path] = set()
        while names:
            path = self._find(names.pop())
            if path and path not in found:
                found.add(path)
                names |= self._names_in(path)
        return tuple(sorted(found))

    def _find(self, name: str) -> Path | None:
        if name not in self._known:
            spec = PathFinder.find_spec(name, self._places) or _by_hook(name)
            # A folder without __init__.py has no origin; it is more often no package at all.
            origin = Path(spec.origin) if spec and spec.has_location and spec.origin else None
            if origin and origin.name == "__init__.py":
                origin = origin.parent
            self._known[name] = None if origin is None or _is_installed(origin) else origin
        return self._known[name]

    def _names_in(self, path: Path) -> frozenset[str]:
        """The names that a module, or the modules in a folder, import."""
        if path not in self._imported:
            files = digests.files_of(path) if path.is_dir() else [path]
            texts = (file.read_text("utf-8", errors="replace") for file in files if file.suffix == ".py")
            self._imported[path] = frozenset(name for text in texts for name in _names(text))
        return self._imported[path]


def _by_hook(name: str) -> ModuleSpec | None:
    """What setuptools, for one, puts in the way of imports for a package that is installed in place."""
    for finder in sys.meta_path:
        if finder not in (BuiltinImporter, FrozenImporter, PathFinder) and hasattr(finder, "find_spec"):
            spec = finder.find_spec(name, None)
            if spec:
                return spec
    return None


def _names(text: str) -> Iterator[str]:
    """The top-level names of what a text imports."""
    for from_, imported, by_name in _IMPORT.findall(text):
        for name in (from_, by_name, *imported.replace("\\\n", " ").split(",")):
            top = name.strip().partition(" ")[0].partition(".")[0]
            if top:
                yield top


def _is_installed(path: Path) -> bool:
    """Whether a file or folder came with Python or with an installer."""
    if any(part in ("site-packages", "dist-packages") for part in path.parts):
        return True
    own = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
    return any(path == folder or folder in path.parents for folder in own)
