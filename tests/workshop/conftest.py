"""What tests of the workshop itself share: its site, built once from the committed recordings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from browser import browser, serve

__all__ = ["browser", "serve"]

ROOT = Path(__file__).parent.parent.parent
LABGUIDE = Path(sys.executable).parent / "labguide"
SOURCES = ("docs", "slides", "notebooks", "snippets", "recordings", "mkdocs.yml", "requirements.lock")
QUOTED = (
    "tools/local_sagemaker/ALGORITHMS.txt",
    "tools/local_sagemaker/OPERATIONS.md",
    "tools/local_sagemaker/SAMPLES.md",
    "tools/labguide/backends/aws/prices.yml",
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the workshop's sources, without anything that this machine ran or built."""
    folder = tmp_path_factory.mktemp("workshop")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    for name in QUOTED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def site(project: Path) -> Path:
    """The workshop's site, as a translator builds it."""
    done = subprocess.run([LABGUIDE, "build", "--frozen"], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return project / "site"
