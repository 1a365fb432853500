"""Predict validation and test molecules with the members that have not seen them; calibrate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from molgnn.assess.calibration import Calibration
from molgnn.assess.metrics import Evaluation, assess, average
from molgnn.chem.splits import Split
from molgnn.experiments.members import Trained
from molgnn.fitting.data import TrainingData
from molgnn.predictor.bundle import uneven, weighted_mean
from molgnn.predictor.members import run_members
from molgnn.predictor.networks import BATCH_MOLS

HELD_OUT_PARTS = ("valid", "test")


@dataclass(frozen=True)
class HeldOutPredictions:
    """The predictions of every fold's own members, and their metrics.

    Parameters
    ----------
    calibration
        Of all members together; fitted on what each fold's predict for its validation part.
    splits
        Those of the folds.
    values
        One array per fold: probabilities and values of all molecules.
    evaluations
        Part to its metrics, the average of the folds'.
    """

    calibration: Calibration
    splits: list[Split]
    values: list[Float[np.ndarray, "mols tasks"]]
    evaluations: dict[str, Evaluation]


def predict_held_out(data: TrainingData, trained: Trained) -> HeldOutPredictions:
    """Predict every molecule with the members of each fold, calibrate, and compare with labels.

    The members of one fold predict together; those of another may have seen its test part.
    """
    cpu = torch.device("cpu")
    raw = run_members(trained.models, data.molecules, cpu, BATCH_MOLS)
    fold_of_member = np.array([member.fold for member in trained.members])
    folds = np.unique(fold_of_member)
    weights = np.array(trained.weights)
    outputs = [
        weighted_mean(raw[is_own], uneven(weights[is_own].tolist()))
        for fold in folds
        for is_own in [fold_of_member == fold]
    ]
    splits = [trained.split_of(fold) for fold in folds]
    calibration = Calibration.fit(
        data.tasks,
        np.concatenate([out[split.valid] for out, split in zip(outputs, splits, strict=True)]),
        np.concatenate([data.labels[split.valid] for split in splits]),
    )
    values = [calibration(data.tasks, out) for out in outputs]
    evaluations = {part: _evaluate(data, splits, values, part) for part in HELD_OUT_PARTS}
    if len(folds) > 1:
        is_unseen = np.ones((len(folds), len(data.labels)), dtype=bool)
        for i, split in enumerate(splits):
            is_unseen[i, split.train] = False
        calibration = calibration.for_mean(np.stack(outputs), is_unseen)
    return HeldOutPredictions(calibration, splits, values, evaluations)


def _evaluate(
    data: TrainingData,
    splits: list[Split],
    values: list[Float[np.ndarray, "mols tasks"]],
    part: str,
) -> Evaluation:
    return average(
        [
            assess(data.tasks, data.labels[mols], of_fold[mols])
            for split, of_fold in zip(splits, values, strict=True)
            for mols in [getattr(split, part)]
        ]
    )
