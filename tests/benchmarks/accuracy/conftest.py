"""Scores and comparisons with made-up figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.accuracy.comparison import Comparison
from benchmarks.accuracy.scores import Score
from benchmarks.processes import Run

MakeScore = Callable[..., Score]
MakeComparison = Callable[..., Comparison]


@pytest.fixture
def make_score() -> MakeScore:
    """Return what makes a score of two tasks, the second of which has no figure."""

    def make(case: str, model: str, seed: int, value: float | None, **changes: Any) -> Score:
        dataset, split = case.split("/")
        metric = changes.pop("metric", "roc_auc")
        figures = {
            "mean": {metric: {"value": value, "n_tasks": 1}},
            "tasks": {"A": {metric: value}, "B": {metric: None}},
        }
        return Score(dataset, split, model, seed, metric, Run(10.0, 9.0, None), figures, **changes)

    return make


@pytest.fixture
def make_comparison(make_score: MakeScore) -> MakeComparison:
    """Return what makes a comparison of models, each with its values by seed."""

    def make(case: str, values: dict[str, list[float | None]], **changes: Any) -> Comparison:
        pairs = [(model, seed, v) for model, own in values.items() for seed, v in enumerate(own)]
        return Comparison(case, [make_score(case, m, seed, v, **changes) for m, seed, v in pairs])

    return make
