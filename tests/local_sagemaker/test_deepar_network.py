"""DeepAR's parts: likelihoods and their slopes, the calendar, and what a network learns of a series."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from scipy import stats

from local_sagemaker.algorithms.built_in import forecasting_deepar as deepar
from local_sagemaker.algorithms.built_in.forecasting_deepar.likelihoods import LIKELIHOODS, positive
from local_sagemaker.algorithms.built_in.forecasting_deepar.network import Network
from local_sagemaker.algorithms.built_in.forecasting_deepar.series import Frequency, Kind, Series, calendar

CHANCE = numpy.random.default_rng(2)
SCALE = numpy.array([[0.5], [3.0]])
VALUES = {"negative-binomial": [[0, 2, 7], [1, 0, 30]], "beta": [[0.1, 0.5, 0.9], [0.3, 0.999, 0.02]]}
STEP = 1e-5


def outputs_and_values(name: str) -> tuple[Any, Any]:
    values = numpy.array(VALUES.get(name, [[-0.5, 1.0, 4.0], [2.0, 3.0, 11.0]]), float)
    return CHANCE.normal(size=(2, 3, LIKELIHOODS[name].parameters)), values


def test_all_likelihoods_may_be_asked_for() -> None:
    assert tuple(LIKELIHOODS) == deepar.LIKELIHOODS


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_slopes_of_likelihoods_are_those_of_finite_differences(name: str) -> None:
    outputs, values = outputs_and_values(name)
    log = LIKELIHOODS[name].log
    _, slopes = log(outputs, SCALE, values)
    for place, slope in enumerate(slopes):
        moved = numpy.zeros(outputs.shape[2])
        moved[place] = STEP
        above, below = (log(outputs + sign * moved, SCALE, values)[0] for sign in (1, -1))
        assert slope == pytest.approx((above - below) / (2 * STEP), rel=1e-4, abs=1e-6)


def distribution(name: str, outputs: Any) -> Any:
    """Return SciPy's distribution of the same parameters."""
    first, second, third = (outputs[..., min(place, outputs.shape[2] - 1)] for place in range(3))
    if name == "gaussian":
        return stats.norm(first * SCALE, positive(second) * SCALE)
    if name == "student-T":
        return stats.t(2 + positive(third), first * SCALE, positive(second) * SCALE)
    if name == "negative-binomial":
        mean, shape = positive(first) * SCALE, positive(second) / numpy.sqrt(SCALE)
        return stats.nbinom(1 / shape, 1 / (1 + mean * shape))
    if name == "beta":
        return stats.beta(positive(first), positive(second))
    return stats.laplace(first * SCALE, SCALE)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_likelihoods_are_those_of_scipy(name: str) -> None:
    outputs, values = outputs_and_values(name)
    told = distribution(name, outputs)
    expected = told.logpmf(values) if name == "negative-binomial" else told.logpdf(values)
    assert LIKELIHOODS[name].log(outputs, SCALE, values)[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_what_is_drawn_has_the_mean_of_the_distribution(name: str) -> None:
    outputs, _ = outputs_and_values(name)
    drawn = [LIKELIHOODS[name].draw(outputs, SCALE, CHANCE) for _ in range(4000)]
    told = distribution(name, outputs)
    assert numpy.mean(drawn, axis=0) == pytest.approx(told.mean(), abs=6 * float(told.std().max()) / 4000**0.5)


@pytest.mark.parametrize(
    ("frequency", "start", "places", "expected"),
    [
        # As pandas tells them: month; week; day of week, of month and of year; hour; minute.
        ("M", "2024-11-30", [0, 1, 2], [[11], [12], [1]]),
        ("W", "2020-12-30", [0, 1], [[53], [1]]),
        ("2W", "2020-12-30", [0, 1], [[53], [2]]),
        ("D", "2024-02-28 12:00:00", [0, 1, 2], [[2, 28, 59], [3, 29, 60], [4, 1, 61]]),
        ("H", "2023-12-31 23:15:00", [0, 1], [[23, 6, 31, 365], [0, 0, 1, 1]]),
        ("5min", "1969-12-31 23:58:00", [0, 1], [[58, 23, 2, 31, 365], [3, 0, 3, 1, 1]]),
    ],
)
def test_the_calendar_of_each_unit(frequency: str, start: str, places: list[int], expected: list[list[int]]) -> None:
    largest = {"M": [12], "W": [53], "D": [6, 31, 366], "H": [23, 6, 31, 366], "min": [59, 23, 6, 31, 366]}
    parsed = Frequency.parse(frequency)
    told = (calendar(parsed, start, 3)[places, :-1] + 0.5) * largest[parsed.unit]
    assert told.round(3).tolist() == expected


GIVEN = {
    **{"time_freq": Frequency.parse("D"), "context_length": 5, "prediction_length": 3, "likelihood": "student-T"},
    **{"embedding_dimension": 2, "num_cells": 4, "num_layers": 2, "dropout_rate": 0.0},
}


def test_slopes_of_a_whole_network_are_those_of_finite_differences() -> None:
    network = Network(GIVEN, Kind((3,), 1))
    series = Series(
        "2024-01-01", numpy.array([5, 7, numpy.nan, *range(3, 12)], numpy.float32), (2,), numpy.ones((1, 15))
    )
    windows = network.batch([network.window(series, start) for start in (2, 7, 9)])
    network.learn(windows)
    slopes = {
        name: {each: slope.copy() for each, slope in layer.slopes.items()} for name, layer in network.layers.items()
    }
    for name, layer in network.layers.items():
        for each, value in layer.values.items():
            place = tuple(CHANCE.integers(0, length) for length in value.shape)
            if name == "embedding0":
                place = (2, place[1])
            before = value[place]
            losses = []
            for moved in (before + 0.01, before - 0.01):
                value[place] = moved
                losses.append(network.learn(windows))
            value[place] = before
            assert slopes[name][each][place] == pytest.approx((losses[0] - losses[1]) / 0.02, rel=0.03, abs=1e-3)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_each_likelihood_draws_paths(likelihood: str) -> None:
    network = Network({**GIVEN, "likelihood": likelihood}, Kind((), 0))
    series = Series("2024-01-01", numpy.linspace(0.1, 0.9, 20, dtype=numpy.float32), (), numpy.empty((0, 0)))
    paths = network.draw(series, 7)
    assert paths.shape == (7, 3)
    assert numpy.isfinite(paths).all()
    assert (paths == network.draw(series, 7)).all()
