"""Describe duplicate molecules in a table and labels that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int64

from molgnn.tasks import Task, Tasks

MIN_DEVIATIONS = 0.5
"""From how far apart, in standard deviations of the task, two values are contradictory."""
MAX_NAMED_LINES = 3


def describe_duplicates(
    molecule_ids: Int64[np.ndarray, " mols"],
    labels: Float[np.ndarray, "mols tasks"],
    tasks: Tasks,
    lines: Sequence[int],
) -> list[str]:
    """Say how many rows repeat a molecule, and for which tasks their labels contradict.

    Parameters
    ----------
    molecule_ids
        From `molgnn.fitting.molecule_ids.assign_molecule_ids`.
    labels
        NaN where not measured.
    tasks
        The columns of *labels*.
    lines
        The line of the file that each row stands in.
    """
    groups = [rows for rows in _rows_by_molecule(molecule_ids).values() if len(rows) > 1]
    if not groups:
        return []
    n_rows = sum(map(len, groups))
    notes = [f"{n_rows} rows show {len(groups)} molecules more than once"]
    for i, task in enumerate(tasks):
        min_difference = _min_difference(task, labels[:, i])
        contradicting = [rows for rows in groups if _spread(labels[rows, i]) > min_difference]
        if contradicting:
            where = "; ".join(_name_lines(rows, lines) for rows in contradicting[:MAX_NAMED_LINES])
            more = (
                f" and {len(contradicting) - MAX_NAMED_LINES} more"
                if len(contradicting) > MAX_NAMED_LINES
                else ""
            )
            kind = "as 0 and as 1" if task.is_classification else "with values far apart"
            count = (
                "1 molecule is"
                if len(contradicting) == 1
                else f"{len(contradicting)} molecules are"
            )
            notes.append(f"{task.name}: {count} measured {kind}, in lines {where}{more}")
    return notes


def _rows_by_molecule(molecule_ids: Int64[np.ndarray, " mols"]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for row, molecule_id in enumerate(molecule_ids.tolist()):
        groups[molecule_id].append(row)
    return groups


def _min_difference(task: Task, labels: Float[np.ndarray, " mols"]) -> float:
    measured = labels[~np.isnan(labels)]
    if task.is_classification or not len(measured):
        return 0.0
    return MIN_DEVIATIONS * float(measured.std())


def _spread(labels: Float[np.ndarray, " rows"]) -> float:
    measured = labels[~np.isnan(labels)]
    return float(np.ptp(measured)) if len(measured) else 0.0


def _name_lines(rows: Sequence[int], lines: Sequence[int]) -> str:
    return " and ".join(str(lines[row]) for row in rows[:2])
