"""What differs between the releases of AWS's XGBoost images."""

from __future__ import annotations

import os
import re

from ...shape import IMAGE

PICKLES_UNTIL = (1, 3)
"""Images before this release pickle their models."""
LINES_SINCE = (1, 5)
"""Images since this release answer CSV with a line for each prediction; before, all stood in one line."""
ACCEPT_SINCE = (1, 5)
"""Images since this release refuse to answer in a format they do not have; before, they answered CSV."""


def release() -> tuple[int, int]:
    """Return the release of the container's image, such as (1, 7); the first image, ``xgboost:1``, is (0, 72)."""
    tag = re.search(r"sagemaker-xgboost:(\d+)\.(\d+)", os.environ.get(IMAGE, ""))
    return (int(tag[1]), int(tag[2])) if tag else (0, 72)
