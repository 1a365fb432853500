"""How the models stand on each case: means over seeds, and differences seed by seed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev
from typing import Any

from scores import Score, by_case
from verdicts import Bar

OURS, PEERS = "dmpnn", ("chemprop", "forest", "lightgbm")
BARRED = "tox21"  # has a bar for each split; the other data sets share one
N_OTHER_DATASETS = 8


@dataclass(frozen=True, slots=True)
class Spread:
    """Some values of one figure, those that are undefined (NaN) left out.

    Parameters
    ----------
    values
        One per seed.
    """

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Leave out what is undefined."""
        return cls(tuple(value for value in values if not math.isnan(value)))

    @property
    def mean(self) -> float:
        """Their mean; NaN of none."""
        return mean(self.values) if self.values else math.nan

    @property
    def deviation(self) -> float:
        """Their sample standard deviation; NaN of fewer than two."""
        return stdev(self.values) if len(self.values) > 1 else math.nan

    def describe(self, *, signed: bool = False) -> str:
        """Return mean, deviation and number, as far as there are any."""
        if not self.values:
            return ""
        spread = "" if math.isnan(self.deviation) else f" ± {self.deviation:.3f}"
        return f"{self.mean:{'+' if signed else ''}.3f}{spread} ({len(self.values)})"

    def to_json(self) -> dict[str, Any]:
        """Return plain data; what is undefined is None."""
        figures = {"mean": self.mean, "deviation": self.deviation}
        plain = {name: None if math.isnan(value) else value for name, value in figures.items()}
        return {**plain, "n_seeds": len(self.values)}


@dataclass(frozen=True)
class Standing:
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
        """Who took part."""
        return list(dict.fromkeys(score.model for score in self.scores))

    def among(self, *models: str) -> Standing:
        """Keep these models, and of their seeds those that all of them have."""
        own = [score for score in self.scores if score.model in models]
        seeds = [{s.seed for s in own if s.model == model} for model in models]
        shared = set.intersection(*seeds)
        return Standing(self.case, [score for score in own if score.seed in shared])

    def spread(self, model: str) -> Spread:
        """Return a model's means over the tasks."""
        return Spread.of(score.value for score in self.scores if score.model == model)

    def task_spreads(self, model: str) -> dict[str, Spread]:
        """Return a model's figures task by task."""
        own = [score.task_values for score in self.scores if score.model == model]
        return {task: Spread.of(values[task] for values in own) for task in own[0]} if own else {}

    def gap(self, ours: str, theirs: str) -> Spread:
        """Return by how much one model is better than another, for each seed that both have.

        A smaller error is better, so that of regressions has its sign turned.
        """
        value_of = {(score.model, score.seed): score.value for score in self.scores}
        sign = -1 if self.scores[0].metric == "rmse" else 1
        seeds = [seed for model, seed in value_of if model == ours and (theirs, seed) in value_of]
        return Spread.of(sign * (value_of[ours, s] - value_of[theirs, s]) for s in seeds)

    def seconds(self, model: str) -> float:
        """Return the median wall time of a model's training; NaN where there is none."""
        runs = [score.run for score in self.scores if score.model == model]
        return median(run.seconds for run in runs) if runs else math.nan

    def peak_bytes(self, model: str) -> float:
        """Return the median peak of a model's training; NaN where none was measured."""
        runs = [score.run for score in self.scores if score.model == model]
        peaks = [run.peak_bytes for run in runs if run.peak_bytes is not None]
        return median(peaks) if peaks else math.nan

    def to_json(self) -> dict[str, Any]:
        """Return every mean and deviation, of all tasks together and of each."""
        return {
            "metric": self.scores[0].metric,
            "models": {
                model: {
                    **self.spread(model).to_json(),
                    "tasks": {t: s.to_json() for t, s in self.task_spreads(model).items()},
                }
                for model in self.models
            },
            f"{OURS}_better_by": {
                model: self.gap(OURS, model).to_json() for model in self.models if model != OURS
            },
        }


def rank(scores: Sequence[Score]) -> list[Standing]:
    """Gather scores case by case."""
    return [Standing(case, own) for case, own in by_case(scores)]


def wins(standings: Sequence[Standing], peer: str) -> tuple[int, int]:
    """Return on how many data sets beside Tox21 ours is ahead of a peer, and how many both have.

    Ahead is who is better on the mean over the shared seeds, and over the splits of the data set.
    """
    gaps: dict[str, list[float]] = {}
    for standing in standings:
        dataset, gap = standing.scores[0].dataset, standing.gap(OURS, peer)
        if dataset != BARRED and gap.values:
            gaps.setdefault(dataset, []).append(gap.mean)
    return sum(mean(each) > 0 for each in gaps.values()), len(gaps)


def bars_of_accuracy(standings: Sequence[Standing]) -> Iterator[Bar]:
    """Yield by how much ours is ahead on Tox21, and on how many of the other data sets."""
    for standing in standings:
        if standing.scores[0].dataset == BARRED:
            yield from _bars_of_split(standing)
    n_ahead, n_compared = wins(standings, "chemprop")
    if n_compared:
        title = f"ahead of chemprop, of the {n_compared} data sets beside Tox21 that both have"
        yield Bar(title, n_ahead, 6, N_OTHER_DATASETS, "≥", "")


def _bars_of_split(standing: Standing) -> Iterator[Bar]:
    forest = ["forest"] if "forest" in standing.models else []
    shared = standing.among(OURS, "chemprop", *forest)
    if shared.scores:
        bar = shared.spread("chemprop").mean
        aim = max(bar, shared.spread("forest").mean) if forest else None
        title = f"{standing.case}: {OURS}, against chemprop and the random forest"
        yield Bar(title, shared.spread(OURS).mean, bar, aim, "≥", "")
