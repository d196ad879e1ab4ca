"""XGBoost's checkpoints: a model after each round in the folder of checkpoints, as AWS's container names them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

NAME = "xgboost-checkpoint"
MOST = 5
"""Checkpoints that are there at a time."""


def last(folder: Path) -> tuple[str | None, int]:
    """Return the file of the last checkpoint in `folder`, or None, and how many rounds its model has had."""
    found = {int(path.name.rpartition(".")[2]): path for path in folder.glob(f"{NAME}.[0-9]*")}
    if not found:
        return None, 0
    newest = max(found)
    logging.info("Checkpoint loaded from %s", found[newest])
    logging.info("Resuming from iteration %s", newest + 1)
    return str(found[newest]), newest + 1


def keeper(folder: Path, rounds: int) -> Any:
    """Return a callback that keeps checkpoints, in `folder`, of rounds after `rounds`."""
    from xgboost.callback import TrainingCallback  # type: ignore[import-not-found,unused-ignore]

    class Keep(TrainingCallback):  # type: ignore[misc,unused-ignore]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            number = rounds + epoch
            written = folder / f"{NAME}.{number}.tmp"
            written.write_bytes(model.save_raw())
            written.rename(folder / f"{NAME}.{number}")
            (folder / f"{NAME}.{number - MOST}").unlink(missing_ok=True)
            return False

    return Keep()
