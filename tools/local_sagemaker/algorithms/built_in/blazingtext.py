"""Built-in BlazingText, computed with fastText, whose binaries AWS's algorithm reads and writes too.

Kept of AWS: the hyperparameters, both modes (Word2Vec: skipgram, cbow and batch_skipgram; and text classification), the
channels ``train`` and ``validation``, the metric and the log's wording, the model files ``vectors.txt`` and
``vectors.bin`` or ``model.bin``, JSON and JSON lines in and out, and models that fastText itself has trained.
Not kept: batch_skipgram is skipgram, and batch_size is read only; words are not compared with WordSimilarity-353,
which is not ours to ship, so there is no train:mean_rho; early stopping (all epochs are trained); augmented manifests,
several hosts, GPUs. One thread and a fixed seed train, so that the same job gives the same model.
Source: developer guide, "BlazingText algorithm".
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..hyperparameters import POSITIVE, boolean, choice, integer, number
from ..json_exchange import JsonExchange
from ..shape import Algorithm, TrainingInput, UserError

LABEL = "__label__"
CLASSIFIER, VECTORS, VECTORS_AS_TEXT = "model.bin", "vectors.bin", "vectors.txt"
SKIPGRAM = ("skipgram", "batch_skipgram")
MODES = (*SKIPGRAM, "cbow", "supervised")
HYPERPARAMETERS = (
    choice("mode", *MODES, required=True),
    integer("batch_size", 1, default=11),
    integer("buckets", 1, default=2_000_000),
    boolean("early_stopping", default=False),
    integer("epochs", 1, default=5),
    boolean("evaluation", default=True),
    number("learning_rate", POSITIVE, default=0.05),
    integer("max_char", 1, default=6),
    integer("min_char", 1, default=3),
    integer("min_count", 0, default=5),
    integer("min_epochs", 1, default=5),
    integer("negative_samples", 1, default=5),
    integer("patience", 1, default=4),
    number("sampling_threshold", POSITIVE, default=0.0001),
    boolean("subwords", default=False),
    integer("vector_dim", 1, default=100),
    integer("window_size", 1, default=5),
    integer("word_ngrams", 1, default=2),
)


def train(job: TrainingInput) -> None:
    """Train on the text of the train channel and leave the model's files. Raises UserError."""
    given, text = job.hyperparameters, _text(job, "train")
    if given["mode"] != "supervised":
        _train_vectors(job, text)
        return
    for channel in ("train", "validation"):
        if job.has(channel):
            _check_labels(channel, _text(job, channel))
    model = _fitted("train_supervised", text, given, wordNgrams=given["word_ngrams"], loss="softmax")
    for channel in ("train", "validation"):
        if job.has(channel):
            count, precision, _ = model.test(str(_text(job, channel)))
            logging.info("#%s_accuracy: %.4f", channel, precision)
            logging.info("Number of %s examples: %d", channel, count)
    model.save_model(str(job.model / CLASSIFIER))


def _text(job: TrainingInput, channel: str) -> Path:
    """Return the one file of a channel."""
    files = [path for path in job.paths(channel) if path.stat().st_size]
    if len(files) != 1:
        raise UserError(f"The data channel '{channel}' must have one text file, but it has {len(files)}")
    try:
        with files[0].open(encoding="utf-8") as opened:
            any(map(len, opened))
    except UnicodeDecodeError as error:
        raise UserError(f"The data channel '{channel}' is not text in UTF-8: {error}") from error
    return files[0]


def _check_labels(channel: str, file: Path) -> None:
    with file.open(encoding="utf-8") as opened:
        for number_, line in enumerate(opened, start=1):
            if line.strip() and LABEL not in line:
                raise UserError(f"Line {number_} of the data channel '{channel}' has no label that begins with {LABEL}")


def _fitted(kind: str, text: Path, given: Mapping[str, Any], **more: Any) -> Any:
    """Return fastText's model. Raises UserError."""
    import fasttext  # type: ignore[import-not-found,unused-ignore]

    try:
        return getattr(fasttext, kind)(
            str(text),
            lr=given["learning_rate"],
            dim=given["vector_dim"],
            epoch=given["epochs"],
            minCount=given["min_count"],
            bucket=given["buckets"],
            thread=1,
            verbose=0,
            **more,
        )
    except (ValueError, RuntimeError) as error:
        hint = " Try a smaller learning_rate." if "NaN" in str(error) else ""
        raise UserError(f"Training failed: {error}{hint}") from error


def _train_vectors(job: TrainingInput, text: Path) -> None:
    given = job.hyperparameters
    subwords = {"minn": given["min_char"], "maxn": given["max_char"]} if given["subwords"] else {"minn": 0, "maxn": 0}
    model = _fitted(
        "train_unsupervised",
        text,
        given,
        model="skipgram" if given["mode"] in SKIPGRAM else "cbow",
        ws=given["window_size"],
        neg=given["negative_samples"],
        t=given["sampling_threshold"],
        **subwords,
    )
    logging.info("Vocabulary size: %d", len(model.words))
    if given["evaluation"]:
        logging.warning("There is no WordSimilarity-353 here: the vectors are not evaluated")
    model.save_model(str(job.model / VECTORS))
    with (job.model / VECTORS_AS_TEXT).open("w", encoding="utf-8") as file:
        file.write(f"{len(model.words)} {model.get_dimension()}\n")
        for word in model.words:
            file.write(f"{word} {' '.join(f'{value:.6g}' for value in model.get_word_vector(word))}\n")


def _asked(instance: Any, configuration: Mapping[str, Any]) -> tuple[str, int]:
    """Return the text of an instance, and how many labels it wants."""
    if isinstance(instance, dict):
        instance, configuration = instance["source"], instance
    if not isinstance(instance, str):
        raise TypeError("each instance must be a text")
    return instance.replace("\n", " "), int(configuration.get("k", 1))


def load(folder: Path) -> JsonExchange:
    """Return what tells the labels of texts or, if the model is of Word2Vec, the vectors of words."""
    import fasttext

    files = {path.name: path for path in sorted(folder.rglob("*.bin"))}
    if not files:
        raise FileNotFoundError(f"model.tar.gz has neither {CLASSIFIER} nor {VECTORS}")
    model = fasttext.load_model(str(files.get(CLASSIFIER) or files.get(VECTORS) or next(iter(files.values()))))
    return JsonExchange(partial(_classify if _labels(model) else _look_up, model))


def _labels(model: Any) -> Sequence[str]:
    try:
        return [label for label in model.get_labels() if label.startswith(LABEL)]
    except ValueError:
        return []


def _classify(model: Any, instance: Any, configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    text, count = _asked(instance, configuration)
    labels, probabilities = model.predict(text, k=count)
    return {"label": list(labels), "prob": [min(float(each), 1.0) for each in probabilities]}


def _look_up(model: Any, instance: Any, configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    word, _ = _asked(instance, configuration)
    return {"word": word, "vector": [float(each) for each in model.get_word_vector(word)]}


ALGORITHM = Algorithm(
    images={"blazingtext:1": "blazingtext-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={f"{part}:accuracy": rf"#{part}_accuracy: (\S+)" for part in ("train", "validation")},
    train=train,
    load=load,
    more_channels=("validation",),
    log_line="%(message)s",
)
