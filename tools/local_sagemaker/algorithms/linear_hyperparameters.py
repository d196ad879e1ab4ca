"""Linear Learner's hyperparameters, as documented in the developer guide, and what stands for those not given."""

from __future__ import annotations

from typing import Any

from . import linear_fitting
from .hyperparameters import Interval, boolean, choice, integer, number
from .shape import TrainingInput, UserError, read_config

AUTO_MODELS = 8
POSITIVE = Interval(0, low_open=True)
NOT_NEGATIVE = Interval(0)
SHARE = Interval(0, 1)
INSIDE = Interval(0, 1, low_open=True, high_open=True)
CRITERIA = ("accuracy", "f_beta", "precision_at_target_recall", "recall_at_target_precision", "loss_function")
LOSSES = {
    "binary_classifier": linear_fitting.CLASSIFICATION_LOSSES,
    "multiclass_classifier": linear_fitting.MULTICLASS_LOSSES,
    "regressor": linear_fitting.REGRESSION_LOSSES,
}
"""Losses by type of predictor; the first is what ``auto`` means."""

HYPERPARAMETERS = (
    choice("predictor_type", *LOSSES, required=True),
    integer("feature_dim", 1, None, "auto"),
    integer("num_classes", 3, 1_000_000),
    integer("accuracy_top_k", 1),
    boolean("balance_multiclass_weights"),
    number("beta_1", SHARE, "auto"),
    number("beta_2", SHARE, "auto"),
    number("bias_lr_mult", POSITIVE, "auto"),
    number("bias_wd_mult", NOT_NEGATIVE, "auto"),
    choice("binary_classifier_model_selection_criteria", *CRITERIA),
    integer("early_stopping_patience", 1),
    number("early_stopping_tolerance", POSITIVE),
    integer("epochs", 1),
    number("f_beta", POSITIVE),
    number("huber_delta", POSITIVE),
    number("init_bias", Interval()),
    choice("init_method", "uniform", "normal"),
    number("init_scale", POSITIVE),
    number("init_sigma", POSITIVE),
    number("l1", NOT_NEGATIVE, "auto"),
    number("learning_rate", POSITIVE, "auto"),
    choice("loss", "auto", *dict.fromkeys(name for losses in LOSSES.values() for name in losses)),
    number("loss_insensitivity", POSITIVE),
    number("lr_scheduler_factor", INSIDE, "auto"),
    number("lr_scheduler_minimum_lr", POSITIVE, "auto"),
    integer("lr_scheduler_step", 1, None, "auto"),
    number("margin", POSITIVE),
    integer("mini_batch_size", 1),
    number("momentum", SHARE, "auto"),
    boolean("normalize_data", "auto"),
    boolean("normalize_label", "auto"),
    integer("num_calibration_samples", 1, None, "auto"),
    integer("num_models", 1, None, "auto"),
    integer("num_point_for_scaler", 1),
    choice("optimizer", "auto", "adam", "sgd", "rmsprop"),
    number("positive_example_weight_mult", POSITIVE, "balanced", "auto"),
    number("quantile", INSIDE),
    number("target_precision", SHARE),
    number("target_recall", SHARE),
    boolean("unbias_data", "auto"),
    boolean("unbias_label", "auto"),
    boolean("use_bias"),
    boolean("use_lr_scheduler"),
    number("wd", NOT_NEGATIVE, "auto"),
    # Not documented, but the SDK's version 2 always sends it.
    choice("force_dense", "True", "true"),
)
DEFAULTS = {
    "accuracy_top_k": 3,
    "balance_multiclass_weights": False,
    "binary_classifier_model_selection_criteria": "accuracy",
    "early_stopping_patience": 3,
    "early_stopping_tolerance": 0.001,
    "epochs": 15,
    "f_beta": 1.0,
    "huber_delta": 1.0,
    "init_bias": 0.0,
    "init_method": "uniform",
    "init_scale": 0.07,
    "init_sigma": 0.01,
    "loss_insensitivity": 0.01,
    "margin": 1.0,
    "mini_batch_size": 1000,
    "num_point_for_scaler": 10_000,
    "positive_example_weight_mult": 1.0,
    "quantile": 0.5,
    "target_precision": 0.8,
    "target_recall": 0.8,
    "use_bias": True,
    "use_lr_scheduler": True,
}
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
    given = {**DEFAULTS, **dict.fromkeys(AUTOMATIC, "auto"), **job.hyperparameters}
    given.update({name: value for name, value in AUTOMATIC.items() if given[name] == "auto"})
    kind = given["predictor_type"]
    if kind == "multiclass_classifier" and "num_classes" not in given:
        raise UserError("Missing required hyperparameter: num_classes")
    wanted = given.get("loss", "auto")
    given["loss"] = next(iter(LOSSES[kind])) if wanted == "auto" else wanted
    if given["loss"] not in LOSSES[kind]:
        raise UserError(f"Hyperparameter loss: value {wanted} is not in [{', '.join(LOSSES[kind])}] of a {kind}")
    for name in ("normalize_label", "unbias_label"):
        given[name] = kind == "regressor" and given.get(name, "auto") in ("auto", True)
    # As documented: automatic model tuning turns the algorithm's own off.
    if "_tuning_objective_metric" in read_config(job.base, "hyperparameters"):
        given["num_models"] = 1
    return given
