"""The policy that the workshop publishes is the one that its recordings need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LABGUIDE = Path(sys.executable).parent / "labguide"


def _policy(project: Path, *options: str) -> int:
    return subprocess.run([LABGUIDE, "policy", *options], cwd=project, check=False, capture_output=True).returncode


def test_published_policy_is_derived_from_the_recordings(project: Path) -> None:
    assert _policy(project, "--check", "snippets/student-policy.json") == 0


def test_policy_that_allows_more_is_found(project: Path, tmp_path: Path) -> None:
    published = (project / "snippets" / "student-policy.json").read_text("utf-8")
    wider = tmp_path / "wider.json"
    wider.write_text(published.replace("s3:PutObject", "s3:*"), "utf-8")
    assert _policy(project, "--check", str(wider)) == 1


def test_permissions_page_shows_the_whole_policy(site: Path) -> None:
    page = (site / "about" / "permissions.html").read_text("utf-8")
    assert "iam:PassedToService" in page
    assert "--8" not in page
