"""Keys of molecules: 64-bit hashes of the InChIKey, to find a molecule among a million others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt64
from rdkit import rdBase
from rdkit.Chem import MolFromSmiles, MolToInchiKey, MolToSmiles

SKELETON_LETTERS = 14
"""The first block of an InChIKey: elements and bonds, without stereochemistry and isotopes."""


def molecule_keys(smiles: Sequence[str]) -> UInt64[np.ndarray, " mols"]:
    """Return a number for each molecule: stereoisomers, isotopes and most tautomers share it.

    It is the beginning of the sha256 of the InChIKey's first block, so that it tells whether a
    molecule is among others, but not which molecule it is.

    Parameters
    ----------
    smiles
        After a standardizer, so that salts of a molecule are that molecule. A text that is no
        SMILES has a key of its own.
    """
    with rdBase.BlockLogs():
        digests = [hashlib.sha256(_skeleton(text).encode()).digest()[:8] for text in smiles]
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def _skeleton(smiles: str) -> str:
    """Return the first block of the InChIKey, or a SMILES where InChI knows no such molecule."""
    mol = MolFromSmiles(smiles)
    if mol is None:
        return smiles
    key = str(MolToInchiKey(mol))[:SKELETON_LETTERS]  # type: ignore[no-untyped-call]
    return key or MolToSmiles(mol, isomericSmiles=False)
