"""Electricity: what meters in Portugal read every quarter of an hour for four years. Form as in UCI's data set.

Each meter has its own size and mix of a day's, a week's and a year's course; some begin later than others, as there.
There are fewer of them than in the original.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from .sample import GENERATED, Sample

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

METERS = 20
DAYS = 1461
"""From 2011 to 2014."""

A_DAY = 96
"""Quarters of an hour."""

NAME = "LD2011_2014.txt"


def archive() -> bytes:
    """Return a zip with the table: time and meters with a header, separated by semicolons, decimals after commas."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as files:
        files.writestr(zipfile.ZipInfo(NAME), _table())
    return packed.getvalue()


def _table() -> str:
    import numpy

    lot = numpy.random.default_rng(2011)
    quarters = numpy.arange(1, DAYS * A_DAY + 1)
    times = numpy.datetime64("2011-01-01T00:00:00") + quarters * numpy.timedelta64(15, "m")
    meters = numpy.stack([_meter(lot, quarters) for _ in range(METERS)], axis=1)
    header = ";".join(['""', *(f'"MT_{number:03d}"' for number in range(1, METERS + 1))])
    stamps = (str(time).replace("T", " ") for time in times)
    rows = (f'"{stamp}";{";".join(map(str, row))}' for stamp, row in zip(stamps, meters.tolist(), strict=True))
    # Python writes decimals after a point, and there is no other point in the table.
    return "\n".join([header, *rows]).replace(".", ",") + "\n"


def _meter(lot: Generator, quarters: NDArray[Any]) -> NDArray[Any]:
    """Return the readings of one meter in kW, to two decimals."""
    import numpy

    size, noise = lot.lognormal(4.5, 0.8), lot.normal(0, 0.05, len(quarters))
    days = quarters / A_DAY
    morning, weekend, winter = lot.uniform(0.2, 0.5), lot.uniform(0, 0.3), lot.uniform(-0.2, 0.2)
    course = 1 + morning * numpy.sin((days % 1 - 0.3) * 2 * numpy.pi) + winter * numpy.cos(days / 365.25 * 2 * numpy.pi)
    course -= weekend * (((days + 5) % 7) >= 5)  # the first day was a Saturday
    begins = int(lot.choice([0, 0, 0, 365])) * A_DAY
    readings = numpy.round(size * numpy.clip(course + noise, 0.05, None), 2)
    readings[:begins] = 0
    return numpy.asarray(readings)


SAMPLES = (
    Sample(
        f"datasets/timeseries/uci_electricity/{NAME}.zip",
        archive,
        GENERATED,
        "140,256 quarters of an hour, 20 meters instead of 370, with a header",
    ),
)
