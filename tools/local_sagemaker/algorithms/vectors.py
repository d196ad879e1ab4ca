"""Rows of numbers as they come in, dense or sparse, and tables made of them.

A sparse row says how long it is in one number, so a few bytes may ask for any amount of memory: a table is made only
after the length of each row, and the size of the whole, are known to be right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_NUMBERS = 2**30
"""Numbers in a dense table: 4 GB of float32."""


class WrongShapeError(ValueError):
    """Rows that do not fit together, that contradict themselves, or whose table would be too large."""


@dataclass(frozen=True)
class Vector:
    """`size` numbers: all of them in `values`, float32, or those at the places `keys` only, others being zero."""

    values: NDArray[Any]
    size: int
    keys: NDArray[Any] | None = None

    @classmethod
    def dense(cls, numbers: Iterable[float]) -> Vector:
        """Return all of `numbers`. Raises ValueError or TypeError."""
        import numpy

        values = numpy.asarray(numbers if isinstance(numbers, list) else list(numbers), numpy.float32)
        if values.ndim != 1:
            raise WrongShapeError("A row is not a list of numbers")
        return cls(values, len(values))

    @classmethod
    def sparse(cls, numbers: Sequence[float], keys: Sequence[int], shape: Sequence[int]) -> Vector:
        """Return `numbers` at the places `keys`. Raises WrongShapeError, ValueError or TypeError."""
        import numpy

        values, size = cls.dense(numbers).values, math.prod(map(int, shape)) if len(shape) else 0
        try:
            places = numpy.asarray(keys, numpy.int64)
        except OverflowError as error:
            raise WrongShapeError("A sparse row has a key that is too large") from error
        if len(values) != len(places) or (len(places) and not 0 <= places.min() <= places.max() < size):
            raise WrongShapeError("A sparse row's keys do not fit its values or its shape")
        return cls(values, size, places)


def width(rows: Sequence[Vector]) -> int:
    """Return the length that all rows have. Raises WrongShapeError."""
    sizes = {row.size for row in rows}
    if len(sizes) != 1:
        raise WrongShapeError("Rows differ in length" if sizes else "There are no rows")
    return sizes.pop()


def dense_table(rows: Sequence[Vector]) -> NDArray[Any]:
    """Return rows as an array of shape (rows, width). Raises WrongShapeError."""
    import numpy

    if len(rows) * width(rows) > MOST_NUMBERS:
        raise WrongShapeError(f"{len(rows)} rows of {width(rows)} numbers are too many to have them all in memory")
    if all(row.keys is None for row in rows):
        return numpy.stack([row.values for row in rows])
    table = numpy.zeros((len(rows), width(rows)), numpy.float32)
    for place, row in enumerate(rows):
        table[place, slice(None) if row.keys is None else row.keys] = row.values
    return table


def sparse_table(rows: Sequence[Vector]) -> Any:
    """Return rows as SciPy's `csr_matrix` of shape (rows, width). Raises WrongShapeError."""
    import numpy
    from scipy.sparse import csr_matrix

    columns = [numpy.arange(row.size) if row.keys is None else row.keys for row in rows]
    starts = numpy.concatenate([[0], numpy.cumsum([len(row.values) for row in rows])])
    values = numpy.concatenate([row.values for row in rows])
    return csr_matrix((values, numpy.concatenate(columns), starts), shape=(len(rows), width(rows)))
