"""Linear Learner's hyperparameters, as documented in the developer guide, and what stands for those not given."""

from __future__ import annotations

from typing import Any

from ...hyperparameters import FORCE_DENSE, NOT_NEGATIVE, POSITIVE, SHARE, Interval, boolean, choice, integer, number
from ...shape import TrainingInput, UserError, read_config
from ...wording import AMAZON
from . import fitting

AUTO_MODELS = 8
INSIDE = Interval(0, 1, low_open=True, high_open=True)
CRITERIA = ("accuracy", "f_beta", "precision_at_target_recall", "recall_at_target_precision", "loss_function")
LOSSES = {
    "binary_classifier": fitting.CLASSIFICATION_LOSSES,
    "multiclass_classifier": fitting.MULTICLASS_LOSSES,
    "regressor": fitting.REGRESSION_LOSSES,
}
"""Losses by type of predictor; the first is what ``auto`` means."""

HYPERPARAMETERS = (
    choice("predictor_type", *LOSSES, required=True),
    integer("feature_dim", 1, None, "auto", default="auto"),
    integer("num_classes", 3, 1_000_000),
    integer("accuracy_top_k", 1, default=3),
    boolean("balance_multiclass_weights", default=False),
    number("beta_1", SHARE, "auto", default="auto"),
    number("beta_2", SHARE, "auto", default="auto"),
    number("bias_lr_mult", POSITIVE, "auto", default="auto"),
    number("bias_wd_mult", NOT_NEGATIVE, "auto", default="auto"),
    choice("binary_classifier_model_selection_criteria", *CRITERIA, default="accuracy"),
    integer("early_stopping_patience", 1, default=3),
    number("early_stopping_tolerance", POSITIVE, default=0.001),
    integer("epochs", 1, default=15),
    number("f_beta", POSITIVE, default=1.0),
    number("huber_delta", POSITIVE, default=1.0),
    number("init_bias", Interval(), default=0.0),
    choice("init_method", "uniform", "normal", default="uniform"),
    number("init_scale", POSITIVE, default=0.07),
    number("init_sigma", POSITIVE, default=0.01),
    number("l1", NOT_NEGATIVE, "auto", default="auto"),
    number("learning_rate", POSITIVE, "auto", default="auto"),
    choice("loss", "auto", *dict.fromkeys(name for losses in LOSSES.values() for name in losses), default="auto"),
    number("loss_insensitivity", POSITIVE, default=0.01),
    number("lr_scheduler_factor", INSIDE, "auto", default="auto"),
    number("lr_scheduler_minimum_lr", POSITIVE, "auto", default="auto"),
    integer("lr_scheduler_step", 1, None, "auto", default="auto"),
    number("margin", POSITIVE, default=1.0),
    integer("mini_batch_size", 1, default=1000),
    number("momentum", SHARE, "auto", default="auto"),
    boolean("normalize_data", "auto", default="auto"),
    boolean("normalize_label", "auto", default="auto"),
    integer("num_calibration_samples", 1, None, "auto", default="auto"),
    integer("num_models", 1, None, "auto", default="auto"),
    integer("num_point_for_scaler", 1, default=10_000),
    choice("optimizer", "auto", "adam", "sgd", "rmsprop", default="auto"),
    number("positive_example_weight_mult", POSITIVE, "balanced", "auto", default=1.0),
    number("quantile", INSIDE, default=0.5),
    number("target_precision", SHARE, default=0.8),
    number("target_recall", SHARE, default=0.8),
    boolean("unbias_data", "auto", default="auto"),
    boolean("unbias_label", "auto", default="auto"),
    boolean("use_bias", default=True),
    boolean("use_lr_scheduler", default=True),
    number("wd", NOT_NEGATIVE, "auto", default="auto"),
    FORCE_DENSE,
)
AUTOMATIC = {
    "beta_1": 0.9,
    "beta_2": 0.999,
    "bias_lr_mult": 1.0,
    "bias_wd_mult": 0.0,
    "l1": 0.0,
    "learning_rate": 0.005,
    "lr_scheduler_factor": 0.99,
    "lr_scheduler_minimum_lr": 1e-5,
    "lr_scheduler_step": 100,
    "momentum": 0.0,
    "normalize_data": True,
    "num_models": AUTO_MODELS,
    "optimizer": "adam",
    "unbias_data": True,
    "unbias_label": True,
    "wd": 1e-4,
}
"""What ``auto`` means. AWS does not document it; these are usual values."""


def complete(job: TrainingInput) -> dict[str, Any]:
    """Return all hyperparameters, with defaults and automatic values. Raises UserError."""
    given = dict(job.hyperparameters)
    given.update({name: value for name, value in AUTOMATIC.items() if given[name] == "auto"})
    kind = given["predictor_type"]
    if kind == "multiclass_classifier" and "num_classes" not in given:
        raise UserError(AMAZON.missing(["num_classes"]))
    wanted = given["loss"]
    given["loss"] = next(iter(LOSSES[kind])) if wanted == "auto" else wanted
    if given["loss"] not in LOSSES[kind]:
        raise UserError(f"Hyperparameter loss: value {wanted} is not in [{', '.join(LOSSES[kind])}] of a {kind}")
    for name in ("normalize_label", "unbias_label"):
        given[name] = kind == "regressor" and given[name] in ("auto", True)
    # As documented: automatic model tuning turns the algorithm's own off.
    if "_tuning_objective_metric" in read_config(job.base, "hyperparameters"):
        given["num_models"] = 1
    return given
