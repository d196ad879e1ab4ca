"""Taxi rides in New York by half-hours, with days that are not as others. Columns as in the Numenta benchmark."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from .drawing import Lot, text
from .sample import GENERATED, Sample

ROWS = 10_320
BEGINNING = datetime(2014, 7, 1)
HALF_HOUR = timedelta(minutes=30)
ANOMALIES = {
    (2014, 11, 2): 1.35,
    (2014, 11, 27): 0.65,
    (2014, 12, 25): 0.45,
    (2015, 1, 1): 1.4,
    (2015, 1, 27): 0.15,
}
"""Days that are not as others, and how many times as many rides they have: the days of the original."""


def rides() -> bytes:
    """Return time and number of rides, with a header."""
    return text([("timestamp", "value"), *_half_hours(Lot("taxi"))])


def _half_hours(lot: Lot) -> Iterator[tuple[str, int]]:
    for number in range(ROWS):
        time = BEGINNING + number * HALF_HOUR
        hour = time.hour + time.minute / 60
        usual = 15_000 - 9_000 * math.cos((hour - 4.5) / 24 * math.tau) + 3_000 * math.sin((hour - 1) / 12 * math.tau)
        week = 1.1 if time.weekday() in (4, 5) else 0.95
        unusual = ANOMALIES.get((time.year, time.month, time.day), 1)
        yield time.isoformat(" "), max(8, round(usual * week * unusual + lot.gauss(0, 700)))


SAMPLES = (
    Sample(
        "datasets/tabular/anomaly_benchmark_taxi/NAB_nyc_taxi.csv",
        rides,
        GENERATED,
        "10,320 half-hours: timestamp, value, with a header",
    ),
)
