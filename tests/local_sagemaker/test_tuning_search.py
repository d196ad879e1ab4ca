"""How a tuning job chooses hyperparameters, and which jobs it would end early: the search by itself."""

from __future__ import annotations

from typing import Any

import pytest

from local_sagemaker.jobs.tuning.axes import BadRangeError
from local_sagemaker.jobs.tuning.search import Rules, Search


def continuous(low: str, high: str, scaling: str = "Auto") -> dict[str, Any]:
    one = {"Name": "x", "MinValue": low, "MaxValue": high, "ScalingType": scaling}
    return {"ContinuousParameterRanges": [one]}


def integers(low: str, high: str, scaling: str = "Auto") -> dict[str, Any]:
    return {"IntegerParameterRanges": [{"Name": "x", "MinValue": low, "MaxValue": high, "ScalingType": scaling}]}


def search(ranges: dict[str, Any], strategy: str = "Random", **rules: Any) -> Search:
    return Search(ranges, Rules(strategy, minimize=True, seed=1, **rules))


def proposals(one: Search, count: int) -> list[float]:
    return [float(one.propose()[1]["x"]) for _ in range(count)]


def test_a_logarithmic_range_is_searched_as_densely_near_its_lower_end() -> None:
    found = proposals(search(continuous("0.0001", "1", "Logarithmic")), 200)
    assert all(0.0001 <= value <= 1 for value in found)
    assert 60 < sum(value < 0.01 for value in found) < 140


def test_a_wide_range_is_searched_logarithmically_of_itself() -> None:
    assert sum(value < 0.01 for value in proposals(search(continuous("0.0001", "1")), 200)) > 60
    assert sum(value < 100 for value in proposals(search(integers("1", "1000")), 100)) > 40


def test_a_linear_range_is_searched_evenly() -> None:
    assert sum(value < 0.01 for value in proposals(search(continuous("0.0001", "1", "Linear")), 200)) < 20


def test_a_reverse_logarithmic_range_is_searched_densely_near_one() -> None:
    found = proposals(search(continuous("0", "0.9999", "ReverseLogarithmic")), 200)
    assert all(0 <= value <= 0.9999 for value in found)
    assert sum(value > 0.9 for value in found) > 100


def test_a_seed_repeats_a_search() -> None:
    first, second = (proposals(search(continuous("0", "1")), 5) for _ in range(2))
    assert first == second


def test_nothing_is_tried_twice_while_something_is_left() -> None:
    assert sorted(proposals(search(integers("1", "6")), 6)) == [1, 2, 3, 4, 5, 6]


def test_a_bayesian_search_learns_where_it_is_good() -> None:
    one = search(continuous("0", "1"), "Bayesian")
    for _ in range(60):
        number, values = one.propose()
        one.learn(number, (float(values["x"]) - 0.3) ** 2)
    assert sum(0.1 < value < 0.5 for value in proposals(one, 20)) > 12


def after(one: Search, *objectives: float) -> list[bool]:
    """Return of a new job, after each epoch, whether it would be ended."""
    number, _ = one.propose()
    ends = [one.hopeless(number, epoch, objective) for epoch, objective in enumerate(objectives, 1)]
    one.learn(number, objectives[-1], stopped=any(ends))
    return ends


def test_a_job_ends_when_it_is_worse_than_the_median_of_the_running_means() -> None:
    one = search(continuous("0", "1"), early=True)
    assert after(one, 0.9, 0.5, 0.1) == [False, False, False]  # running means 0.9, 0.7, 0.5
    assert after(one, 0.8, 0.6, 0.6) == [False, False, True]
    assert after(one, 0.95) == [True]


def test_without_early_stopping_no_job_ends_early() -> None:
    one = search(continuous("0", "1"))
    assert after(one, 0.1, 0.1) == [False, False]
    assert after(one, 9.0, 9.0) == [False, False]


def test_hyperband_ends_most_jobs_but_none_before_the_fewest_epochs() -> None:
    one = search(continuous("0", "1"), "Hyperband", epochs=(2, 18))
    ends = [after(one, *[float(number)] * 18) for number in range(12)]
    assert not any(each[0] for each in ends)
    assert sum(any(each) for each in ends) > 4
    assert not any(ends[0])


def test_hyperband_ends_a_job_after_the_most_epochs() -> None:
    assert after(search(continuous("0", "1"), "Hyperband", epochs=(1, 3)), 1, 1, 1, 1) == [False, False, False, True]


@pytest.mark.parametrize(
    "ranges",
    [
        continuous("1", "0"),
        continuous("zero", "1"),
        continuous("nan", "1"),
        continuous("0", "1", "Logarithmic"),
        continuous("0", "1", "ReverseLogarithmic"),
        integers("1", "9", "ReverseLogarithmic"),
        integers("0.5", "9"),
        {**integers("1", "9"), **continuous("0", "1")},
        {"CategoricalParameterRanges": [{"Name": "x", "Values": []}]},
    ],
)
def test_a_range_that_makes_no_sense_is_refused(ranges: dict[str, Any]) -> None:
    with pytest.raises(BadRangeError, match=r"\[x\]"):
        search(ranges)
