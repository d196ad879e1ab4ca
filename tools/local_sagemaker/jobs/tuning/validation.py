"""What CreateHyperParameterTuningJob refuses. The sentences are AWS's where they are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import algorithms, images, service_models
from ...algorithms.hyperparameters import Hyperparameter, WrongHyperparameterError
from ...wire import validation_error
from .attempts import Definition
from .axes import Axis, BadRangeError, Words, axes, combinations

MAX_NAME = 32
MAX_PARENTS = 5
MAX_EPOCHS = 20_000
EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
"""Static hyperparameters that say how many epochs Hyperband has if its configuration does not."""

NO_METRIC = (
    "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions."
)
TOO_FEW = (
    "You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter combinations for "
    "the provided ranges [{}] must be equal or greater than the value of MaxNumberOfJobs, [{}]. Provide additional "
    "ranges."
)


def check_name(name: str) -> None:
    """Raise AwsError if a tuning job cannot be called `name`: its training jobs' names are longer than itself."""
    if len(name) > MAX_NAME:
        raise validation_error(
            f"1 validation error detected: Value '{name}' at 'hyperParameterTuningJobName' failed to satisfy "
            f"constraint: Member must have length less than or equal to {MAX_NAME}"
        )


def check(definition: Definition, config: Mapping[str, Any]) -> None:
    """Raise AwsError if the training jobs of a definition cannot be tuned as `config` wants."""
    if not definition.metric:
        raise validation_error(NO_METRIC)
    try:
        found = axes(definition.ranges)
    except BadRangeError as error:
        raise validation_error(str(error)) from error
    if not found:
        raise validation_error("Provide at least one hyperparameter range.")
    if twice := sorted({axis.name for axis in found} & definition.static.keys()):
        raise validation_error(f"The hyperparameters {twice} are both static and tuned. Give each in one place.")
    _check_strategy(definition, found, config)
    _check_algorithm(definition, found)


def _check_strategy(definition: Definition, found: list[Axis], config: Mapping[str, Any]) -> None:
    strategy, wanted = config["Strategy"], config["ResourceLimits"].get("MaxNumberOfTrainingJobs", 1)
    if strategy not in (known := service_models.enum("HyperParameterTuningJobStrategyType")):
        raise validation_error(f"Value '{strategy}' at 'strategy' failed to satisfy constraint: one of {known}")
    if strategy == "Grid" and not all(isinstance(axis, Words) for axis in found):
        raise validation_error("The strategy Grid takes categorical parameter ranges only.")
    if strategy != "Grid" and (count := combinations(found)) < wanted:
        raise validation_error(TOO_FEW.format(count, wanted))
    if strategy == "Hyperband":
        if config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
            raise validation_error("TrainingJobEarlyStoppingType must be Off for the strategy Hyperband.")
        epochs(definition, config)
    elif config.get("StrategyConfig"):
        raise validation_error("HyperbandStrategyConfig goes with the strategy Hyperband only.")


def epochs(definition: Definition, config: Mapping[str, Any]) -> tuple[int, int]:
    """Return the fewest and the most epochs of a training job under Hyperband. Raises AwsError."""
    given = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
    static = [definition.static[name] for name in EPOCHS if definition.static.get(name, "").isdigit()]
    most = int(given.get("MaxResource") or (static[0] if static else 0))
    if not most:
        raise validation_error(
            f"HyperbandStrategyConfig has no MaxResource, and it is not in the static hyperparameters {EPOCHS} either."
        )
    fewest = int(given.get("MinResource", 1))
    if not 1 <= fewest <= most <= MAX_EPOCHS:
        raise validation_error(
            f"MinResource [{fewest}] must be from 1 to MaxResource [{most}], that up to {MAX_EPOCHS}."
        )
    return fewest, most


def _check_algorithm(definition: Definition, found: list[Axis]) -> None:
    """Hold what is tuned against what is known of the image. An unknown one fails the training jobs."""
    specification = definition.request["AlgorithmSpecification"]
    metrics = {each["Name"] for each in specification.get("MetricDefinitions") or []}
    name = algorithm_of(definition.request)
    if not name:
        if definition.metric not in metrics:
            raise validation_error(NO_METRIC)
        return
    algorithm = algorithms.load(name)
    if definition.metric not in metrics | set(algorithm.metrics):
        raise validation_error(
            f"The objective metric for the hyperparameter tuning job, [{definition.metric}], isn't valid for the "
            f"[{name}] algorithm. Choose a valid objective metric."
        )
    for axis in found:
        _check_axis(axis, name, algorithm.hyperparameters)


def algorithm_of(request: Mapping[str, Any]) -> str:
    """Return the name of the built-in algorithm that a definition's training jobs will run; empty if it is none."""
    specification = request["AlgorithmSpecification"]
    if "sagemaker_program" in request.get("StaticHyperParameters", {}) or specification.get("ContainerEntrypoint"):
        return ""
    try:
        return images.find(specification.get("TrainingImage", "")).algorithm
    except images.UnknownImageError:
        return ""


def _check_axis(axis: Axis, algorithm: str, hyperparameters: tuple[Hyperparameter, ...]) -> None:
    known = {each.name: each for each in hyperparameters}
    if axis.name not in known:
        raise validation_error(f"The hyperparameter [{axis.name}] isn't one of the [{algorithm}] algorithm.")
    ends = axis.words if isinstance(axis, Words) else [f"{end:g}" for end in (axis.low, axis.high)]
    for end in ends:
        try:
            known[axis.name].read(end)
        except WrongHyperparameterError as error:
            raise validation_error(
                f"The range of the hyperparameter [{axis.name}] isn't valid for [{algorithm}]: {error}"
            ) from error
