"""Built-in XGBoost, computed with the xgboost package of the container's own release.

Kept of AWS: hyperparameters with their ranges, CSV (label first, no header) and libsvm in File mode, the channels
``train`` and ``validation``, early stopping, instance weights in CSV, the metric names, the log's wording, the model
file ``xgboost-model``, and CSV, libsvm, JSON and JSON lines when serving.
Not kept: Pipe mode, Parquet and RecordIO, several hosts, checkpoints, k-fold training, metrics that the container
adds to those of the package (accuracy, f1, ...).
"""

from __future__ import annotations

import ast
import json
import logging
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..hyperparameters import NOT_NEGATIVE, SHARE, Choice, Hyperparameter, Interval, Wording, choice, integer, number
from ..shape import Algorithm, BadRequestError, TrainingInput, UnsupportedMediaTypeError, UserError

if TYPE_CHECKING:
    from xgboost import Booster, DMatrix  # type: ignore[import-not-found,unused-ignore]

MODEL_FILE = "xgboost-model"
LIBSVM = ("text/libsvm", "text/x-libsvm")
FRACTION = Interval(0, 1, low_open=True)
METRICS = (
    *("rmse", "rmsle", "mae", "mape", "mphe", "logloss", "error", "merror", "mlogloss", "auc", "aucpr", "ndcg", "map"),
    *("poisson-nloglik", "gamma-nloglik", "gamma-deviance", "tweedie-nloglik", "cox-nloglik", "aft-nloglik"),
)
OBJECTIVES = (
    *("binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson", "multi:softmax", "multi:softprob"),
    *("rank:pairwise", "rank:ndcg", "rank:map", "reg:squarederror", "reg:squaredlogerror", "reg:logistic"),
    *("reg:pseudohubererror", "reg:gamma", "reg:tweedie", "reg:absoluteerror", "survival:cox", "survival:aft"),
)


class _Metrics(Choice):
    """Metric names, some of which may carry a threshold: ``error@0.7``."""

    def __contains__(self, value: str | int) -> bool:
        return super().__contains__(str(value).partition("@")[0])


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


HYPERPARAMETERS = (
    integer("num_round", 1, required=True),
    integer("csv_weights", 0, 1),
    integer("early_stopping_rounds", 1),
    choice("booster", "gbtree", "gblinear", "dart"),
    integer("verbosity", 0, 3),
    integer("nthread", 1),
    number("eta", SHARE),
    number("gamma", NOT_NEGATIVE),
    integer("max_depth", 0),
    number("min_child_weight", NOT_NEGATIVE),
    number("max_delta_step", NOT_NEGATIVE),
    number("subsample", FRACTION),
    number("colsample_bytree", FRACTION),
    number("colsample_bylevel", FRACTION),
    number("colsample_bynode", FRACTION),
    number("lambda", NOT_NEGATIVE),
    number("alpha", NOT_NEGATIVE),
    choice("tree_method", "auto", "exact", "approx", "hist"),
    number("scale_pos_weight", Interval(0, low_open=True)),
    Hyperparameter("updater", str),
    integer("refresh_leaf", 0, 1),
    choice("process_type", "default", "update"),
    choice("grow_policy", "depthwise", "lossguide"),
    integer("max_leaves", 0),
    integer("max_bin", 0),
    Hyperparameter("monotone_constraints", lambda text: tuple(ast.literal_eval(text))),
    Hyperparameter("interaction_constraints", lambda text: tuple(ast.literal_eval(text))),
    choice("sample_type", "uniform", "weighted"),
    choice("normalize_type", "tree", "forest"),
    number("rate_drop", SHARE),
    integer("one_drop", 0, 1),
    number("skip_drop", SHARE),
    number("tweedie_variance_power", Interval(1, 2, low_open=True, high_open=True)),
    choice("objective", *OBJECTIVES),
    integer("num_class", 2),
    number("base_score", NOT_NEGATIVE),
    Hyperparameter("eval_metric", _words, _Metrics(METRICS)),
    integer("seed"),
    integer("num_parallel_tree", 1),
    choice("save_model_on_termination", "true", "false"),
    choice("aft_loss_distribution", "normal", "logistic", "extreme"),
    number("aft_loss_distribution_scale", Interval(0, low_open=True)),
)
NOT_FOR_XGBOOST = ("num_round", "csv_weights", "early_stopping_rounds", "save_model_on_termination")


def train(job: TrainingInput) -> None:
    """Train on the job's channels and leave the booster in `MODEL_FILE`. Raises UserError."""
    import xgboost

    logging.info("Running XGBoost SageMaker in algorithm mode, xgboost %s", xgboost.__version__)
    watched = [(_matrix(job, "train"), "train")]
    if job.files("validation"):
        watched.append((_matrix(job, "validation"), "validation"))
    try:
        booster = xgboost.train(
            _parameters(job),
            watched[0][0],
            num_boost_round=job.hyperparameters["num_round"],
            evals=watched,
            early_stopping_rounds=job.hyperparameters.get("early_stopping_rounds"),
        )
    except (ValueError, xgboost.core.XGBoostError) as error:
        raise UserError(_first_line(error)) from error
    booster.save_model(job.model / f"{MODEL_FILE}.ubj")
    (job.model / f"{MODEL_FILE}.ubj").rename(job.model / MODEL_FILE)


def _first_line(error: Exception) -> str:
    # XGBoost's messages go on with a stack of addresses.
    return str(error).partition("\nStack trace")[0].strip()


def _parameters(job: TrainingInput) -> dict[str, Any]:
    return {name: value for name, value in job.hyperparameters.items() if name not in NOT_FOR_XGBOOST}


def _matrix(job: TrainingInput, channel: str) -> DMatrix:
    import xgboost

    files = _files(job, channel)
    content_type = job.content_type(channel, "text/libsvm")
    weights = job.hyperparameters.get("csv_weights", 0)
    try:
        matrix = xgboost.DMatrix(f"{';'.join(files)}?{_text_format(content_type, weights)}")
    except xgboost.core.XGBoostError as error:
        raise UserError(f"The {channel} channel is not {content_type}: {_first_line(error)}") from error
    name = "Train" if channel == "train" else "Validation"
    logging.info("%s matrix has %d rows and %d columns", name, matrix.num_row(), matrix.num_col())
    return matrix


def _files(job: TrainingInput, channel: str) -> list[str]:
    folder = job.files(channel)
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []
    shown = [str(path) for path in files if not path.name.startswith((".", "_"))]
    if not shown:
        raise UserError(f"No data in {channel} channel path {folder}")
    return shown


def _text_format(content_type: str, weights: int) -> str:
    """Return the query by which XGBoost's own text reader, the container's too, is told the format."""
    if content_type in (*LIBSVM, "libsvm"):
        return "format=libsvm"
    if content_type in ("text/csv", "csv"):
        return "format=csv&label_column=0" + ("&weight_column=1" if weights else "")
    raise UserError(f"Content type {content_type} is not supported; it must be text/csv or text/libsvm")


class _Predictor:
    """A booster that answers requests."""

    def __init__(self, booster: Booster) -> None:
        self._booster = booster

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        rows = self._rows(body, content_type.partition(";")[0].strip().lower())
        try:
            predictions = self._booster.predict(rows, validate_features=False).tolist()
        except ValueError as error:
            raise BadRequestError(f"Unable to evaluate payload provided: {_first_line(error)}") from error
        return _encode(predictions, accept)

    def _rows(self, body: bytes, content_type: str) -> DMatrix:
        import xgboost

        wanted = self._booster.num_features()
        try:
            values = _values(body.decode(), content_type, wanted)
        except ValueError as error:
            raise UnsupportedMediaTypeError(f"Loading {content_type} data failed: {error}") from error
        if values.shape[1] != wanted:
            raise BadRequestError(
                f"Feature size of inference data {values.shape[1]} is not that of the model, {wanted}"
            )
        return xgboost.DMatrix(values)


def _values(text: str, content_type: str, wanted: int) -> Any:
    if content_type == "text/csv":
        return _csv(text)
    if content_type in LIBSVM:
        return _libsvm(text, wanted)
    raise UnsupportedMediaTypeError(f"Content-type {content_type} not supported: it must be text/csv or text/libsvm")


def _csv(text: str) -> Any:
    """Return the rows of `text` as an array of float32; an empty cell is a missing value."""
    import numpy

    rows = [[float(cell) if cell.strip() else numpy.nan for cell in line.split(",")] for line in text.split()]
    if len({len(row) for row in rows}) != 1:
        raise ValueError("rows are missing or differ in length")
    return numpy.array(rows, dtype=numpy.float32)


def _libsvm(text: str, width: int) -> Any:
    """Return the rows of `text`, ``label index:value ...``, as an array; what is not named is missing."""
    import numpy

    lines = text.strip().splitlines()
    rows = numpy.full((len(lines), width), numpy.nan, dtype=numpy.float32)
    for number_, line in enumerate(lines):
        for cell in line.split():
            index, colon, value = cell.partition(":")
            if colon:
                if int(index) >= width:
                    raise BadRequestError(f"Feature index {index} is beyond the model's {width} features")
                rows[number_, int(index)] = float(value)
    return rows


def _encode(predictions: list[Any], accept: str) -> tuple[bytes, str]:
    wanted = accept.partition(";")[0].strip().lower()
    if wanted in ("text/csv", "*/*", "csv", "application/x-www-form-urlencoded"):
        # The real container tells a batch transform line by line.
        batch = os.environ.get("SAGEMAKER_BATCH") == "true"
        text = "".join(f"{each}\n" for each in predictions) if batch else ",".join(map(str, predictions))
        return text.encode(), "text/csv; charset=utf-8"
    if wanted in ("application/json", "json"):
        scores = [{"score": prediction} for prediction in predictions]
        return json.dumps({"predictions": scores}).encode(), "application/json"
    if wanted in ("application/jsonlines", "jsonlines"):
        return "".join(f"{json.dumps({'score': each})}\n" for each in predictions).encode(), "application/jsonlines"
    raise UnsupportedMediaTypeError(f"Accept type {accept} is not supported: text/csv, application/json or jsonlines")


def load(folder: Path) -> _Predictor:
    """Return a predictor for the first file in `folder`: a booster as saved, or pickled as older containers did."""
    import xgboost

    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    if not files:
        raise FileNotFoundError("model.tar.gz holds no model file")
    file = folder / MODEL_FILE if folder / MODEL_FILE in files else files[0]
    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(file.read_bytes()))
    except xgboost.core.XGBoostError:
        with file.open("rb") as pickled:
            booster = pickle.load(pickled)  # noqa: S301  the model is the account's own, as on AWS
    return _Predictor(booster)


ALGORITHM = Algorithm(
    images={f"sagemaker-xgboost:{tag}": f"xgboost-{tag[:3]}.txt" for tag in ("1.7-1", "3.0-5", "3.2-0")},
    hyperparameters=HYPERPARAMETERS,
    metrics={
        f"{part}:{name}": rf"\b{part}-{name}:([-+.\deE]+|nan)" for part in ("train", "validation") for name in METRICS
    },
    train=train,
    load=load,
    wording=Wording(
        lambda names: f"Missing required hyperparameter: {names[0]}",
        lambda names: f"Extraneous hyperparameter found: {names[0]}",
    ),
    log_line="[%(asctime)s:%(levelname)s] %(message)s",
    log_time="%Y-%m-%d:%H:%M:%S",
)
