"""Fingerprints of RDKit as counts in a fixed number of columns."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float32
from rdkit import Chem

from molgnn.chem.descriptors.base import FeatureSet, Kind

N_COLUMNS = 2048


class HashedCounts(FeatureSet):
    """Counts of what a generator of RDKit finds in a molecule.

    RDKit gives each environment, pair or torsion a hash; its column is the remainder of the hash by
    the number of columns (folding), and what falls into the same column is counted together. Counts
    have no upper limit. Chirality and the simulated counts of RDKit's bit vectors are left out.

    Parameters
    ----------
    name
        Begins the columns' names.
    generator
        From `rdkit.Chem.rdFingerprintGenerator`, of `N_COLUMNS` columns.
    """

    def __init__(self, name: str, generator: Any) -> None:
        self._name = name
        self._generator = generator

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The name of the fingerprint and the number of the column, from 0."""
        return tuple(f"{self._name}_{column}" for column in range(N_COLUMNS))

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Counts, all of them."""
        return (Kind.COUNT,) * N_COLUMNS

    def compute(self, mol: Chem.Mol) -> Float32[np.ndarray, " columns"]:
        """Return the counts."""
        return np.asarray(self._generator.GetCountFingerprintAsNumPy(mol), dtype=np.float32)
