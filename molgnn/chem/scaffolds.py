"""Bemis-Murcko scaffolds: the rings of a molecule and what joins them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rdkit
from jaxtyping import Bool
from rdkit import Chem, rdBase

from molgnn.cache import cache_folder, content_key, delete_oldest, mark_as_used, new_entry
from molgnn.chem.parsing import MAX_LENGTH, parse
from molgnn.errors import InvalidSmiles

FORMAT = 1
"""Raised whenever a scaffold, or what counts as a molecule, changes."""
MIN_CACHED = 1_000
"""Fewer molecules take less than half a second."""
LAST_WRITTEN = "scaffolds.json"


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

    The groups of a large table are found once, ever: they are kept in the cache.

    Notes
    -----
    What RDKit accepts changes with its version: eight aluminium compounds of Tox21 were molecules
    when the published splits were made. Were they not counted in their groups, the cuts of a split
    would move, and with them molecules that nothing is wrong with.
    """
    if len(smiles) < MIN_CACHED:
        return _group(smiles)
    key = content_key({"scaffolds": FORMAT, "rdkit": rdkit.__version__}, smiles)
    place = cache_folder() / key
    with suppress(OSError, ValueError, KeyError):
        return _open(place, len(smiles))
    groups = _group(smiles)
    # A disk may be full, a folder foreign: that costs the cache alone.
    with suppress(OSError):
        with new_entry(key) as folder:
            _write(folder, groups)
        delete_oldest(keep=[place])
    return groups


def _group(smiles: Sequence[str]) -> ScaffoldGroups:
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


def _write(folder: Path, groups: ScaffoldGroups) -> None:
    record = {"rows": groups.rows, "is_molecule": groups.is_molecule.tolist()}
    (folder / LAST_WRITTEN).write_text(json.dumps(record), encoding="utf-8")


def _open(folder: Path, n_rows: int) -> ScaffoldGroups:
    """Open what was written; raise `OSError`, `ValueError` or `KeyError` if that cannot be."""
    record = json.loads((folder / LAST_WRITTEN).read_text(encoding="utf-8"))
    is_molecule = np.array(record["is_molecule"], dtype=bool)
    if len(is_molecule) != n_rows:
        raise ValueError(f"{folder} is not whole")
    mark_as_used(folder)
    return ScaffoldGroups(record["rows"], is_molecule)


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
