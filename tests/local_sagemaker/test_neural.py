"""Layers in NumPy: the slopes that each tells are those of finite differences, and optimizers go downhill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import pytest

from local_sagemaker.algorithms.neural import layers as neural
from local_sagemaker.algorithms.neural.convolutions import (
    PLACES,
    BatchNormalization,
    Convolution,
    Largest,
    Mean,
    Rectifier,
)
from local_sagemaker.algorithms.neural.layers import Dropout, Embedding, Layer, Linear, Optimizer, Stack
from local_sagemaker.algorithms.neural.recurrent import Recurrent

CHANCE = numpy.random.default_rng(1)
STEP = 1e-2


def numbers(*shape: int) -> Any:
    return CHANCE.normal(size=shape).astype(numpy.float32)


def slopes_by_differences(loss: Callable[[], float], values: Any) -> Any:
    """Return how `loss` changes with each number of an array."""
    found = numpy.empty_like(values)
    for place in numpy.ndindex(values.shape):
        before = values[place]
        values[place] = before + STEP
        above = loss()
        values[place] = before - STEP
        found[place] = (above - loss()) / (2 * STEP)
        values[place] = before
    return found


def same(told: Any, expected: Any) -> bool:
    return bool(numpy.allclose(told, expected, rtol=0.03, atol=0.03))


def small_network() -> Stack:
    return Stack([Convolution(2, 3, CHANCE), BatchNormalization(3), Rectifier(), Mean(), Linear(3, 2, CHANCE)])


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        (Linear(3, 2, CHANCE), numbers(4, 3)),
        (Linear(3, 2, CHANCE), numbers(2, 4, 3)),
        (Convolution(2, 3, CHANCE), numbers(2, 5, 4, 2)),
        (BatchNormalization(2), numbers(3, 2, 3, 2)),
        (Largest(), numpy.linspace(0, 9, 60, dtype=numpy.float32)[CHANCE.permutation(60)].reshape(2, 5, 3, 2)),
        (Mean(), numbers(2, 3, 4, 2)),
        (Recurrent(3, 2, CHANCE), numbers(2, 4, 3)),
        (Stack([Linear(3, 4, CHANCE), Linear(4, 2, CHANCE)]), numbers(4, 3)),
        (small_network(), numbers(3, 4, 5, 2)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_slopes_are_those_of_finite_differences(layer: Layer, inputs: Any) -> None:
    weights = numbers(*layer.forward(inputs, learning=True).shape)

    def loss() -> float:
        return float((layer.forward(inputs, learning=True).astype(numpy.float64) * weights).sum())

    layer.forward(inputs, learning=True)
    by_inputs = layer.backward(weights)
    for each in neural.leaves([layer]):
        for name, slope in list(each.slopes.items()):
            assert same(slope, slopes_by_differences(loss, each.values[name])), name
    assert same(by_inputs, slopes_by_differences(loss, inputs))


def test_cross_entropy_has_the_slope_of_finite_differences() -> None:
    scores, labels = numbers(4, 3), numpy.array([0, 2, 1, 1])
    _, slope = neural.cross_entropy(scores, labels)
    assert same(slope, slopes_by_differences(lambda: neural.cross_entropy(scores, labels)[0], scores))


def test_categories_that_occur_twice_learn_twice() -> None:
    layer = Embedding(3, 2, CHANCE)
    assert (layer.forward(numpy.array([0, 2, 2])) == layer.values["weight"][[0, 2, 2]]).all()
    layer.backward(numpy.ones((3, 2), numpy.float32))
    assert layer.slopes["weight"].tolist() == [[1, 1], [0, 0], [2, 2]]


def test_dropout_keeps_the_sum_about_as_it_is_and_leaves_answers_alone() -> None:
    ones = numpy.ones((100, 100), numpy.float32)
    layer = Dropout(0.25, CHANCE)
    assert (layer.forward(ones) == ones).all()
    told = layer.forward(ones, learning=True)
    assert set(numpy.unique(told).round(4)) == {0, numpy.float32(1.3333)}
    assert told.mean() == pytest.approx(1, abs=0.03)
    assert (layer.backward(ones) == told).all()
    assert not Dropout(1, CHANCE).forward(ones, learning=True).any()


def test_what_a_recurrent_layer_remembers_can_be_given_back() -> None:
    layer, inputs = Recurrent(3, 2, CHANCE), numbers(2, 6, 3)
    whole, _ = layer.run(inputs, None)
    first, state = layer.run(inputs[:, :4], None)
    second, _ = layer.run(inputs[:, 4:], state)
    assert numpy.allclose(numpy.concatenate([first, second], axis=1), whole, atol=1e-6)


def test_pictures_that_are_computed_in_parts_are_those_of_the_whole() -> None:
    layer = Convolution(1, 2, CHANCE)
    pictures = numbers(5, 128, PLACES // 256, 1)
    one_by_one = numpy.concatenate([layer.forward(each[None]) for each in pictures])
    assert numpy.allclose(layer.forward(pictures), one_by_one, atol=1e-6)


def test_a_normalized_batch_is_remembered_for_later() -> None:
    layer, inputs = BatchNormalization(2), numbers(50, 4, 4, 2) * 3 + 5
    for _ in range(60):
        even = layer.forward(inputs, learning=True)
    assert even.mean() == pytest.approx(0, abs=1e-3)
    assert even.std() == pytest.approx(1, abs=1e-2)
    assert numpy.allclose(layer.forward(inputs), even, atol=0.05)


RULES = {
    "momentum": neural.momentum(0.9, 0.0001),
    "nesterov": neural.momentum(0.9, 0.0001, nesterov=True),
    "adam": neural.adam(),
    "rmsprop": neural.rmsprop(0.9, 1e-8),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_optimizers_find_a_line(rule: neural.Rule) -> None:
    layer, inputs = Linear(1, 1, CHANCE), numbers(64, 1)
    optimizer = Optimizer([layer], 0.03, rule)
    for _ in range(400):
        error = layer.forward(inputs, learning=True) - (2 * inputs + 1)
        layer.backward(error / numpy.float32(len(inputs)))
        optimizer.step()
    assert [float(layer.values[name].item()) for name in ("weight", "bias")] == pytest.approx([2, 1], abs=0.1)


def test_clipped_slopes_keep_their_direction() -> None:
    layer = Linear(1, 1, CHANCE)
    layer.slopes = {"weight": numpy.array([[30]], numpy.float32), "bias": numpy.array([40], numpy.float32)}
    Optimizer([layer], 1, neural.adam()).clip(10)
    assert [float(slope.item()) for slope in layer.slopes.values()] == pytest.approx([6, 8])


def test_a_state_is_restored_and_that_of_another_network_refused() -> None:
    one, other = small_network(), small_network()
    one.forward(numbers(3, 4, 5, 2), learning=True)
    other.restore(one.state())
    pictures = numbers(1, 4, 5, 2)
    assert (one.forward(pictures) == other.forward(pictures)).all()
    with pytest.raises(ValueError, match="not that of this network"):
        other.restore({**one.state(), "0.weight": numbers(1, 1)})
    with pytest.raises(ValueError, match="bias is not that of this network"):
        Linear(2, 2, CHANCE).restore({"weight": numbers(2, 2)})
