"""Train with a checkpoint after each round, and go on from the last one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_sagemaker.algorithms.built_in.xgboost import checkpoints

DEFAULT_ROUNDS = 10
"""As many as `xgboost.train` does when it is not told."""


def train(train_args: Mapping[str, Any], checkpoint_dir: str) -> Any:
    """Call `xgboost.train` with `train_args`, going on from the last checkpoint in the folder `checkpoint_dir`."""
    import xgboost  # type: ignore[import-not-found,unused-ignore]

    begun, done = load_checkpoint(checkpoint_dir)
    rounds = max(0, train_args.get("num_boost_round", DEFAULT_ROUNDS) - done)
    callbacks = [*train_args.get("callbacks", []), save_checkpoint(checkpoint_dir, done)]
    return xgboost.train(**{**train_args, "num_boost_round": rounds, "xgb_model": begun, "callbacks": callbacks})


def load_checkpoint(checkpoint_dir: str) -> tuple[str | None, int]:
    """Return the file of the last checkpoint, or None, and how many rounds its model has had."""
    return checkpoints.last(Path(checkpoint_dir))


def save_checkpoint(checkpoint_dir: str, start_iteration: int = 0) -> Any:
    """Return a callback that writes a checkpoint after each round; it keeps the last five."""
    folder = Path(checkpoint_dir)
    folder.mkdir(parents=True, exist_ok=True)
    return checkpoints.keeper(folder, start_iteration)
