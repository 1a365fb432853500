"""Count substructures of many SMARTS patterns, skipping those whose elements are not there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np
from jaxtyping import Float64
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

MAX_MATCHES = 100_000
_SYMBOL = re.compile(r"([A-Z][a-z]?)(\d*)")


class SmartsCounts:
    """Counts the matches of patterns, each set of atoms once.

    Parameters
    ----------
    patterns
        Valid SMARTS, or molecules made of them.
    """

    def __init__(self, patterns: Iterable[str | Chem.Mol]) -> None:
        self._patterns = [Chem.MolFromSmarts(p) if isinstance(p, str) else p for p in patterns]
        elements = [_elements(pattern) for pattern in self._patterns]
        self._symbols = sorted(set().union(*elements))
        self._required = np.array(
            [[needed[symbol] for symbol in self._symbols] for needed in elements], dtype=np.int64
        ).reshape(len(self._patterns), len(self._symbols))

    def __len__(self) -> int:
        return len(self._patterns)

    def count(self, mol: Chem.Mol) -> Float64[np.ndarray, " patterns"]:
        """Return how often each pattern is found."""
        present = {
            symbol: int(number or 1) for symbol, number in _SYMBOL.findall(CalcMolFormula(mol))
        }
        n_present = np.array([present.get(symbol, 0) for symbol in self._symbols], dtype=np.int64)
        is_possible = (self._required <= n_present).all(axis=1)
        counts = np.zeros(len(self._patterns))
        for i in np.flatnonzero(is_possible).tolist():
            counts[i] = len(mol.GetSubstructMatches(self._patterns[i], maxMatches=MAX_MATCHES))
        return counts


def _elements(pattern: Chem.Mol) -> Counter[str]:
    """Return how many atoms of each element a match has at least, hydrogen left out.

    RDKit gives an atom of a pattern the atomic number 0 unless it stands for one element alone.
    """
    return Counter(
        atom.GetSymbol() for atom in pattern.GetAtoms() if atom.GetAtomicNum() not in (0, 1)
    )
