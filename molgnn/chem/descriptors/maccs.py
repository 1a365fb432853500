"""MACCS keys: 166 substructures, each there or not."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from jaxtyping import Float32
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import GetMACCSKeysFingerprint

from molgnn.chem.descriptors.base import FeatureSet, Kind

N_KEYS = 166


class MACCS(FeatureSet):
    """The 166 public MACCS keys; RDKit's bit 0, which is never set, is left out.

    References
    ----------
    J. L. Durant et al., Reoptimization of MDL keys for use in drug discovery,
    J. Chem. Inf. Comput. Sci. 42, 1273 (2002).
    """

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The number of the key, from 1."""
        return tuple(f"maccs_{key}" for key in range(1, N_KEYS + 1))

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Binary, all of them."""
        return (Kind.BINARY,) * N_KEYS

    def compute(self, mol: Chem.Mol) -> Float32[np.ndarray, " columns"]:
        """Return 1 for each key that the molecule has."""
        features = np.zeros(N_KEYS, dtype=np.float32)
        features[np.array(GetMACCSKeysFingerprint(mol).GetOnBits(), dtype=np.int64) - 1] = 1
        return features
