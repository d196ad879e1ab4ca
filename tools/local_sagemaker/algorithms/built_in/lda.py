"""Built-in LDA, computed with scikit-learn's variational Bayes.

Kept of AWS: the hyperparameters, CSV and RecordIO-protobuf in File and Pipe mode, the channels ``train`` and ``test``,
the metric, all request and answer formats, and the model file: alpha, the prior of the topics, and beta, of shape
(num_topics, feature_dim), the probability of each word in each topic.
Not kept: tensor spectral decomposition, so max_restarts and tol, which belong to it, are read and checked only. The
random seed is fixed.
Source: developer guide, "How LDA Works"; Hoffman, Blei and Bach, "Online Learning for Latent Dirichlet Allocation"
(2010).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import artifacts, examples, quality
from ..exchange import Exchange, Row
from ..hyperparameters import FORCE_DENSE, POSITIVE, integer, number
from ..shape import Algorithm, BadRequestError, TrainingInput, UserError

SEED = 0
ROUNDS_BETWEEN_CHECKS = 5
"""After so many rounds it is seen whether another one would still change much."""

HYPERPARAMETERS = (
    integer("num_topics", 1, required=True),
    integer("feature_dim", 1, required=True),
    integer("mini_batch_size", 1, required=True),
    number("alpha0", POSITIVE, default=1.0),
    integer("max_iterations", 1, default=1000),
    integer("max_restarts", 0, default=10),
    number("tol", POSITIVE, default=1e-8),
    FORCE_DENSE,
)


def train(job: TrainingInput) -> None:
    """Find the topics of the train channel and leave them in the model file. Raises UserError."""
    import numpy
    from sklearn.decomposition import LatentDirichletAllocation

    given, documents = job.hyperparameters, _read(job, "train")
    test = _read(job, "test") if job.has("test") else None
    started, prior = time.monotonic(), given["alpha0"] / given["num_topics"]
    model = LatentDirichletAllocation(
        given["num_topics"],
        doc_topic_prior=prior,
        max_iter=given["max_iterations"],
        evaluate_every=ROUNDS_BETWEEN_CHECKS,
        random_state=SEED,
    ).fit(documents)
    quality.progress(1, 1)
    quality.throughput(documents.shape[0], time.monotonic() - started)
    for part, each in {"train": documents, "test": test}.items():
        if each is not None:
            likelihood = float(model.score(each) / max(each.sum(), 1))
            logging.info("#test_score (algo-1) : ('per_word_log_likelihood', %s)", likelihood)
            quality.score(part, "pwll", likelihood)
    seen = model.components_.sum(axis=1)
    beta = (model.components_ / seen[:, None]).astype(numpy.float32)
    alpha = numpy.full(given["num_topics"], prior, numpy.float32)
    artifacts.save_list(job.model, alpha, beta, seen=seen.tolist())


def _read(job: TrainingInput, channel: str) -> Any:
    """Return how often each document has each word, as SciPy's `csr_matrix`."""
    documents = examples.read(job, channel, labelled=False, sparse=True).features
    if documents.nnz and documents.data.min() < 0:
        raise UserError(f"The data channel '{channel}' has a negative number; a word occurs zero times or more often")
    return documents


def load(folder: Path) -> Exchange:
    """Return what tells how much of each topic a document of a request has."""
    import numpy
    from sklearn.decomposition import LatentDirichletAllocation

    alpha, beta = artifacts.load_list(folder)
    components = beta * numpy.array(artifacts.settings(folder)["seen"])[:, None]
    # Only its words by topic are what such a model has learned.
    topics, words = components.shape
    model = LatentDirichletAllocation(topics, doc_topic_prior=float(alpha[0]), max_iter=1, random_state=SEED)
    model.fit(numpy.ones((1, words)))
    model.components_ = components
    model.exp_dirichlet_component_ = _expected(components)

    def predict(rows: Any, _: Mapping[str, str]) -> list[Row]:
        if rows.nnz and rows.data.min() < 0:
            raise BadRequestError("Unable to evaluate payload provided: a word occurs zero times or more often")
        return [{"topic_mixture": mixture} for mixture in model.transform(rows).tolist()]

    return Exchange(words, predict, sparse=True)


def _expected(components: Any) -> Any:
    """Return exp(E[log beta]) of topics whose words are Dirichlet distributed."""
    import numpy
    from scipy.special import psi

    return numpy.exp(psi(components) - psi(components.sum(axis=1, keepdims=True)))


ALGORITHM = Algorithm(
    images={"lda:1": "amazon-algorithms-1.txt"},
    hyperparameters=HYPERPARAMETERS,
    metrics={
        "train:pwll": quality.expression("train", "pwll", "score"),
        "test:pwll": quality.expression("test", "pwll", "score"),
        **quality.PROGRESS,
        **quality.THROUGHPUT,
    },
    train=train,
    load=load,
    more_channels=("test",),
)
