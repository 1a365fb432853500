"""Bemis-Murcko scaffolds: the rings of a molecule and what joins them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from rdkit import Chem, rdBase

from molgnn.chem.parsing import MAX_LENGTH, parse
from molgnn.errors import InvalidSmiles


def murcko_scaffold(smiles: str, *, chirality: bool = False) -> str:
    """Return the canonical SMILES of the scaffold; ``""`` for a molecule without rings.

    Parameters
    ----------
    smiles
        The molecule; of a mixture, every fragment gives its scaffold.
    chirality
        Whether stereoisomers of a scaffold are different scaffolds. Published splits disagree:
        dgllife and DeepChem say no, OGB and pretrain-gnns say yes.

    Raises
    ------
    InvalidSmiles
        If *smiles* gives no molecule.

    References
    ----------
    G. W. Bemis, M. A. Murcko, The properties of known drugs. 1. Molecular frameworks,
    J. Med. Chem. 39, 2887 (1996).
    """
    return _scaffold(parse(smiles), chirality)


@dataclass(frozen=True)
class ScaffoldGroups:
    """The rows of a table by their scaffold.

    Parameters
    ----------
    rows
        One list of ascending rows per scaffold, in the order in which the scaffolds first occur.
    is_molecule
        Which rows give a molecule. A row that gives none may still stand in a group.
    """

    rows: list[list[int]]
    is_molecule: Bool[np.ndarray, " mols"]


def group_by_scaffold(smiles: Sequence[str]) -> ScaffoldGroups:
    """Group rows by scaffold, those included that RDKit draws but does not accept.

    Notes
    -----
    What RDKit accepts changes with its version: eight aluminium compounds of Tox21 were molecules
    when the published splits were made. Were they not counted in their groups, the cuts of a split
    would move, and with them molecules that nothing is wrong with.
    """
    rows: dict[str, list[int]] = {}
    is_molecule = np.zeros(len(smiles), dtype=bool)
    for row, text in enumerate(smiles):
        try:
            scaffold = murcko_scaffold(text)
            is_molecule[row] = True
        except InvalidSmiles:
            if (drawing := _draw(text)) is None:
                continue
            scaffold = _scaffold(drawing)
        rows.setdefault(scaffold, []).append(row)
    return ScaffoldGroups(list(rows.values()), is_molecule)


def _scaffold(mol: Chem.Mol, chirality: bool = False) -> str:
    return Chem.MolToSmiles(Chem.MurckoDecompose(mol), isomericSmiles=chirality)


def _draw(smiles: str) -> Chem.Mol | None:
    """Return the bare graph of a SMILES whose chemistry is impossible; None if it has no graph."""
    if not smiles or len(smiles) > MAX_LENGTH:
        return None
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
        if mol is None and (mol := Chem.MolFromSmiles(smiles, sanitize=False)) is not None:
            Chem.FastFindRings(mol)
    return mol
