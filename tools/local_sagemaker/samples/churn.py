"""Customer churn: 5,000 customers of a telephone company, half of whom left. AWS's own file is synthetic too."""

from __future__ import annotations

from collections.abc import Iterator

from .drawing import Lot, text
from .sample import GENERATED, Sample

ROWS = 5000
STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR "
    "PA RI SC SD TN TX UT VA VT WA WI WV WY"
)
HEADER = (
    *("State", "Account Length", "Area Code", "Phone", "Int'l Plan", "VMail Plan", "VMail Message"),
    *(f"{time} {what}" for time in ("Day", "Eve", "Night", "Intl") for what in ("Mins", "Calls", "Charge")),
    *("CustServ Calls", "Churn?"),
)
YES_OR_NO = {"yes": 1.0, "no": 1.0}


def churn() -> bytes:
    """Return the table with its header."""
    return text([HEADER, *_customers(Lot("churn"))])


def _customers(lot: Lot) -> Iterator[list[object]]:
    for _ in range(ROWS):
        leaves = lot.random() < 0.5
        plan, mail = lot.one_of(YES_OR_NO), lot.one_of(YES_OR_NO)
        phone = f"{lot.randrange(1000):03d}-{lot.randrange(10000):04d}"
        messages = lot.choice((0, 100, 200, 300, 400, 500)) if mail == "yes" else 0
        who = [lot.choice(STATES.split()), lot.randrange(1, 200), lot.choice((408, 415, 510, 657, 806)), phone]
        calls = lot.randrange(4, 11) if leaves else lot.randrange(0, 7)
        yield [*who, plan, mail, messages, *_use(lot, leaves=leaves), calls, f"{leaves}."]


def _use(lot: Lot, *, leaves: bool) -> Iterator[object]:
    """Yield minutes, calls and charge of four times of day; who leaves talks more by day and less in the evening."""
    for mean in (7.2, 4.3, 4.1, 4.9) if leaves else (4.6, 5.6, 4.0, 5.1):
        minutes = lot.within(mean, 1.9, 0, 15)
        yield f"{minutes:.6f}"
        yield lot.randrange(0, 10)
        yield f"{lot.within(minutes * 1.1 + 1, 1.2, 0, 18):.6f}"


SAMPLES = (Sample("datasets/tabular/synthetic/churn.txt", churn, GENERATED, "5,000 rows, 21 columns, with a header"),)
