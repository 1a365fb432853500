"""Which rows of a table are the same molecule, and where their labels contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int64
from rdkit.Chem import MolFromSmiles, MolToSmiles

from molgnn.graph.store import MoleculeStore
from molgnn.graph.weisfeiler_leman import hash_molecules
from molgnn.tasks import Task, Tasks

MOLS_PER_PIECE = 50_000
N_ROUNDS = 3
FEWEST_DEVIATIONS = 0.5
"""From how far apart, in standard deviations of the task, two values are contradictory."""
NAMED_LINES = 3


def identify(molecules: MoleculeStore, smiles: Sequence[str]) -> Int64[np.ndarray, " mols"]:
    """Return a number for each molecule: that of the first row which shows the same one.

    Molecules are the same if RDKit writes the same SMILES for them. It is asked only for those
    that have their atoms and bonds in common with another, which is quickly seen.

    Parameters
    ----------
    molecules, smiles
        Codes and SMILES of the same rows.
    """
    identities = np.arange(len(smiles))
    _, group, sizes = np.unique(_hashes(molecules), return_inverse=True, return_counts=True)
    first: dict[str, int] = {}
    for mol in np.flatnonzero(sizes[group] > 1).tolist():
        canonical = MolToSmiles(MolFromSmiles(smiles[mol]))
        identities[mol] = first.setdefault(canonical, mol)
    return identities


def describe_repeats(
    identities: Int64[np.ndarray, " mols"],
    labels: Float[np.ndarray, "mols tasks"],
    tasks: Tasks,
    lines: Sequence[int],
) -> list[str]:
    """Say how many rows repeat a molecule, and for which tasks their labels contradict.

    Parameters
    ----------
    identities
        From `identify`.
    labels
        NaN where not measured.
    tasks
        The columns of *labels*.
    lines
        The line of the file that each row stands in.
    """
    groups = [rows for rows in _rows_by_identity(identities).values() if len(rows) > 1]
    if not groups:
        return []
    n_rows = sum(map(len, groups))
    notes = [f"{n_rows} rows show {len(groups)} molecules more than once"]
    for i, task in enumerate(tasks):
        least = _least_contradiction(task, labels[:, i])
        torn = [rows for rows in groups if _spread(labels[rows, i]) > least]
        if torn:
            where = "; ".join(_name_lines(rows, lines) for rows in torn[:NAMED_LINES])
            more = f" and {len(torn) - NAMED_LINES} more" if len(torn) > NAMED_LINES else ""
            kind = "as 0 and as 1" if task.is_classification else "with values far apart"
            count = "1 molecule is" if len(torn) == 1 else f"{len(torn)} molecules are"
            notes.append(f"{task.name}: {count} measured {kind}, in lines {where}{more}")
    return notes


def _rows_by_identity(identities: Int64[np.ndarray, " mols"]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for row, identity in enumerate(identities.tolist()):
        groups[identity].append(row)
    return groups


def _least_contradiction(task: Task, labels: Float[np.ndarray, " mols"]) -> float:
    measured = labels[~np.isnan(labels)]
    if task.is_classification or not len(measured):
        return 0.0
    return FEWEST_DEVIATIONS * float(measured.std())


def _spread(labels: Float[np.ndarray, " rows"]) -> float:
    measured = labels[~np.isnan(labels)]
    return float(np.ptp(measured)) if len(measured) else 0.0


def _name_lines(rows: Sequence[int], lines: Sequence[int]) -> str:
    return " and ".join(str(lines[row]) for row in rows[:2])


def _hashes(molecules: MoleculeStore) -> Int64[np.ndarray, " mols"]:
    """Return a number that equal molecules share, and hardly any others."""
    hashes = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(molecules), MOLS_PER_PIECE):
        batch = molecules.batch(slice(start, start + MOLS_PER_PIECE))
        hashes.append(hash_molecules(batch, n_rounds=N_ROUNDS).numpy())
    return np.concatenate(hashes)
