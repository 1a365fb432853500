"""Whether two contestants with the same weights wrote the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from libraries import read_rows

from molgnn.chem.records import Molecule
from molgnn.chem.standardize import Standardizer
from molgnn.predictor.description import read_description
from molgnn.zoo.store import resolve


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the outputs lie apart on *n_compared* rows, as probabilities."""

    n_compared: int
    largest_difference: float


def compare(ours: Path, theirs: Path, model: str) -> Agreement:
    """Compare molgnn's table with a peer's, row by row of the same id.

    Only rows that the model's standardizer leaves as they are can agree: peers have none.

    Parameters
    ----------
    ours, theirs
        Tables that begin with id and SMILES and end with the tasks.
    model
        The name of the model in both.
    """
    description = read_description(resolve(model))
    n_tasks = len(description["tasks"])
    peer = {row[0]: row for row in read_rows(theirs)}
    shared = [row for row in read_rows(ours) if row[0] in peer and row[-1]]
    outcome = Standardizer.from_json(description["standardizer"]).apply(
        [(i, row[1]) for i, row in enumerate(shared)]
    )
    same = [
        row
        for row, molecule in zip(shared, outcome, strict=True)
        if isinstance(molecule, Molecule) and molecule.smiles == row[1]
    ]
    left = np.array([row[-n_tasks:] for row in same], dtype=float)
    right = np.array([peer[row[0]][-n_tasks:] for row in same], dtype=float)
    return Agreement(len(same), float(np.abs(left - right).max()))
