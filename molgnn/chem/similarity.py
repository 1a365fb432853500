"""How near molecules are to those that a model has learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from rdkit.Chem import rdFingerprintGenerator
from rdkit.DataStructs import BulkTanimotoSimilarity

from molgnn.chem.parsing import parse


def nearest_similarity(
    smiles: Sequence[str], references: Sequence[str]
) -> Float[np.ndarray, " mols"]:
    """Return each molecule's Tanimoto similarity to its nearest reference, by ECFP4 bits.

    Parameters
    ----------
    smiles, references
        Valid molecules, standardized alike. The time goes by the product of their numbers: some
        five million pairs a second.

    Returns
    -------
    array
        From 0 to 1; NaN where there is no reference.
    """
    if not len(references):
        return np.full(len(smiles), np.nan)
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    known = [generator.GetFingerprint(parse(text)) for text in references]
    return np.array(
        [max(BulkTanimotoSimilarity(generator.GetFingerprint(parse(t)), known)) for t in smiles],
        dtype=float,
    )
