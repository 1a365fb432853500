"""How near molecules are to those that a model has learned from."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_matrix

SIMILARITY_FEATURES = ("ecfp4",)
"""Names of the features by which the similarity is measured, a column for each bit."""
MOLS_PER_BLOCK = 500


def nearest_similarity(
    fingerprints: csr_matrix, references: csr_matrix
) -> Float[np.ndarray, " mols"]:
    """Return each molecule's Tanimoto similarity to its nearest reference.

    Parameters
    ----------
    fingerprints, references
        A row for each molecule; a bit is set where the value is not zero, so that counts will do.

    Returns
    -------
    array
        From 0 to 1; NaN where there is no reference, and for a molecule without a fingerprint (a
        row of NaN). Two molecules without any bit are not similar.
    """
    similarity = np.full(fingerprints.shape[0], np.nan)
    known = _bits(references).T.tocsr()
    if not known.shape[1]:
        return similarity
    n_known = np.asarray(known.sum(axis=0)).ravel()
    bits = _bits(fingerprints)
    n_bits = np.asarray(bits.sum(axis=1)).ravel()
    for start in range(0, len(similarity), MOLS_PER_BLOCK):
        block = slice(start, start + MOLS_PER_BLOCK)
        shared = (bits[block] @ known).toarray()
        either = n_bits[block, None] + n_known - shared
        similarity[block] = (shared / np.maximum(either, 1)).max(axis=1)
    without = np.isnan(fingerprints.max(axis=1).toarray().ravel())
    similarity[without] = np.nan
    return similarity


def _bits(fingerprints: csr_matrix) -> csr_matrix:
    """Return 1 where there is a value, 0 elsewhere."""
    return (fingerprints > 0).astype(np.float32)
