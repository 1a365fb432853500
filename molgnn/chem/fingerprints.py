"""Fingerprints for the models that every network has to be compared with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from rdkit.Chem import rdFingerprintGenerator

from molgnn.chem.parsing import parse


def ecfp4_counts(smiles: Sequence[str], n_bits: int = 2048) -> UInt8[np.ndarray, "mols {n_bits}"]:
    """Count the circular environments of radius 2 (ECFP4), folded; counts end at 255.

    Parameters
    ----------
    smiles
        Valid molecules, standardized as the model's are.
    n_bits
        Columns to fold the environments into.

    Raises
    ------
    InvalidSmiles
        If a SMILES gives no molecule.

    References
    ----------
    D. Rogers, M. Hahn, Extended-connectivity fingerprints, J. Chem. Inf. Model. 50, 742 (2010).
    """
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=n_bits)
    counts = np.zeros((len(smiles), n_bits), dtype=np.uint8)
    for row, text in enumerate(smiles):
        counts[row] = np.minimum(generator.GetCountFingerprintAsNumPy(parse(text)), 255)
    return counts
