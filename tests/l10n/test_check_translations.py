"""`labguide check` holds translations against their sources, whether or not it runs anything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labguide import l10n
from labguide.hosts import mkdocs
from labguide.l10n import editing
from labguide.l10n.quoted import Quoted
from labguide.problems import Problems

LABGUIDE = Path(sys.executable).parent / "labguide"
CONFIG = """\
site_name: Guide
theme: material
plugins:
  - i18n:
      docs_structure: suffix
      languages:
        - {locale: en, name: English, default: true}
        - {locale: zh-TW, name: 中文}
  - labguide
markdown_extensions: [attr_list, pymdownx.superfences]
"""
ENGLISH = "# Guide {#guide}\n\nAsk `boto3`.\n\n## Look {#look}\n\n![A bucket](bucket.svg)\n"
CHINESE = "# 指南 {#guide}\n\n問 `boto3`。\n\n## 看看 {#look}\n\n![儲存貯體](bucket.svg)\n"


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A guide in two languages, in sync."""
    root = tmp_path_factory.mktemp("guide")
    (root / "mkdocs.yml").write_text(CONFIG, "utf-8")
    (root / "docs").mkdir()
    (root / "docs/bucket.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    (root / "docs/index.md").write_text(ENGLISH, "utf-8")
    (root / "docs/index.zh-TW.md").write_text(CHINESE, "utf-8")
    project = mkdocs.open_project(root)
    for page in l10n.status(project, Problems()):
        editing.sync(root, page, page.standings, Quoted(project))
    return root


def check(root: Path) -> tuple[int, list[dict[str, Any]]]:
    """The exit status of a check that runs nothing, and what it found."""
    done = subprocess.run(
        [LABGUIDE, "check", "--static", "--json", "--project", root], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


def test_translation_in_sync_is_clean(guide: Path) -> None:
    assert check(guide) == (0, [])


def test_code_changed_in_a_translation_fails_the_check(guide: Path) -> None:
    path = guide / "docs/index.zh-TW.md"
    synced = path.read_text("utf-8")
    try:
        path.write_text(synced.replace("`boto3`", "`botocore`"), "utf-8")
        status, (finding,) = check(guide)
    finally:
        path.write_text(synced, "utf-8")
    assert status == 1
    assert (finding["path"], finding["line"], finding["kind"]) == ("docs/index.zh-TW.md", 4, "parity")
    assert finding["message"] == "the code `botocore` stands here, but in docs/index.md:3 the code `boto3`"


def test_status_holds_translations_against_their_sources_if_it_is_asked_to(guide: Path) -> None:
    path = guide / "docs/index.zh-TW.md"
    synced = path.read_text("utf-8")
    try:
        path.write_text(synced.replace("`boto3`", "`botocore`"), "utf-8")
        status = [LABGUIDE, "l10n", "status", "--strict", "--project", guide]
        assert subprocess.run(status, capture_output=True, check=False).returncode == 0
        done = subprocess.run([*status, "--parity"], capture_output=True, text=True, check=False)
    finally:
        path.write_text(synced, "utf-8")
    assert done.returncode == 1
    assert "docs/index.zh-TW.md:4: the code `botocore` stands here" in done.stderr


def test_source_edited_since_does_not_fail_the_check(guide: Path) -> None:
    path = guide / "docs/index.md"
    written = path.read_text("utf-8")
    try:
        path.write_text(written.replace("Ask `boto3`", "Ask `botocore`"), "utf-8")
        assert check(guide) == (0, [])
    finally:
        path.write_text(written, "utf-8")
