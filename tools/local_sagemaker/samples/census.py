"""Census income: people, and whether they have more than 50,000 dollars. Columns as in UCI's Census-Income (KDD).

The columns of which scikit-learn's processing example makes use are drawn so that they tell something; the others
hold one common value each. There are fewer rows than in the original.
"""

from __future__ import annotations

from collections.abc import Iterator

from .drawing import Lot, text
from .sample import GENERATED, Sample

ROWS = 20_000
COMMON: dict[str, object] = {
    "age": 0,
    "class of worker": "",
    "detailed industry recode": 0,
    "detailed occupation recode": 0,
    "education": "",
    "wage per hour": 0,
    "enroll in edu inst last wk": " Not in universe",
    "marital stat": " Never married",
    "major industry code": "",
    "major occupation code": " Not in universe",
    "race": " White",
    "hispanic origin": " All other",
    "sex": " Female",
    "member of a labor union": " Not in universe",
    "reason for unemployment": " Not in universe",
    "full or part time employment stat": " Children or Armed Forces",
    "capital gains": 0,
    "capital losses": 0,
    "dividends from stocks": 0,
    "tax filer stat": " Nonfiler",
    "region of previous residence": " Not in universe",
    "state of previous residence": " Not in universe",
    "detailed household and family stat": " Householder",
    "detailed household summary in household": " Householder",
    "instance weight": 1700.09,
    "migration code-change in msa": " Nonmover",
    "migration code-change in reg": " Nonmover",
    "migration code-move within reg": " Nonmover",
    "live in this house 1 year ago": " Yes",
    "migration prev res in sunbelt": " Not in universe",
    "num persons worked for employer": 0,
    "family members under 18": " Not in universe",
    "country of birth father": " United-States",
    "country of birth mother": " United-States",
    "country of birth self": " United-States",
    "citizenship": " Native- Born in the United States",
    "own business or self employed": 0,
    "fill inc questionnaire for veteran's admin": " Not in universe",
    "veterans benefits": 2,
    "weeks worked in year": 0,
    "year": 95,
    "income": " - 50000.",
}
"""Every column in its order, and its value where nothing else is drawn."""

WORKERS = {" Private": 72, " Self-employed-not incorporated": 9, " Local government": 8, " State government": 5}
NO_WORKER = " Not in universe"
EDUCATION = {
    " High school graduate": (32, 0.0),
    " Some college but no degree": (19, 0.3),
    " Bachelors degree(BA AB BS)": (14, 1.3),
    " 7th and 8th grade": (6, -1.5),
    " 10th grade": (6, -1.0),
    " Masters degree(MA MS MEng MEd MSW MBA)": (5, 1.9),
    " Doctorate degree(PhD EdD)": (1, 2.6),
}
"""Degrees: how many people of a hundred have them, and how much they tell of income."""

INDUSTRIES = {
    " Retail trade": 17,
    " Manufacturing-durable goods": 9,
    " Education": 8,
    " Finance insurance and real estate": 6,
    " Construction": 6,
    " Business and repair services": 6,
}


def census_income() -> bytes:
    """Return the table with its header."""
    people = _people(Lot("census"))
    return text([tuple(COMMON), *(list((COMMON | each).values()) for each in people)])


def _people(lot: Lot) -> Iterator[dict[str, object]]:
    for _ in range(ROWS):
        age = round(lot.within(36, 21, 0, 90))
        yield _worker(lot, age) if age > 15 and lot.random() < 0.72 else _other(lot, age)


def _other(lot: Lot, age: int) -> dict[str, object]:
    education = " Children" if age < 15 else _education(lot)
    return {
        "age": age,
        "class of worker": NO_WORKER,
        "education": education,
        "major industry code": f"{NO_WORKER} or children",
    }


def _education(lot: Lot) -> str:
    return lot.one_of({name: share for name, (share, _) in EDUCATION.items()})


def _worker(lot: Lot, age: int) -> dict[str, object]:
    education, weeks = _education(lot), 52 if lot.random() < 0.7 else lot.randrange(1, 52)
    gains = lot.choice((3103, 7298, 7688, 15024)) if lot.random() < 0.06 else 0
    losses = lot.choice((1485, 1740, 1902)) if lot.random() < 0.03 else 0
    dividends = round(lot.lognormvariate(5.5, 1.6)) if lot.random() < 0.15 else 0
    score = -5.4 + EDUCATION[education][1] * 1.2 + (min(age, 55) - 30) * 0.045 + weeks * 0.02
    rich = lot.happens(score + (2.5 if gains > 7000 else 0) + (1.2 if dividends > 500 else 0))
    return {
        "age": age,
        "class of worker": lot.one_of(WORKERS),
        "education": education,
        "major industry code": lot.one_of(INDUSTRIES),
        "sex": lot.one_of({" Male": 53, " Female": 47}),
        "full or part time employment stat": " Full-time schedules",
        "capital gains": gains,
        "capital losses": losses,
        "dividends from stocks": dividends,
        "num persons worked for employer": lot.randrange(1, 7),
        "weeks worked in year": weeks,
        "income": " 50000+." if rich else " - 50000.",
    }


SAMPLES = (
    Sample(
        "processing/census/census-income.csv",
        census_income,
        GENERATED,
        "20,000 rows instead of 199,523, 42 columns, with a header",
    ),
)
