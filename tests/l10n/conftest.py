"""What the tests of translations share."""

from __future__ import annotations

from pathlib import Path

import pytest
from translated import Guide, guide

from browser import browser

__all__ = ["browser"]


@pytest.fixture
def buckets(tmp_path: Path) -> Guide:
    """A page in English and Chinese, in sync, committed."""
    return guide(tmp_path / "guide")
