"""Built-in XGBoost, computed with the xgboost package of the container's own release, or with 1.7 for older ones.

Kept of AWS: hyperparameters with their ranges and what must go together, CSV, libsvm, Parquet and RecordIO-protobuf,
the channels ``train`` and ``validation``, early stopping with the best model kept, instance weights in CSV, the metrics
of the package and those that the container adds, the log's wording, checkpoints in the folder of that name, the model
file ``xgboost-model`` (pickled by images before 1.3), and all request and answer formats.
Not kept: GPUs (gpu_hist is hist), k-fold training, selectable inference, Dask.
Source: developer guide, "XGBoost algorithm"; AWS's open container, sagemaker-xgboost-container.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...shape import Algorithm, TrainingInput, UserError, read_config
from . import checkpoints, hyperparameters
from .data import first_line, matrix
from .metrics import METRICS, OF_THE_LIBRARY, added, larger_is_better
from .predictor import MODEL_FILE, load
from .releases import PICKLES_UNTIL, release

if TYPE_CHECKING:
    from xgboost import Booster, DMatrix  # type: ignore[import-not-found,unused-ignore]

IMAGES = {
    # Releases before 1.7 do not install on every machine of today.
    "xgboost:1": "xgboost-1.7.txt",
    **{f"sagemaker-xgboost:{tag}": "xgboost-1.7.txt" for tag in ("0.90-1", "0.90-2", "1.0-1", "1.2-1", "1.2-2")},
    **{f"sagemaker-xgboost:{tag}": "xgboost-1.7.txt" for tag in ("1.3-1", "1.5-1", "1.7-1")},
    "sagemaker-xgboost:3.0-5": "xgboost-3.0.txt",
    "sagemaker-xgboost:3.2-0": "xgboost-3.2.txt",
}


def train(job: TrainingInput) -> None:
    """Train on the job's channels and leave the booster in `MODEL_FILE`. Raises UserError."""
    import xgboost

    logging.info("Running XGBoost Sagemaker in algorithm mode")
    _check(job)
    watched = [(matrix(job, "train"), "train")]
    if job.has("validation"):
        watched.append((matrix(job, "validation"), "validation"))
    for data, part in watched:
        logging.info("%s matrix has %d rows and %d columns", part.capitalize(), data.num_row(), data.num_col())
    try:
        booster = _fit(job, watched)
    except (ValueError, xgboost.core.XGBoostError) as error:
        raise UserError(first_line(error)) from error
    _save(job, booster)


def _check(job: TrainingInput) -> None:
    hyperparameters.check(job.hyperparameters)
    for name in ("_kfold", "_num_cv_round"):
        if name in read_config(job.base, "hyperparameters"):
            raise UserError(f"Hyperparameter {name}: k-fold training is not supported here")


def _fit(job: TrainingInput, watched: list[tuple[DMatrix, str]]) -> Booster:
    import xgboost

    given, metrics = job.hyperparameters, _metrics(job)
    chosen = {**hyperparameters.for_the_library(given), "eval_metric": [m for m in metrics if _is_known(m)]}
    kept = job.base / "checkpoints"
    begun, rounds = checkpoints.last(kept)
    booster = xgboost.train(
        {name: value for name, value in chosen.items() if value != []},
        watched[0][0],
        num_boost_round=max(0, given["num_round"] - rounds),
        evals=watched,
        custom_metric=added(metrics, given["objective"]),
        maximize=larger_is_better(metrics[-1]) if metrics else None,
        early_stopping_rounds=given.get("early_stopping_rounds"),
        xgb_model=begun,
        callbacks=[checkpoints.keeper(kept, rounds)] if kept.is_dir() else [],
    )
    # As documented: the best model is what is hosted.
    best = booster.attr("best_iteration")
    return booster if best is None or given.get("booster") == "gblinear" else booster[: int(best) + 1]


def _metrics(job: TrainingInput) -> list[str]:
    """Return the metrics to tell, among them a tuning job's; the last one decides when to stop early.

    Those of the library come first, as it tells them first.
    """
    wanted = list(job.hyperparameters.get("eval_metric", []))
    _, _, objective = read_config(job.base, "hyperparameters").get("_tuning_objective_metric", "").rpartition(":")
    if objective in METRICS and objective not in wanted:
        wanted.append(objective)
    return sorted(wanted, key=lambda name: not _is_known(name))


def _is_known(metric: str) -> bool:
    return metric.partition("@")[0] in OF_THE_LIBRARY


def _save(job: TrainingInput, booster: Booster) -> None:
    file = job.model / MODEL_FILE
    if release() < PICKLES_UNTIL:
        file.write_bytes(pickle.dumps(booster))
        return
    # This format is what all releases since 1.6 read; the library goes by the name's end.
    booster.save_model(file.with_suffix(".ubj"))
    file.with_suffix(".ubj").rename(file)


def _patterns() -> Mapping[str, str]:
    return {
        f"{part}:{name}": rf"\b{part}-{name}:([-+.\deE]+|nan)" for part in ("train", "validation") for name in METRICS
    }


ALGORITHM = Algorithm(
    images=IMAGES,
    hyperparameters=hyperparameters.HYPERPARAMETERS,
    metrics=_patterns(),
    train=train,
    load=load,
    more_channels=("validation", "code"),
    wording=hyperparameters.WORDING,
    log_line="[%(asctime)s:%(levelname)s] %(message)s",
    log_time="%Y-%m-%d:%H:%M:%S",
)
