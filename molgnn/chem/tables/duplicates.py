"""Rows of the same molecule: merge their labels by mean or median, or drop what contradicts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int64

from molgnn.tasks import Task, Tasks

MIN_DEVIATIONS = 0.5
"""From how far apart, in standard deviations of the task, two values are contradictory."""

Values = Float[np.ndarray, " rows"]


class Duplicates(StrEnum):
    """What is made of the rows that show one molecule.

    ``keep`` leaves them as they are. The others make one row of them: of values the ``mean`` or the
    ``median``, of classes that of the majority, and where neither has it, nothing. ``drop`` does
    as ``mean``, but for labels that contradict each other: then nothing was measured.
    """

    KEEP = "keep"
    MEAN = "mean"
    MEDIAN = "median"
    DROP = "drop"


class Merged(NamedTuple):
    """One row per molecule.

    Parameters
    ----------
    rows
        The first row of each molecule, ascending.
    labels
        Of these rows.
    first
        For each row that was there before: the first row of its molecule.
    n_lost
        How many molecules have no label of a task any more although it was measured.
    """

    rows: Int64[np.ndarray, " mols"]
    labels: Float[np.ndarray, "mols tasks"]
    first: Int64[np.ndarray, " rows"]
    n_lost: dict[str, int]


def merge_labels(
    keys: Sequence[Hashable],
    labels: Float[np.ndarray, "rows tasks"],
    tasks: Tasks,
    how: Duplicates,
) -> Merged:
    """Make one row of all that have the same key, in the order of the first of them.

    Parameters
    ----------
    keys
        What tells molecules apart, one per row.
    labels
        NaN where not measured.
    tasks
        The columns of *labels*.
    how
        Any but ``keep``.
    """
    groups: dict[Hashable, list[int]] = {}
    for row, key in enumerate(keys):
        groups.setdefault(key, []).append(row)
    rows = np.array([group[0] for group in groups.values()], dtype=np.int64)
    first = np.zeros(len(keys), dtype=np.int64)
    for group in groups.values():
        first[group] = group[0]
    merged = labels.copy()
    n_lost: dict[str, int] = {}
    repeated = [group for group in groups.values() if len(group) > 1]
    for i, task in enumerate(tasks):
        least = min_contradiction(task, labels[:, i])
        for group in repeated:
            measured = labels[group, i][~np.isnan(labels[group, i])]
            merged[group[0], i] = value = _merge(measured, task, how, least)
            if len(measured) and np.isnan(value):
                n_lost[task.name] = n_lost.get(task.name, 0) + 1
    return Merged(rows, merged[rows], first, n_lost)


def min_contradiction(task: Task, labels: Values) -> float:
    """Return by how much labels of one molecule may differ without contradiction."""
    measured = labels[~np.isnan(labels)]
    if task.is_classification or not len(measured):
        return 0.0
    return MIN_DEVIATIONS * float(measured.std())


def contradicts(labels: Values, least: float) -> bool:
    """Say whether labels of one molecule are further apart than *least*."""
    measured = labels[~np.isnan(labels)]
    return bool(len(measured)) and float(np.ptp(measured)) > least


def _merge(measured: Values, task: Task, how: Duplicates, least: float) -> float:
    if not len(measured) or (how is Duplicates.DROP and contradicts(measured, least)):
        return float("nan")
    average: Callable[[Values], float] = np.median if how is Duplicates.MEDIAN else np.mean
    if not task.is_classification:
        return float(average(measured))
    share = float(np.mean(measured))
    return float("nan") if share == 0.5 else float(share > 0.5)
