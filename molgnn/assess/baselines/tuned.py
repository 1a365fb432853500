"""Fit a baseline: choose its setting on validation molecules, calibrate, and predict the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_matrix

from molgnn.assess.baselines import BASELINES
from molgnn.assess.baselines.base import Baseline, Mols, Setting, Trees
from molgnn.assess.calibration import Calibration
from molgnn.assess.metrics import assess
from molgnn.chem.splits import Split
from molgnn.errors import unknown_name
from molgnn.processes.cores import usable_cores
from molgnn.tasks import TaskKind, Tasks

MIN_SHARE = 0.05
"""Features that a smaller share of the training molecules has are left out."""
CHOSEN_BY = {TaskKind.CLASSIFICATION: "roc_auc", TaskKind.REGRESSION: "r2"}
MIN_PROBABILITY = 0.001
"""So far from 0 and from 1 are votes held to be, as logits have no end."""


@dataclass(frozen=True)
class FittedBaseline:
    """What a baseline says of the molecules that it has not learned from.

    Parameters
    ----------
    title
        What to call it.
    values
        Probabilities and values; NaN for the molecules that it has learned from, and throughout
        for a task with nothing measured among these.
    settings
        Kind of task to the setting that was chosen, in words.
    """

    title: str
    values: Float[np.ndarray, "mols tasks"]
    settings: Mapping[TaskKind, str]


def fit_baseline(
    name: str,
    tasks: Tasks,
    features: csr_matrix,
    labels: Float[np.ndarray, "mols tasks"],
    split: Split,
    *,
    seed: int = 0,
    n_threads: int | None = None,
) -> FittedBaseline:
    """Fit one model per task on the labels that exist in the training part, and predict the rest.

    Each kind of task has a few settings. The one whose mean ROC-AUC, or R², on the validation part
    is the highest is taken for all its tasks; classifications are then calibrated on that part. The
    test part decides nothing.

    Parameters
    ----------
    name
        In `BASELINES`.
    tasks
        The columns of *labels*.
    features
        Of all molecules; NaN is a missing value.
    labels
        NaN where not measured.
    split
        The molecules to learn from, to choose and to calibrate on, and to test on.
    seed
        The same seed gives the same trees, whatever *n_threads* is.
    n_threads
        How many tasks are fitted at a time; as many as there are cores by default.

    Raises
    ------
    UnknownName
        If there is no such baseline.
    """
    if name not in BASELINES:
        raise unknown_name("baseline", name, list(BASELINES))
    columns = _frequent_columns(features[split.train])
    baseline = BASELINES[name](features[:, columns], split.train, split.valid)
    held_out = np.concatenate([split.valid, split.test])
    values = np.full(labels.shape, np.nan)
    values[held_out] = _only_values(labels[split.train])
    chosen = {}
    with ThreadPoolExecutor(n_threads or usable_cores()) as executor:
        for kind in TaskKind:
            varying = [i for i in tasks.where(kind) if len(_values(labels[split.train, i])) > 1]
            if varying:
                own = Tasks([tasks[i] for i in varying])
                tuning = _Tuning(baseline, own, labels[:, varying], split, seed, executor)
                setting, trees = tuning.choose(kind)
                chosen[kind] = _describe(setting, trees)
                values[held_out[:, None], varying] = tuning.predict(trees)
    return FittedBaseline(baseline.title, values, chosen)


@dataclass(frozen=True)
class _Tuning:
    """The tasks of one kind, those that can be learned."""

    baseline: Baseline
    tasks: Tasks
    labels: Float[np.ndarray, "mols tasks"]
    split: Split
    seed: int
    executor: Executor

    def choose(self, kind: TaskKind) -> tuple[Setting, list[Trees]]:
        """Return the setting that does best on the validation part, and its trees of each task."""
        settings = self.baseline.settings[kind]
        columns = range(len(self.tasks))
        grown = list(self.executor.map(self._fit, *zip(*product(settings, columns), strict=True)))
        trials = [grown[i : i + len(columns)] for i in range(0, len(grown), len(columns))]
        best = int(np.argmax([self._score(trees, CHOSEN_BY[kind]) for trees in trials]))
        list(self.executor.map(lambda trees: trees.finish(), trials[best]))
        return settings[best], trials[best]

    def predict(self, trees: Sequence[Trees]) -> Float[np.ndarray, "held_out tasks"]:
        """Return the probabilities and values of the validation part, then of the test part."""
        raw = self._raw(trees, np.concatenate([self.split.valid, self.split.test]))
        inside = np.clip(raw, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
        is_class = np.array([task.is_classification for task in self.tasks])
        outputs = np.where(is_class, np.log(inside / (1 - inside)), raw)
        valid = slice(len(self.split.valid))
        calibration = Calibration.fit(self.tasks, outputs[valid], self.labels[self.split.valid])
        return calibration(self.tasks, outputs)

    def _fit(self, setting: Setting, column: int) -> Trees:
        labels = self.labels[:, column]
        return self.baseline.fit(self.tasks[column], labels, setting, self.seed)

    def _score(self, trees: Sequence[Trees], metric: str) -> float:
        valid = self.split.valid
        predicted = self._raw(trees, valid)
        mean, _ = assess(self.tasks, self.labels[valid], predicted, [metric]).mean(metric)
        return -np.inf if np.isnan(mean) else mean

    def _raw(self, trees: Sequence[Trees], mols: Mols) -> Float[np.ndarray, "some tasks"]:
        columns = self.executor.map(lambda each: each.predict(mols), trees)
        return np.stack(list(columns), axis=1)


def _frequent_columns(features: csr_matrix) -> Int[np.ndarray, " columns"]:
    """Return the columns of features that enough molecules have; all if there is none."""
    counts = np.bincount(features.nonzero()[1], minlength=features.shape[1])
    frequent = np.flatnonzero(counts >= max(1.0, MIN_SHARE * features.shape[0]))
    return frequent if len(frequent) else np.arange(features.shape[1])


def _values(labels: Float[np.ndarray, " mols"]) -> Float[np.ndarray, " values"]:
    return np.unique(labels[~np.isnan(labels)])


def _only_values(labels: Float[np.ndarray, "train tasks"]) -> list[float]:
    """Return the value of each task that has but one, which is then all that can be said."""
    found = [_values(column) for column in labels.T]
    return [float(values[0]) if len(values) == 1 else np.nan for values in found]


def _describe(setting: Setting, trees: Sequence[Trees]) -> str:
    counts = [each.n_trees for each in trees]
    few, most = min(counts), max(counts)
    n_trees = f"{most} trees" if few == most else f"{few} to {most} trees"
    return ", ".join([n_trees, *(f"{name}={value}" for name, value in setting.items())])
