"""Compare the models on each data set: means over seeds, and differences seed by seed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev
from typing import Any

from benchmarks.accuracy.scores import Score
from benchmarks.processes import median_peak
from benchmarks.targets import Target

OURS, OTHERS = "dmpnn", ("chemprop", "forest", "lightgbm")
TOX21 = "tox21"  # has a target for each split; the other data sets share one
N_OTHER_DATASETS = 8


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one metric over seeds, those that are undefined (NaN) left out.

    Parameters
    ----------
    each
        One per seed.
    """

    each: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Values:
        """Leave out what is undefined."""
        return cls(tuple(value for value in values if not math.isnan(value)))

    @property
    def mean(self) -> float:
        """Their mean; NaN of none."""
        return mean(self.each) if self.each else math.nan

    @property
    def deviation(self) -> float:
        """Their sample standard deviation; NaN of fewer than two."""
        return stdev(self.each) if len(self.each) > 1 else math.nan

    def describe(self, *, signed: bool = False) -> str:
        """Return mean, deviation and number, as far as there are any."""
        if not self.each:
            return ""
        spread = "" if math.isnan(self.deviation) else f" ± {self.deviation:.3f}"
        return f"{self.mean:{'+' if signed else ''}.3f}{spread} ({len(self.each)})"

    def to_json(self) -> dict[str, Any]:
        """Return plain data; what is undefined is None."""
        figures = {"mean": self.mean, "deviation": self.deviation}
        plain = {name: None if math.isnan(value) else value for name, value in figures.items()}
        return {**plain, "n_seeds": len(self.each)}


@dataclass(frozen=True)
class Comparison:
    """All scores on one case.

    Parameters
    ----------
    case
        The data set and its split.
    scores
        One per model and seed.
    """

    case: str
    scores: Sequence[Score]

    @property
    def models(self) -> list[str]:
        """All that have a score."""
        return list(dict.fromkeys(score.model for score in self.scores))

    def of_shared_seeds(self, *models: str) -> Comparison:
        """Keep these models, and of their seeds those that all of them have."""
        own = [score for score in self.scores if score.model in models]
        seeds = [{s.seed for s in own if s.model == model} for model in models]
        shared = set.intersection(*seeds)
        return Comparison(self.case, [score for score in own if score.seed in shared])

    def values(self, model: str) -> Values:
        """Return a model's means over the tasks."""
        return Values.of(score.value for score in self.scores if score.model == model)

    def task_values(self, model: str) -> dict[str, Values]:
        """Return a model's figures task by task."""
        own = [score.task_values for score in self.scores if score.model == model]
        return {task: Values.of(values[task] for values in own) for task in own[0]} if own else {}

    def difference(self, ours: str, theirs: str) -> Values:
        """Return by how much one model is better than another, for each seed that both have.

        A smaller error is better, so that of regressions has its sign turned.
        """
        value_of = {(score.model, score.seed): score.value for score in self.scores}
        sign = -1 if self.scores[0].metric == "rmse" else 1
        seeds = [seed for model, seed in value_of if model == ours and (theirs, seed) in value_of]
        return Values.of(sign * (value_of[ours, s] - value_of[theirs, s]) for s in seeds)

    def seconds(self, model: str) -> float:
        """Return the median wall time of a model's training; NaN where there is none."""
        runs = [score.run for score in self.scores if score.model == model]
        return median(run.seconds for run in runs) if runs else math.nan

    def peak_bytes(self, model: str) -> float:
        """Return the median peak of a model's training; NaN where none was measured."""
        peak = median_peak([score.run for score in self.scores if score.model == model])
        return math.nan if peak is None else peak

    def to_json(self) -> dict[str, Any]:
        """Return every mean and deviation, of all tasks together and of each."""
        return {
            "metric": self.scores[0].metric,
            "models": {
                model: {
                    **self.values(model).to_json(),
                    "tasks": {t: s.to_json() for t, s in self.task_values(model).items()},
                }
                for model in self.models
            },
            f"{OURS}_better_by": {
                other: self.difference(OURS, other).to_json()
                for other in self.models
                if other != OURS
            },
        }


def compare(scores: Sequence[Score]) -> list[Comparison]:
    """Gather scores case by case."""
    cases = dict.fromkeys(score.case for score in scores)
    return [Comparison(case, [s for s in scores if s.case == case]) for case in cases]


def count_better(comparisons: Sequence[Comparison], other: str) -> tuple[int, int]:
    """Return on how many data sets but Tox21 ours is better than another, and how many both have.

    By the mean over the shared seeds, and over the splits of the data set.
    """
    differences: dict[str, list[float]] = {}
    for comparison in comparisons:
        dataset, found = comparison.scores[0].dataset, comparison.difference(OURS, other)
        if dataset != TOX21 and found.each:
            differences.setdefault(dataset, []).append(found.mean)
    return sum(mean(each) > 0 for each in differences.values()), len(differences)


def accuracy_targets(comparisons: Sequence[Comparison]) -> Iterator[Target]:
    """Yield our means on Tox21, and on how many of the other data sets ours is better."""
    for comparison in comparisons:
        if comparison.scores[0].dataset == TOX21:
            yield from _targets_of_split(comparison)
    n_better, n_compared = count_better(comparisons, "chemprop")
    if n_compared:
        name = f"better than chemprop, of the {n_compared} data sets beside Tox21 that both have"
        yield Target(name, n_better, 6, N_OTHER_DATASETS, "≥")


def _targets_of_split(comparison: Comparison) -> Iterator[Target]:
    forest = ["forest"] if "forest" in comparison.models else []
    shared = comparison.of_shared_seeds(OURS, "chemprop", *forest)
    if shared.scores:
        required = shared.values("chemprop").mean
        desired = max(required, shared.values("forest").mean) if forest else None
        name = f"{comparison.case}: {OURS}, beside chemprop and the random forest"
        yield Target(name, shared.values(OURS).mean, required, desired, "≥")
