"""A recurrent layer. Source: Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997), with a forget gate."""

from __future__ import annotations

from typing import Any

import numpy
from scipy.special import expit

from .layers import Array, Chance, Layer, uniform


class Recurrent(Layer):
    """LSTM: rows of shape (rows, moments, `before`) become (rows, moments, `cells`).

    `state` are what the cells gave and what they remember, each of shape (rows, cells).
    """

    def __init__(self, before: int, cells: int, chance: Chance) -> None:
        shapes = {"weight": (before, 4 * cells), "recurrent": (cells, 4 * cells), "bias": (4 * cells,)}
        super().__init__({name: uniform(chance, shape, cells) for name, shape in shapes.items()})
        self.cells = cells
        self._seen: tuple[Array, ...] = ()

    def forward(self, inputs: Array, *, learning: bool = False) -> Array:
        """Return what the cells give at each moment, when they remember nothing at first."""
        return self.run(inputs, None, learning=learning)[0]

    def run(self, inputs: Array, state: Any, *, learning: bool = False) -> tuple[Array, Any]:
        """Return what the cells give at each moment, and the state after the last."""
        count, moments, cells = len(inputs), inputs.shape[1], self.cells
        given, memory = numpy.zeros((2, moments + 1, count, cells), numpy.float32)
        if state:
            given[0], memory[0] = state
        # The gates in the first three parts, what may be remembered in the fourth.
        parts = numpy.ascontiguousarray((inputs @ self.values["weight"] + self.values["bias"]).transpose(1, 0, 2))
        for moment, part in enumerate(parts):
            part += given[moment] @ self.values["recurrent"]
            expit(part[:, : 3 * cells], out=part[:, : 3 * cells])
            numpy.tanh(part[:, 3 * cells :], out=part[:, 3 * cells :])
            let_in, keep, give, new = numpy.split(part, 4, axis=1)
            memory[moment + 1] = keep * memory[moment] + let_in * new
            given[moment + 1] = give * numpy.tanh(memory[moment + 1])
        self._seen = (inputs, parts, given, memory) if learning else ()
        return given[1:].transpose(1, 0, 2), (given[-1], memory[-1])

    def backward(self, slope: Array) -> Array:
        """Return the slope by the inputs, back through all moments."""
        inputs, parts, given, memory = self._seen
        by_parts = numpy.empty_like(parts)
        by_given, by_memory = numpy.zeros((2, *given.shape[1:]), numpy.float32)
        for moment in reversed(range(len(parts))):
            let_in, keep, give, new = numpy.split(parts[moment], 4, axis=1)
            remembered = numpy.tanh(memory[moment + 1])
            by_given = by_given + slope[:, moment]
            by_memory = by_memory + by_given * give * (1 - remembered**2)
            by_parts[moment] = numpy.concatenate(
                [
                    by_memory * new * let_in * (1 - let_in),
                    by_memory * memory[moment] * keep * (1 - keep),
                    by_given * remembered * give * (1 - give),
                    by_memory * let_in * (1 - new**2),
                ],
                axis=1,
            )
            by_memory = by_memory * keep
            by_given = by_parts[moment] @ self.values["recurrent"].T
        rows = by_parts.reshape(-1, by_parts.shape[2])
        self.slopes = {
            "weight": inputs.transpose(1, 0, 2).reshape(-1, inputs.shape[2]).T @ rows,
            "recurrent": given[:-1].reshape(-1, self.cells).T @ rows,
            "bias": rows.sum(axis=0),
        }
        return (by_parts @ self.values["weight"].T).transpose(1, 0, 2)
