"""Targets of pretraining by descriptors: normal scores of values, and bits of fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Int64


TARGETS_FILE = "targets.npy"
MIN_SHARE = 0.01
"""Bits that fewer molecules have, or lack, teach next to nothing."""


@dataclass(frozen=True)
class Targets:
    """What is to be predicted of each molecule.

    Parameters
    ----------
    values
        Normal scores, then bits; NaN where there is none. Without columns if there are no targets.
    n_continuous, n_bits
        How many columns are of either kind.
    """

    values: Float16[np.ndarray, "mols targets"]
    n_continuous: int
    n_bits: int


def compute_targets(
    smiles: Sequence[str],
    feature_sets: Sequence[str],
    train: Int64[np.ndarray, " train"],
    folder: Path,
) -> Targets:
    """Compute what the objective ``descriptors`` predicts, into a file that is mapped.

    Continuous descriptors become normal scores, counts become bits: whether there is any. Bits that
    hardly a molecule has, or lacks, and descriptors that are the same for all are left out.

    Parameters
    ----------
    smiles
        After the standardizer.
    feature_sets
        Names of `molgnn.chem.descriptors.FEATURE_SETS`; none gives no columns.
    train
        The molecules by which columns are chosen and scaled.
    folder
        Where the file goes.
    """
    if not feature_sets:
        return Targets(np.empty((len(smiles), 0), np.float16), 0, 0)
    raise NotImplementedError
