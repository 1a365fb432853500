from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from benchmarks.accuracy.comparison import (
    Comparison,
    Values,
    accuracy_targets,
    count_better,
)

MakeComparison = Callable[..., Comparison]


def test_mean_and_deviation_are_those_of_the_seeds_that_have_a_figure() -> None:
    values = Values.of([0.7, math.nan, 0.8, 0.9])
    assert values.mean == pytest.approx(0.8)
    assert values.deviation == pytest.approx(0.1)
    assert values.describe() == "0.800 ± 0.100 (3)"
    assert Values.of([0.7]).describe(signed=True) == "+0.700 (1)"
    assert Values.of([math.nan]).describe() == ""
    assert Values.of([]).to_json() == {"mean": None, "deviation": None, "n_seeds": 0}


def test_a_difference_is_of_equal_seeds_alone(make_comparison: MakeComparison) -> None:
    case = make_comparison("bbbp/kpgt0", {"dmpnn": [0.9, 0.8, 0.1], "chemprop": [0.8, 0.75]})
    assert case.difference("dmpnn", "chemprop").each == pytest.approx((0.1, 0.05))
    assert case.difference("dmpnn", "forest").each == ()


def test_a_smaller_error_counts_as_better(make_comparison: MakeComparison) -> None:
    case = make_comparison("esol/kpgt0", {"dmpnn": [0.6], "chemprop": [0.8]}, metric="rmse")
    assert case.difference("dmpnn", "chemprop").each == pytest.approx((0.2,))


def test_each_data_set_beside_tox21_counts_once(make_comparison: MakeComparison) -> None:
    comparisons = [
        make_comparison("tox21/kpgt0", {"dmpnn": [0.9], "chemprop": [0.8]}),
        make_comparison("bbbp/kpgt0", {"dmpnn": [0.9], "chemprop": [0.8]}),
        make_comparison("bbbp/kpgt1", {"dmpnn": [0.8], "chemprop": [0.85]}),
        make_comparison("esol/kpgt0", {"dmpnn": [0.9], "chemprop": [0.8]}, metric="rmse"),
        make_comparison("hiv/scaffold", {"dmpnn": [0.9], "forest": [0.8]}),
    ]
    assert count_better(comparisons, "chemprop") == (1, 2)


def test_the_target_on_tox21_compares_the_seeds_that_all_have(
    make_comparison: MakeComparison,
) -> None:
    values = {"dmpnn": [0.8, 0.1], "chemprop": [0.7, 0.9], "forest": [0.75]}
    [target] = accuracy_targets([make_comparison("tox21/kpgt0", values)])
    assert (target.value, target.required, target.desired) == (0.8, 0.7, 0.75)
    assert target.outcome == "exceeded"


def test_a_task_without_a_figure_does_not_spoil_the_others(make_comparison: MakeComparison) -> None:
    record = make_comparison("bbbp/kpgt0", {"dmpnn": [0.9, None]}).to_json()
    tasks = record["models"]["dmpnn"]["tasks"]
    assert tasks["A"] == {"mean": 0.9, "deviation": None, "n_seeds": 1}
    assert tasks["B"]["mean"] is None
    json.dumps(record, allow_nan=False)
