"""The distributions that DeepAR may tell of a value: their likelihood, its slope, and values drawn from them.

A network's output becomes parameters, which are stretched by the scale of a series; see `Network`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy
from scipy.special import expit, gammaln, psi

from ...neural.layers import Array, Chance

TINY = 1e-4
LARGEST_MEAN = 1e15
"""What NumPy can still draw a count for."""


@dataclass(frozen=True)
class Likelihood:
    """A distribution with so many `parameters` as a network has outputs.

    `log` tells the logarithm of the likelihood of values and its slopes by the outputs, `draw` draws a value for each
    row. Both take outputs, whose last dimension is that of the parameters, and scales of one dimension less.
    """

    parameters: int
    log: Callable[[Array, Array, Array], tuple[Array, list[Array]]]
    draw: Callable[[Array, Array, Chance], Array]
    is_scaled: bool = True


def positive(output: Array) -> Array:
    """Return what a network means if it says `output` of a number above zero; its slope is ``expit(output)``."""
    return numpy.logaddexp(0, output) + TINY


def _parts(outputs: Array) -> list[Array]:
    return [outputs[..., place].astype(numpy.float64) for place in range(outputs.shape[-1])]


def _log_gaussian(outputs: Array, scale: Array, values: Array) -> tuple[Array, list[Array]]:
    mean, spread = _parts(outputs)
    width = positive(spread) * scale
    away = (values - mean * scale) / width
    log = -0.5 * away**2 - numpy.log(width) - 0.5 * numpy.log(2 * numpy.pi)
    return log, [away / width * scale, (away**2 - 1) / width * scale * expit(spread)]


def _draw_gaussian(outputs: Array, scale: Array, chance: Chance) -> Array:
    mean, spread = _parts(outputs)
    return chance.normal(mean * scale, positive(spread) * scale)


def _log_student(outputs: Array, scale: Array, values: Array) -> tuple[Array, list[Array]]:
    mean, spread, tails = _parts(outputs)
    width, freedom = positive(spread) * scale, 2 + positive(tails)
    away = (values - mean * scale) / width
    far = away**2 / freedom
    log = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - 0.5 * numpy.log(freedom * numpy.pi)
    log = log - numpy.log(width) - (freedom + 1) / 2 * numpy.log1p(far)
    weight = (freedom + 1) / (freedom + away**2)
    by_freedom = psi((freedom + 1) / 2) - psi(freedom / 2) - 1 / freedom - numpy.log1p(far) + weight * far
    by_width = (weight * away**2 - 1) / width * scale
    return log, [weight * away / width * scale, by_width * expit(spread), 0.5 * by_freedom * expit(tails)]


def _draw_student(outputs: Array, scale: Array, chance: Chance) -> Array:
    mean, spread, tails = _parts(outputs)
    return mean * scale + positive(spread) * scale * chance.standard_t(2 + positive(tails))


def _log_negative_binomial(outputs: Array, scale: Array, values: Array) -> tuple[Array, list[Array]]:
    center, spread = _parts(outputs)
    mean, shape = positive(center) * scale, positive(spread) / numpy.sqrt(scale)
    count = 1 / shape
    log = values * numpy.log(mean * shape) - (values + count) * numpy.log1p(mean * shape)
    log = log + gammaln(count + values) - gammaln(1 + values) - gammaln(count)
    by_mean = (values - mean) / (mean * (1 + mean * shape))
    by_count = psi(count + values) - psi(count) - numpy.log1p(mean * shape)
    by_shape = values / shape - (values + count) * mean / (1 + mean * shape) - by_count * count**2
    return log, [by_mean * scale * expit(center), by_shape / numpy.sqrt(scale) * expit(spread)]


def _draw_negative_binomial(outputs: Array, scale: Array, chance: Chance) -> Array:
    center, spread = _parts(outputs)
    mean, shape = positive(center) * scale, positive(spread) / numpy.sqrt(scale)
    return chance.poisson(numpy.minimum(chance.gamma(1 / shape, mean * shape), LARGEST_MEAN))


def _log_beta(outputs: Array, _: Array, values: Array) -> tuple[Array, list[Array]]:
    one, other = (positive(part) for part in _parts(outputs))
    inside = numpy.clip(values, TINY, 1 - TINY)
    logs = [numpy.log(inside), numpy.log1p(-inside)]
    log = (one - 1) * logs[0] + (other - 1) * logs[1] + gammaln(one + other) - gammaln(one) - gammaln(other)
    slopes = [logs[place] + psi(one + other) - psi(each) for place, each in enumerate((one, other))]
    return log, [slope * expit(part) for slope, part in zip(slopes, _parts(outputs), strict=True)]


def _draw_beta(outputs: Array, _: Array, chance: Chance) -> Array:
    one, other = (positive(part) for part in _parts(outputs))
    return chance.beta(one, other)


def _log_exact(outputs: Array, scale: Array, values: Array) -> tuple[Array, list[Array]]:
    # Laplace's distribution: its likelihood is highest where the absolute error is least.
    (value,) = _parts(outputs)
    away = values / scale - value
    return -abs(away) - numpy.log(2 * scale), [numpy.sign(away)]


def _draw_exact(outputs: Array, scale: Array, _: Chance) -> Array:
    (value,) = _parts(outputs)
    return value * scale


LIKELIHOODS = {
    "student-T": Likelihood(3, _log_student, _draw_student),
    "gaussian": Likelihood(2, _log_gaussian, _draw_gaussian),
    "negative-binomial": Likelihood(2, _log_negative_binomial, _draw_negative_binomial),
    "beta": Likelihood(2, _log_beta, _draw_beta, is_scaled=False),
    "deterministic-L1": Likelihood(1, _log_exact, _draw_exact),
}
