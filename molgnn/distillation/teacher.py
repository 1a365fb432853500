"""A teacher's outputs: calibrated logits of classifications, values of regressions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from molgnn.chem.descriptors import compute_features
from molgnn.graph.featurizer import Featurizer
from molgnn.predictor.predictor import CHUNK_MOLS, Predictor
from molgnn.processes.cores import usable_cores


def teach(teacher: Predictor, smiles: Sequence[str]) -> Float32[np.ndarray, "mols tasks"]:
    """Return the teacher's outputs.

    Parameters
    ----------
    teacher
        Any model.
    smiles
        Molecules, as its standardizer leaves them.

    Returns
    -------
    array
        Logits of its probabilities, and values; NaN for what it cannot predict.
    """
    bundle = teacher.bundle
    featurizer, sets = Featurizer(bundle.preset), bundle.feature_sets
    features = compute_features(smiles, sets, n_processes=usable_cores()) if sets else None
    outputs = np.full((len(smiles), len(bundle.tasks)), np.nan, dtype=np.float32)
    for start in range(0, len(smiles), CHUNK_MOLS):
        featurized = featurizer(smiles[start : start + CHUNK_MOLS])
        rows = np.arange(start, min(start + CHUNK_MOLS, len(smiles)))
        rows = np.delete(rows, [*featurized.rejected])
        molecules = featurized.molecules
        if features is not None:
            molecules = molecules.with_features(features.select(rows))
        outputs[rows] = teacher.calibrated_outputs(molecules)
    return np.where(np.isfinite(outputs), outputs, np.nan)
