"""Bank marketing: calls to customers, and whether they subscribed. Columns and words as in UCI's bank-additional-full.

AWS's copy is separated by commas where UCI's has semicolons.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from .drawing import Lot, text
from .sample import GENERATED, Sample

ROWS = 41_188
NOT_CALLED_BEFORE = 999
HEADER = (
    *("age", "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week"),
    *("duration", "campaign", "pdays", "previous", "poutcome", "emp.var.rate", "cons.price.idx", "cons.conf.idx"),
    *("euribor3m", "nr.employed", "y"),
)
JOBS = {
    "admin.": 25.3,
    "blue-collar": 22.5,
    "technician": 16.4,
    "services": 9.6,
    "management": 7.1,
    "retired": 4.2,
    "entrepreneur": 3.5,
    "self-employed": 3.5,
    "housemaid": 2.6,
    "unemployed": 2.5,
    "student": 2.1,
    "unknown": 0.7,
}
MARITAL = {"married": 60.5, "single": 28, "divorced": 11.2, "unknown": 0.3}
EDUCATION = {
    "university.degree": 29.5,
    "high.school": 23.1,
    "basic.9y": 14.7,
    "professional.course": 12.7,
    "basic.4y": 10.1,
    "basic.6y": 5.6,
    "unknown": 4.2,
    "illiterate": 0.1,
}
DEFAULT = {"no": 79, "unknown": 20.9, "yes": 0.1}
HOUSING = {"yes": 52.4, "no": 45.2, "unknown": 2.4}
LOAN = {"no": 82.4, "yes": 15.2, "unknown": 2.4}
DAYS = {"mon": 1, "tue": 1, "wed": 1, "thu": 1, "fri": 1}


class Time(NamedTuple):
    """A part of the campaign: its share, its months, and what the economy was like."""

    share: float
    months: tuple[str, ...]
    employment_variation: float
    prices: float
    confidence: float
    euribor: float
    employed: float


TIMES = (
    Time(0.24, ("may", "jun"), 1.1, 93.994, -36.4, 4.857, 5191.0),
    Time(0.39, ("jun", "jul", "aug"), 1.4, 93.918, -42.7, 4.962, 5228.1),
    Time(0.09, ("nov",), -0.1, 93.2, -42.0, 4.12, 5195.8),
    Time(0.22, ("mar", "apr", "may"), -1.8, 92.893, -46.2, 1.3, 5099.1),
    Time(0.06, ("aug", "sep", "oct", "dec"), -3.4, 92.431, -26.9, 0.74, 5017.5),
)


def table() -> bytes:
    """Return the table with its header."""
    return text([HEADER, *_calls(Lot("bank marketing"))])


def archive() -> bytes:
    """Return a zip with ``bank-additional/bank-additional-full.csv``."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(zipfile.ZipInfo("bank-additional/bank-additional-full.csv"), table())
    return packed.getvalue()


def _calls(lot: Lot) -> Iterator[list[object]]:
    for _ in range(ROWS):
        time = lot.choices(TIMES, [each.share for each in TIMES])[0]
        before = lot.random() < (0.3 if time.euribor < 2 else 0.06)
        success = before and lot.random() < 0.25
        duration = round(lot.lognormvariate(5.2, 0.9))
        subscribed = lot.happens(_score(time, duration, success=success))
        days_ago = lot.randrange(2, 12) if success else NOT_CALLED_BEFORE
        outcome = "success" if success else "failure" if before else "nonexistent"
        called = [duration, min(43, 1 + int(lot.expovariate(0.64))), days_ago, int(before) + int(success), outcome]
        yield [*_customer(lot), *_contact(lot, time), *called, *_economy(lot, time), "yes" if subscribed else "no"]


def _score(time: Time, duration: int, *, success: bool) -> float:
    return -4.4 + 0.0042 * min(duration, 1200) - 0.62 * time.employment_variation + (2.1 if success else 0)


def _customer(lot: Lot) -> list[object]:
    words = (lot.one_of(words) for words in (JOBS, MARITAL, EDUCATION, DEFAULT, HOUSING, LOAN))
    return [round(lot.within(40, 10.4, 17, 98)), *words]


def _contact(lot: Lot, time: Time) -> list[object]:
    by = "telephone" if lot.random() < (0.6 if time.employment_variation == 1.1 else 0.25) else "cellular"
    return [by, lot.choice(time.months), lot.one_of(DAYS)]


def _economy(lot: Lot, time: Time) -> list[object]:
    euribor = round(max(0.634, lot.gauss(time.euribor, 0.02)), 3)
    return [time.employment_variation, time.prices, time.confidence, euribor, time.employed]


ABOUT = "41,188 rows, 21 columns, with a header"
SAMPLES = (
    Sample("datasets/tabular/uci_bank_marketing/bank-additional-full.csv", table, GENERATED, ABOUT),
    Sample("datasets/tabular/uci_bank_marketing/bank-additional.zip", archive, GENERATED, ABOUT),
)
REGIONAL_SAMPLES = (Sample("autopilot/direct_marketing/bank-additional.zip", archive, GENERATED, ABOUT),)
