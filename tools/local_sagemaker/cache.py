"""The folder of the user's computer in which lasts what is costly to make and the same for every run."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def folder() -> Path:
    """Return the user's cache folder, or the one that LOCAL_SAGEMAKER_CACHE names."""
    return Path(os.environ.get("LOCAL_SAGEMAKER_CACHE") or user_cache_path("local-sagemaker"))
