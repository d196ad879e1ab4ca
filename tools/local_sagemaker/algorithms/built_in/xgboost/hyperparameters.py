"""XGBoost's hyperparameters: their ranges, and which must not go without or with each other.

Source: developer guide, "XGBoost hyperparameters", and the checks of AWS's open container, sagemaker-xgboost-container.
"""

from __future__ import annotations

import ast
import logging
from collections.abc import Mapping
from typing import Any

from ...hyperparameters import (
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    Choice,
    Hyperparameter,
    Interval,
    choice,
    integer,
    number,
)
from ...shape import UserError
from ...wording import Wording
from .metrics import METRICS

WORDING = Wording(
    missing=lambda names: f"Missing required hyperparameter: {names[0]}",
    unknown=lambda names: f"Extraneous hyperparameter found: {names[0]}",
    channel_missing=lambda names: f"Missing required channel: {names[0]}",
    channel_unknown=lambda names: f"Extraneous channel found: {names[0]}",
)
FRACTION = Interval(0, 1, low_open=True)
ALIASES = {"learning_rate": "eta", "min_split_loss": "gamma", "reg_lambda": "lambda", "reg_alpha": "alpha"}
MULTICLASS = ("multi:softmax", "multi:softprob")
OBJECTIVES = (
    *("binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson", *MULTICLASS),
    *("rank:pairwise", "rank:ndcg", "rank:map", "reg:linear", "reg:squarederror", "reg:squaredlogerror"),
    *("reg:logistic", "reg:pseudohubererror", "reg:gamma", "reg:tweedie", "reg:absoluteerror"),
    *("survival:cox", "survival:aft"),
)
UPDATERS = (
    *("grow_colmaker", "distcol", "grow_histmaker", "grow_local_histmaker", "grow_quantile_histmaker"),
    *("grow_skmaker", "sync", "refresh", "prune", "shotgun", "coord_descent"),
)


class _Metrics(Choice):
    """Metric names, some of which may carry a threshold: ``error@0.7``."""

    def __contains__(self, value: str | int) -> bool:
        name, at, threshold = str(value).partition("@")
        return super().__contains__(name) and (not at or (name in ("error", "ndcg", "map") and is_number(threshold)))


def is_number(text: str) -> bool:
    """Return whether a text can be read as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _words(text: str) -> list[str]:
    """Return the parts of a comma-separated list."""
    return [word.strip() for word in text.split(",")]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number_) for number_ in ast.literal_eval(text))


def _groups(text: str) -> str:
    groups = ast.literal_eval(text)
    if not all(isinstance(place, int) for group in groups for place in group):
        raise ValueError(text)
    # The library takes the text.
    return text


_DOCUMENTED = (
    integer("num_round", 1, required=True),
    number("alpha", NOT_NEGATIVE),
    choice("aft_loss_distribution", "normal", "logistic", "extreme"),
    number("aft_loss_distribution_scale", POSITIVE),
    number("base_score", NOT_NEGATIVE),
    choice("booster", "gbtree", "gblinear", "dart"),
    number("colsample_bylevel", FRACTION),
    number("colsample_bynode", FRACTION),
    number("colsample_bytree", FRACTION),
    integer("csv_weights", 0, 1, default=0),
    choice("deterministic_histogram", "true", "false"),
    choice("dsplit", "row", "col"),
    integer("early_stopping_rounds", 1),
    number("eta", SHARE),
    Hyperparameter("eval_metric", _words, _Metrics(METRICS)),
    number("gamma", NOT_NEGATIVE),
    choice("grow_policy", "depthwise", "lossguide"),
    Hyperparameter("interaction_constraints", _groups),
    number("lambda", NOT_NEGATIVE),
    number("lambda_bias", SHARE),
    integer("max_bin", 0),
    number("max_delta_step", NOT_NEGATIVE),
    integer("max_depth", 0),
    integer("max_leaves", 0),
    number("min_child_weight", NOT_NEGATIVE),
    Hyperparameter("monotone_constraints", _numbers, Choice((-1, 0, 1))),
    choice("normalize_type", "tree", "forest"),
    integer("nthread", 1),
    integer("num_class", 2),
    integer("num_parallel_tree", 1),
    choice("objective", *OBJECTIVES, default="reg:squarederror"),
    integer("one_drop", 0, 1),
    choice("predictor", "auto", "cpu_predictor", "gpu_predictor"),
    integer("prob_buffer_row", 2),
    choice("process_type", "default", "update"),
    number("rate_drop", SHARE),
    integer("refresh_leaf", 0, 1),
    choice("sample_type", "uniform", "weighted"),
    choice("sampling_method", "uniform", "gradient_based"),
    choice("save_model_on_termination", "true", "false"),
    number("scale_pos_weight", POSITIVE),
    integer("seed", -(2**31) + 1, 2**31 - 2),
    # Only the first images had it.
    integer("silent", 0, 1),
    choice("single_precision_histogram", "true", "false"),
    number("sketch_eps", Interval(0, 1, low_open=True, high_open=True)),
    number("skip_drop", SHARE),
    number("subsample", FRACTION),
    choice("tree_method", "auto", "exact", "approx", "hist", "gpu_hist"),
    number("tweedie_variance_power", Interval(1, 2, low_open=True, high_open=True)),
    Hyperparameter("updater", _words, Choice(UPDATERS)),
    choice("use_dask_gpu_training", "true", "false"),
    integer("verbosity", 0, 3),
)
HYPERPARAMETERS = (
    *_DOCUMENTED,
    *(
        Hyperparameter(alias, each.parse, each.range)
        for alias, name in ALIASES.items()
        for each in _DOCUMENTED
        if each.name == name
    ),
)

NOT_FOR_THE_LIBRARY = frozenset(
    {
        *("num_round", "csv_weights", "early_stopping_rounds", "save_model_on_termination", "eval_metric", "silent"),
        *("dsplit", "predictor", "prob_buffer_row", "use_dask_gpu_training"),
    }
)


def check(given: Mapping[str, Any]) -> None:
    """Raise UserError if hyperparameters do not go together."""
    objective, metrics = given["objective"], given.get("eval_metric", [])
    if objective in MULTICLASS and "num_class" not in given:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    if objective not in MULTICLASS and "num_class" in given:
        raise UserError("Do not need to setup parameter 'num_class' for learning task other than multi-classification.")
    if "auc" in metrics and not objective.startswith(("binary:", "rank:", "multi:")):
        raise UserError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise UserError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")
    for name, methods in (("monotone", ("exact", "hist")), ("interaction", ("exact", "hist", "approx"))):
        if f"{name}_constraints" in given and given.get("tree_method") not in (*methods, "gpu_hist"):
            allowed = ", ".join(f"'{method}'" for method in methods[:-1]) + f" or '{methods[-1]}'"
            raise UserError(
                f"{name}_constraints can be used only when the tree_method parameter is set to either {allowed}."
            )


def for_the_library(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the library is given: its own names, and what a CPU can do."""
    chosen = {ALIASES.get(name, name): value for name, value in given.items() if name not in NOT_FOR_THE_LIBRARY}
    if chosen.get("tree_method") == "gpu_hist":
        logging.info("There is no GPU here: tree_method 'gpu_hist' is computed as 'hist'.")
        chosen["tree_method"] = "hist"
    if chosen["objective"] == "reg:linear":
        chosen["objective"] = "reg:squarederror"
    if "updater" in chosen:
        chosen["updater"] = ",".join(chosen["updater"])
    return chosen
