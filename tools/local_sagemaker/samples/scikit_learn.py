"""Data that ships with scikit-learn, in the form in which UCI has it. It is read from the image of the algorithms."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from .. import images
from .drawing import text
from .sample import Sample

SHIPPED = "scikit-learn's own copy"
IMAGE = "pca:1"
"""An image that has scikit-learn. It is built on first use, as for a job."""

SPECIES = ("Iris-setosa", "Iris-versicolor", "Iris-virginica")
DIAGNOSES = ("M", "B")
FIRST_ID = 842302


def rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table of scikit-learn's, such as ``iris.csv``, with its header if it has one."""
    python = images.python_of(images.find(IMAGE))
    (file,) = Path(python).parent.parent.glob(f"lib/python*/site-packages/sklearn/datasets/data/{name}")
    content = file.read_bytes()
    yield from csv.reader((gzip.decompress(content) if name.endswith(".gz") else content).decode().splitlines())


def iris() -> bytes:
    """Return four sizes of a flower and its species; no header."""
    table = list(rows("iris.csv"))[1:]
    return text([*sizes, SPECIES[int(species)]] for *sizes, species in table)


def breast_cancer() -> bytes:
    """Return a number in place of the patient's, the diagnosis and 30 measurements; no header."""
    table = list(rows("breast_cancer.csv"))[1:]
    return text(
        [FIRST_ID + number, DIAGNOSES[int(diagnosis)], *cells] for number, (*cells, diagnosis) in enumerate(table)
    )


SAMPLES = (
    Sample("datasets/tabular/iris/iris.data", iris, SHIPPED, "150 rows: four sizes, species; no header"),
    Sample(
        "datasets/tabular/breast_cancer/wdbc.csv",
        breast_cancer,
        f"{SHIPPED}; the ids are counted",
        "569 rows: id, diagnosis, 30 measurements; no header",
    ),
)
