"""Duplicate molecules in a table: describe labels that contradict each other, merge the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int64

from molgnn.chem.records import Rejected, Stage
from molgnn.chem.splits import part_named
from molgnn.chem.tables import LabelledTable
from molgnn.chem.tables.duplicates import Duplicates, contradicts, merge_labels, min_contradiction
from molgnn.fitting.data import TrainingData
from molgnn.tasks import Tasks

MAX_NAMED = 3


def describe_duplicates(
    molecule_ids: Int64[np.ndarray, " mols"],
    labels: Float[np.ndarray, "mols tasks"],
    tasks: Tasks,
    places: Sequence[str],
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
    places
        Where a user finds each row: ``"line 7"``.
    """
    groups = [rows for rows in _rows_by_molecule(molecule_ids).values() if len(rows) > 1]
    if not groups:
        return []
    n_rows = sum(map(len, groups))
    notes = [f"{n_rows} rows show {len(groups)} molecules more than once"]
    for i, task in enumerate(tasks):
        least = min_contradiction(task, labels[:, i])
        contradicting = [rows for rows in groups if contradicts(labels[rows, i], least)]
        if contradicting:
            where = "; ".join(_name_places(rows, places) for rows in contradicting[:MAX_NAMED])
            more = (
                f" and {len(contradicting) - MAX_NAMED} more"
                if len(contradicting) > MAX_NAMED
                else ""
            )
            kind = "as 0 and as 1" if task.is_classification else "with values far apart"
            count = (
                "1 molecule is"
                if len(contradicting) == 1
                else f"{len(contradicting)} molecules are"
            )
            notes.append(f"{task.name}: {count} measured {kind}: {where}{more}")
    return notes


def merge_duplicates(data: TrainingData, table: LabelledTable, how: Duplicates) -> TrainingData:
    """Make one row of those that show the same molecule, unless they are to be kept.

    The first row stays, the others are among ``rejected``, with the reason. Rows that a column of
    the table puts into different parts of the split are not merged, nor are those of its test part,
    which stays as it was published. ``notes`` names the labels that
    contradict each other, and says what was made of them.
    """
    if how is Duplicates.KEEP:
        return data
    rows = data.rows.tolist()
    parts = [part_named(table.split_values[row]) for row in rows] if table.split_values else ()
    keys = [
        (molecule, part, row if part == "test" else None)
        for molecule, part, row in zip(
            data.molecule_ids.tolist(), parts or [None] * len(rows), rows, strict=True
        )
    ]
    merged = merge_labels(keys, data.labels, data.tasks, how)
    if len(merged.rows) == len(rows):
        return data
    places = [table.place_of(row) for row in rows]
    others = np.setdiff1d(np.arange(len(rows)), merged.rows).tolist()
    reason = "duplicate: merged into "
    repeats = [
        Rejected(rows[i], table.smiles[rows[i]], Stage.PARSE, f"{reason}{places[merged.first[i]]}")
        for i in others
    ]
    return TrainingData(
        tasks=data.tasks,
        molecules=data.molecules.select(merged.rows),
        labels=merged.labels,
        rows=data.rows[merged.rows],
        smiles=[data.smiles[i] for i in merged.rows.tolist()],
        molecule_ids=data.molecule_ids[merged.rows],
        rejected=[*data.rejected, *repeats],
        notes=(
            *data.notes,
            *describe_duplicates(data.molecule_ids, data.labels, data.tasks, places),
            f"{len(others)} of these rows were merged into others of the same molecule ({how})",
            *(
                f"{task}: {n} molecule{' has' if n == 1 else 's have'} no label any more"
                for task, n in merged.n_lost.items()
            ),
        ),
    )


def _rows_by_molecule(molecule_ids: Int64[np.ndarray, " mols"]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for row, molecule_id in enumerate(molecule_ids.tolist()):
        groups[molecule_id].append(row)
    return groups


def _name_places(rows: Sequence[int], places: Sequence[str]) -> str:
    return " and ".join(places[row] for row in rows[:2])
