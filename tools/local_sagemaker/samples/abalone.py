"""Abalone: the sex and the sizes of shells, and their rings, by which age is told. Columns as in UCI's data set."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from .drawing import Lot, text
from .sample import GENERATED, Sample

ROWS = 4177
TRAINING, VALIDATION = slice(0, 2923), slice(2923, 3549)
TEST = slice(3549, ROWS)
SEXES = {"M": 0.366, "I": 0.321, "F": 0.313}
LIBSVM_SEX = {"M": 1, "F": 2, "I": 3}


@dataclass(frozen=True)
class Abalone:
    """One animal: lengths in units of 200 mm, weights in units of 200 g."""

    sex: str
    sizes: tuple[float, ...]
    rings: int


def animals() -> tuple[Abalone, ...]:
    """Draw all animals."""
    lot = Lot("abalone")
    return tuple(_animal(lot) for _ in range(ROWS))


def _animal(lot: Lot) -> Abalone:
    sex = lot.one_of(SEXES)
    infant = sex == "I"
    length = lot.within(0.43 if infant else 0.57, 0.11 if infant else 0.09, 0.08, 0.81)
    diameter, height = length * lot.within(0.78, 0.02, 0.7, 0.86), length * lot.within(0.266, 0.03, 0.15, 0.4)
    whole = 5.6 * length**3 * lot.within(0.87, 0.09, 0.5, 1.3)
    meat, gut, shell = (whole * lot.within(share, 0.05, 0.1, 0.6) for share in (0.43, 0.22, 0.28))
    rings = 3 + 9 * math.sqrt(shell) + 14 * max(0, shell - 0.36 * meat) + lot.gauss(0, 1.8) + (0 if infant else 1)
    sizes = tuple(round(size, 4) for size in (length, diameter, height, whole, meat, gut, shell))
    return Abalone(sex, sizes, min(max(round(rings), 1), 29))


def raw() -> bytes:
    """Return the table as UCI has it: sex, sizes, rings; no header."""
    return text((each.sex, *each.sizes, each.rings) for each in animals())


def libsvm(part: slice = slice(None)) -> bytes:
    """Return rows as ``rings 1:sex 2:length ...``."""
    return text((_libsvm_row(each) for each in animals()[part]), " ")


def _libsvm_row(animal: Abalone) -> list[str]:
    values = (LIBSVM_SEX[animal.sex], *animal.sizes)
    return [str(animal.rings), *(f"{number}:{value}" for number, value in enumerate(values, start=1))]


def label_first(part: slice) -> bytes:
    """Return rows as XGBoost reads them: rings, sex as a number, sizes; no header."""
    return text((each.rings, LIBSVM_SEX[each.sex], *each.sizes) for each in animals()[part])


def prepared(part: slice, *, labelled: bool) -> bytes:
    """Return rows as the pipelines' preprocessing script leaves them: rings, standardised sizes, sex one-hot F, I, M.

    Without labels they are what a batch transform of that example is given.
    """
    everyone = animals()
    columns = list(zip(*(each.sizes for each in everyone), strict=True))
    scales = [(statistics.fmean(column), statistics.pstdev(column)) for column in columns]
    return text(_prepared_row(each, scales, labelled=labelled) for each in everyone[part])


def _prepared_row(animal: Abalone, scales: Sequence[tuple[float, float]], *, labelled: bool) -> list[float]:
    sizes = [round((size - mean) / spread, 6) for size, (mean, spread) in zip(animal.sizes, scales, strict=True)]
    return [*([float(animal.rings)] if labelled else []), *sizes, *(float(animal.sex == sex) for sex in "FIM")]


FOLDER = "datasets/tabular/uci_abalone"
SAMPLES = (
    Sample(f"{FOLDER}/abalone.csv", raw, GENERATED, "4,177 rows: sex, seven sizes, rings; no header"),
    Sample(f"{FOLDER}/abalone.libsvm", libsvm, GENERATED, "the same as libsvm, rings first"),
    Sample(f"{FOLDER}/train/abalone.train", partial(libsvm, TRAINING), GENERATED, "70 % of it"),
    Sample(f"{FOLDER}/validation/abalone.validation", partial(libsvm, VALIDATION), GENERATED, "15 % of it"),
    Sample(f"{FOLDER}/test/abalone.test", partial(libsvm, TEST), GENERATED, "15 % of it"),
    Sample(
        f"{FOLDER}/train_csv/abalone_dataset1_train.csv",
        partial(label_first, TRAINING),
        GENERATED,
        "rings first, eight numbers; no header",
    ),
    *(
        Sample(
            f"{FOLDER}/preprocessed/{name}.csv",
            partial(prepared, part, labelled=True),
            GENERATED,
            "rings first, standardised sizes, sex one-hot; no header",
        )
        for name, part in (("train", TRAINING), ("validation", VALIDATION), ("test", TEST))
    ),
)
PIPELINE_SAMPLES = (
    Sample("dataset/abalone-dataset.csv", raw, GENERATED, "4,177 rows: sex, seven sizes, rings; no header"),
    Sample(
        "dataset/abalone-dataset-batch",
        partial(prepared, TEST, labelled=False),
        GENERATED,
        "standardised sizes, sex one-hot; no header, no label",
    ),
)
