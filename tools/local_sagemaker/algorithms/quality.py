"""Metrics in the log, worded as Amazon's own algorithms do, and the expressions that find them there.

SageMaker documents only the metrics' names; the wording is that of public training logs, and the expressions are those
that DescribeHyperParameterTuningJob shows for these algorithms.
"""

from __future__ import annotations

import logging

HOST = r"host=\S+"
THROUGHPUT = {"train:throughput": rf"#throughput_metric: {HOST}, train throughput=(\S+) records/second"}
PROGRESS = {"train:progress": rf"#progress_metric: {HOST}, completed (\S+) %"}


def expression(part: str, name: str, kind: str) -> str:
    """Return what finds the metric `name`, itself an expression, of channel `part`; `kind` is loss or score."""
    return rf"#quality_metric: {HOST}, {part} {name} <{kind}>=(\S+)"


def progress(done: int, total: int) -> None:
    """Tell how many epochs are done."""
    logging.info("#progress_metric: host=algo-1, completed %s %% of epochs", 100 * done / total)


def throughput(records: int, seconds: float) -> None:
    """Tell how quickly training went through the data."""
    logging.info("#throughput_metric: host=algo-1, train throughput=%s records/second", records / max(seconds, 1e-9))


def loss(part: str, name: str, value: float) -> None:
    """Tell a metric that should be small; `part` is a channel, or ``epoch=0, train``."""
    logging.info("#quality_metric: host=algo-1, %s %s <loss>=%s", part, name, float(value))


def score(part: str, name: str, value: float) -> None:
    """Tell a metric that should be large."""
    logging.info("#quality_metric: host=algo-1, %s %s <score>=%s", part, name, float(value))
