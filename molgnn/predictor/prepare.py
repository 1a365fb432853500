"""From SMILES to what a network can read: the same way in training and in prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from molgnn.chem.records import Molecule, Rejected, Stage
from molgnn.chem.standardize import Standardizer
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore


@dataclass(frozen=True)
class Prepared:
    """Rows that were standardized and featurized.

    Parameters
    ----------
    molecules
        Packed codes, one entry per molecule.
    rows
        The row of each molecule.
    smiles
        Each molecule's SMILES after the standardizer.
    rejected
        Every other row, in order, to why it gives no molecule.
    """

    molecules: MoleculeStore
    rows: list[int]
    smiles: list[str]
    rejected: dict[int, Rejected]


def prepare_molecules(
    texts: Sequence[str], standardizer: Standardizer, featurizer: Featurizer, *, first_row: int = 0
) -> Prepared:
    """Standardize and featurize rows; each is a molecule or rejected.

    Parameters
    ----------
    texts
        One SMILES per row.
    standardizer, featurizer
        What they pass through.
    first_row
        The number of the first row.
    """
    outcome = standardizer.apply(list(enumerate(texts, first_row)))
    kept = [row for row in outcome if isinstance(row, Molecule)]
    rejected = {row.row: row for row in outcome if isinstance(row, Rejected)}
    featurized = featurizer([molecule.smiles for molecule in kept])
    for position, reason in featurized.rejected.items():
        row = kept[position].row
        rejected[row] = Rejected(row, texts[row - first_row], Stage.FEATURIZE, reason)
    accepted = [m for i, m in enumerate(kept) if i not in featurized.rejected]
    return Prepared(
        molecules=featurized.molecules,
        rows=[molecule.row for molecule in accepted],
        smiles=[molecule.smiles for molecule in accepted],
        rejected=dict(sorted(rejected.items())),
    )
