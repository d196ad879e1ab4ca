"""What the generators of tables share: values drawn by lot from a seed, always the same, and rows as text."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence


class Lot(random.Random):
    """Random numbers from a seed."""

    def one_of(self, weights: Mapping[str, float]) -> str:
        """Return one of the names, as often as its weight says."""
        return self.choices(list(weights), list(weights.values()))[0]

    def within(self, mean: float, deviation: float, low: float, high: float) -> float:
        """Return a normally distributed number, moved to the nearer bound if it is beyond."""
        return min(max(self.gauss(mean, deviation), low), high)

    def happens(self, score: float) -> bool:
        """Return True with the probability ``1 / (1 + exp(-score))``."""
        return self.random() < 1 / (1 + math.exp(-score))


def text(rows: Iterable[Sequence[object]], separator: str = ",") -> bytes:
    """Return rows as lines of text; nothing is quoted."""
    return "".join(f"{separator.join(map(str, row))}\n" for row in rows).encode()
