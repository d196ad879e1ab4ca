"""California housing: blocks of houses and their median value. Columns as in StatLib's data set."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

from .drawing import Lot, text
from .sample import GENERATED, Sample

ROWS = 20_640
COAST = ((-124.2, 41.0), (-122.4, 37.8), (-118.3, 34.0), (-117.2, 32.7))
"""Places by the sea, north to south; around them people live."""

DOMAIN = """\
longitude: continuous.
latitude: continuous.
housingMedianAge: continuous.
totalRooms: continuous.
totalBedrooms: continuous.
population: continuous.
households: continuous.
medianIncome: continuous.
medianHouseValue: continuous.
"""


def archive() -> bytes:
    """Return a tar.gz of ``CaliforniaHousing/cal_housing.data``, which has no header, and ``.domain``."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        _add(tar, "CaliforniaHousing/cal_housing.data", text(_blocks(Lot("housing"))))
        _add(tar, "CaliforniaHousing/cal_housing.domain", DOMAIN.encode())
    return packed.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _blocks(lot: Lot) -> Iterator[list[str]]:
    for _ in range(ROWS):
        place = lot.choices(COAST, (1, 6, 9, 4))[0]
        inland = abs(lot.gauss(0, 0.9))
        longitude, latitude = place[0] + inland, place[1] + lot.gauss(0, 0.5)
        households = max(1, round(lot.lognormvariate(6.0, 0.7)))
        income = lot.within(lot.lognormvariate(1.25, 0.45), 0.1, 0.4999, 15.0001)
        rooms = max(2, round(households * lot.within(4.2 + income / 4, 0.8, 1, 12)))
        bedrooms = max(1, round(rooms * lot.within(0.21, 0.03, 0.1, 0.5)))
        population = max(3, round(households * lot.within(2.9, 0.6, 1, 8)))
        age = round(lot.within(29, 12, 1, 52))
        value = 35_000 + 44_000 * income - 48_000 * inland + 700 * age + lot.gauss(0, 45_000)
        counts = (age, rooms, bedrooms, population, households, income, min(max(value, 14_999), 500_001))
        yield [f"{longitude:.6f}", f"{latitude:.6f}", *(f"{each:.6f}" for each in counts)]


SAMPLES = (
    Sample(
        "datasets/tabular/california_housing/cal_housing.tgz",
        archive,
        GENERATED,
        "20,640 rows: place, six numbers of a block, income, value",
    ),
)
