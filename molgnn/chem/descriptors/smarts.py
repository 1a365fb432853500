"""Count substructures of many SMARTS patterns, skipping those whose elements are not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from jaxtyping import Float64
from rdkit import Chem

MAX_MATCHES = 100_000


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
        self._numbers = sorted(set().union(*elements)) if elements else []
        self._required = np.array(
            [[needed[number] for number in self._numbers] for needed in elements], dtype=np.int64
        ).reshape(len(self._patterns), len(self._numbers))

    def __len__(self) -> int:
        return len(self._patterns)

    def count(self, mol: Chem.Mol) -> Float64[np.ndarray, " patterns"]:
        """Return how often each pattern is found."""
        present = Counter(atom.GetAtomicNum() for atom in mol.GetAtoms())
        n_present = np.array([present[number] for number in self._numbers], dtype=np.int64)
        is_possible = (self._required <= n_present).all(axis=1)
        counts = np.zeros(len(self._patterns))
        for i in np.flatnonzero(is_possible).tolist():
            counts[i] = len(mol.GetSubstructMatches(self._patterns[i], maxMatches=MAX_MATCHES))
        return counts


def _elements(pattern: Chem.Mol) -> Counter[int]:
    """Return how many atoms of each element a match has at least.

    RDKit gives an atom of a pattern the atomic number 0 unless it stands for one element alone.
    """
    numbers = Counter(atom.GetAtomicNum() for atom in pattern.GetAtoms())
    del numbers[0]
    return numbers
