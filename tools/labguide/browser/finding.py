"""Which Chromium there is: the one that the user names, else the usual names and places of Linux and macOS."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from labguide.problems import CannotBuildError

VARIABLE = "LABGUIDE_BROWSER"
"""The environment variable that names a browser: a path, or a name that is on the PATH."""

_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("chromium-headless-shell", "chrome-headless-shell", "microsoft-edge", "microsoft-edge-stable", "brave-browser"),
)
_APPLICATIONS = ("Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser")
"""What macOS calls them; the program inside has the same name."""
_PLAYWRIGHT = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
"""Where Playwright keeps the ones that it fetched for tests, below its cache."""


class NoBrowserError(CannotBuildError):
    """There is no browser, or not the one that was named; its text says what to do."""


def find(environment: Mapping[str, str] = os.environ) -> Path:
    """The path of a Chromium. Raises `NoBrowserError` if there is none, or not the one that the user names."""
    named = environment.get(VARIABLE, "")
    search = environment.get("PATH", os.defpath)
    if named:
        found = shutil.which(str(Path(named).expanduser()), path=search)
        if found is None:
            raise NoBrowserError(f"{VARIABLE} names {named}, and there is no such program; correct it or unset it")
        return Path(found)
    usual = next(_usual(search, Path(environment.get("HOME") or Path.home())), None)
    if usual is None:
        raise NoBrowserError(
            "this needs Chromium, Chrome or Edge, and none was found; install one (Debian and Ubuntu: "
            f"`apt install chromium`; macOS: `brew install --cask chromium`), or name it in {VARIABLE}"
        )
    return usual


def _usual(search: str, home: Path) -> Iterator[Path]:
    yield from (Path(found) for name in _NAMES if (found := shutil.which(name, path=search)))
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), home / "Applications"):
            programs = (folder / f"{name}.app" / "Contents" / "MacOS" / name for name in _APPLICATIONS)
            yield from (program for program in programs if os.access(program, os.X_OK))
    for cache in (home / ".cache" / "ms-playwright", home / "Library" / "Caches" / "ms-playwright"):
        for pattern in _PLAYWRIGHT:
            yield from sorted((each for each in cache.glob(pattern) if os.access(each, os.X_OK)), reverse=True)
