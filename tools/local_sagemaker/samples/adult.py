"""Adult: people of a census, and whether they earn more than 50,000 dollars. Columns and words as in UCI's data set."""

from __future__ import annotations

from collections.abc import Iterator

from .drawing import Lot, text
from .sample import GENERATED, Sample

TRAINING_ROWS, TEST_ROWS = 32_561, 16_281
UNKNOWN = "?"
WORK_CLASSES = {
    "Private": 70,
    "Self-emp-not-inc": 8,
    "Local-gov": 6.5,
    UNKNOWN: 5.5,
    "State-gov": 4,
    "Self-emp-inc": 3.5,
    "Federal-gov": 3,
}
EDUCATION = {
    "9th": (5, 1.6),
    "11th": (7, 3.6),
    "HS-grad": (9, 33),
    "Some-college": (10, 22.5),
    "Assoc-voc": (11, 4.3),
    "Bachelors": (13, 16.5),
    "Masters": (14, 5.3),
    "Prof-school": (15, 1.8),
    "Doctorate": (16, 1.3),
}
"""Degrees: their number in the table, and how many people of a hundred have them."""

OCCUPATIONS = {
    "Prof-specialty": 12.7,
    "Craft-repair": 12.6,
    "Exec-managerial": 12.5,
    "Adm-clerical": 11.6,
    "Sales": 11.2,
    "Other-service": 10.1,
    "Machine-op-inspct": 6.1,
    UNKNOWN: 5.7,
    "Transport-moving": 4.9,
    "Handlers-cleaners": 4.2,
    "Farming-fishing": 3.1,
    "Tech-support": 2.9,
}
WELL_PAID = {"Prof-specialty": 0.6, "Exec-managerial": 0.9, "Sales": 0.2, "Tech-support": 0.5}
RACES = {"White": 85.4, "Black": 9.6, "Asian-Pac-Islander": 3.2, "Amer-Indian-Eskimo": 1, "Other": 0.8}
COUNTRIES = {"United-States": 89.6, "Mexico": 2, UNKNOWN: 1.8, "Philippines": 0.6, "Germany": 0.4, "Canada": 0.4}
SINGLE = {"Never-married": 62, "Divorced": 26, "Widowed": 6, "Separated": 6}


def training() -> bytes:
    """Return the training table: 15 columns, no header."""
    return text(_people(Lot("adult training"), TRAINING_ROWS, ""), ", ")


def test() -> bytes:
    """Return the test table: it begins with a line that is no row, and its labels end with a full stop, as UCI's do."""
    return b"|1x3 Cross validator\n" + text(_people(Lot("adult test"), TEST_ROWS, "."), ", ")


def _people(lot: Lot, count: int, end: str) -> Iterator[list[object]]:
    for _ in range(count):
        person = _person(lot)
        yield [*person, f"{'>50K' if _earns_much(lot, person) else '<=50K'}{end}"]


def _person(lot: Lot) -> list[object]:
    age, sex = round(lot.within(38.6, 13.6, 17, 90)), lot.one_of({"Male": 67, "Female": 33})
    education = lot.one_of({name: share for name, (_, share) in EDUCATION.items()})
    married = lot.happens((age - 33) / 9 + (0.4 if sex == "Male" else -1.2))
    family = ["Married-civ-spouse", "Husband" if sex == "Male" else "Wife"] if married else _single(lot, age)
    gain = lot.choice((3103, 5178, 7298, 7688, 15024)) if lot.random() < 0.083 else 0
    loss = lot.choice((1408, 1485, 1602, 1887, 1902)) if not gain and lot.random() < 0.047 else 0
    hours = 40 if lot.random() < 0.47 else round(lot.within(41, 14, 1, 99))
    return [
        *(age, lot.one_of(WORK_CLASSES), round(lot.lognormvariate(12.05, 0.5)), education, EDUCATION[education][0]),
        *(family[0], lot.one_of(OCCUPATIONS), family[1], lot.one_of(RACES), sex, gain, loss, hours),
        lot.one_of(COUNTRIES),
    ]


def _single(lot: Lot, age: int) -> list[str]:
    status = "Never-married" if age < 25 else lot.one_of(SINGLE)
    return [
        status,
        "Own-child" if age < 25 else lot.one_of({"Not-in-family": 68, "Unmarried": 28, "Other-relative": 4}),
    ]


def _earns_much(lot: Lot, person: list[object]) -> bool:
    age, degree, married, job = int(str(person[0])), int(str(person[4])), person[5], str(person[6])
    gain, hours = int(str(person[10])), int(str(person[12]))
    score = -5.6 + 0.36 * (degree - 9) + 0.03 * (min(age, 55) - 30) + 0.035 * (hours - 40) + WELL_PAID.get(job, -0.1)
    return lot.happens(score + (4 if married == "Married-civ-spouse" else 1.2) + (3 if gain > 7000 else 0))


FOLDER = "datasets/tabular/uci_adult"
SAMPLES = (
    Sample(f"{FOLDER}/adult.data", training, GENERATED, "32,561 rows, 15 columns; no header"),
    Sample(f"{FOLDER}/adult.test", test, GENERATED, "16,281 rows after a line that is none"),
)
