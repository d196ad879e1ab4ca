"""Read a channel as the built-in algorithm does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from local_sagemaker.algorithms.built_in.xgboost import data


def get_dmatrix(data_path: str, content_type: str, csv_weights: int = 0) -> Any:
    """Return what a file, or all files below a folder, hold as an `xgboost.DMatrix`; None if there are none.

    Raises UserError if they are not in their format.
    """
    path = Path(data_path)
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    return data.matrix_of(data.kind_of(content_type), files, weighted=bool(csv_weights)) if files else None
