"""The model file of the algorithms that compute with NumPy: named arrays, in NumPy's own .npz format.

AWS's file has this name too, but is a serialized MXNet object. Read this one with ``numpy.load("model_algo-1")``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

MODEL_FILE = "model_algo-1"


def save(folder: Path, **arrays: Any) -> None:
    """Write arrays, numbers and strings to the model file in `folder`."""
    import numpy

    with (folder / MODEL_FILE).open("wb") as file:
        numpy.savez(file, **arrays)


def load(folder: Path) -> dict[str, Any]:
    """Return the arrays by name. Raises FileNotFoundError or ValueError."""
    import numpy

    # Nothing pickled is read: an array of plain numbers or text cannot run code.
    with numpy.load(folder / MODEL_FILE, allow_pickle=False) as arrays:
        return dict(arrays)
