"""The ways in which people write one and the same molecule."""

from __future__ import annotations

import random
from collections.abc import Iterator

from rdkit import Chem
from rdkit.Chem.rdDepictor import Compute2DCoords


def rewrite(smiles: str) -> dict[str, str]:
    """Return the same molecule in other notations, by what is done to it."""
    mol = Chem.MolFromSmiles(smiles)
    with_hydrogens, mapped, kekulized = Chem.AddHs(mol), Chem.Mol(mol), Chem.Mol(mol)
    for atom in mapped.GetAtoms():
        atom.SetAtomMapNum(atom.GetIdx() + 1)
    Chem.Kekulize(kekulized, clearAromaticFlags=True)
    return {
        "canonical": Chem.MolToSmiles(mol),
        "atoms in another order": _shuffled(mol, 1),
        "atoms in a third order": _shuffled(mol, 2),
        "explicit hydrogens": Chem.MolToSmiles(with_hydrogens),
        "explicit hydrogens in another order": _shuffled(with_hydrogens, 3),
        "one explicit hydrogen": _with_one_hydrogen(mol),
        "atom maps": Chem.MolToSmiles(mapped),
        "brackets around every atom": Chem.MolToSmiles(mol, allHsExplicit=True),
        "every bond written": Chem.MolToSmiles(mol, allBondsExplicit=True),
        "Kekulé form": Chem.MolToSmiles(kekulized, kekuleSmiles=True),
        "CXSMILES": Chem.MolToCXSmiles(_with_coordinates(mol)),
    }


def all_notations(smiles: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield every molecule with each of its notations, as (SMILES, what was done, other SMILES)."""
    for text in smiles:
        for kind, other in rewrite(text).items():
            yield text, kind, other


def _shuffled(mol: Chem.Mol, seed: int) -> str:
    order = list(range(mol.GetNumAtoms()))
    random.Random(seed).shuffle(order)
    return str(Chem.MolToSmiles(Chem.RenumberAtoms(mol, order), canonical=False))


def _with_one_hydrogen(mol: Chem.Mol) -> str:
    bearing = [atom.GetIdx() for atom in mol.GetAtoms() if atom.GetTotalNumHs()]
    return str(Chem.MolToSmiles(Chem.AddHs(mol, onlyOnAtoms=bearing[-1:]) if bearing else mol))


def _with_coordinates(mol: Chem.Mol) -> Chem.Mol:
    drawn = Chem.Mol(mol)
    Compute2DCoords(drawn)
    return drawn
