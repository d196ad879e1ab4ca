"""Where a script finds its declared data: under its own name in the working folder."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from labguide.model import Project, Script
from labguide.running import digests


def placed(project: Project, script: Script) -> dict[str, Path]:
    """The files of a script's `data:` by their path in the working folder; a folder brings those that freshness counts.

    Things of one name would overwrite each other: these keep the paths that they have in the project.
    """
    names = Counter(Path(name).name for name in set(script.data))
    found: dict[str, Path] = {}
    for name in script.data:
        place = Path(name).name if names[Path(name).name] == 1 else os.path.normpath(name)
        source = project.root / name
        for path in _files(source):
            found[(Path(place) / path.relative_to(source)).as_posix()] = path
    return found


def bring(project: Project, script: Script, folder: Path) -> None:
    """Copy them into `folder`."""
    for name, source in placed(project, script).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, folder / name)


def _files(source: Path) -> Iterable[Path]:
    return digests.files_of(source) if source.is_dir() else [source]
