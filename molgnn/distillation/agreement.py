"""How near a student comes to its teacher, on molecules that it has not learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from molgnn.assess.calibration import Calibration
from molgnn.distillation.examples import DistillationExamples
from molgnn.nn.network import AnyNetwork
from molgnn.predictor.networks import BATCH_MOLS, run_networks
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    import pandas as pd

R2, DIFFERENCE = "r2", "mean_difference"


def compare(tasks: Tasks, network: AnyNetwork, examples: DistillationExamples) -> pd.DataFrame:
    """Return R² of the outputs, and the mean absolute difference of the predictions, by task.

    Outputs are logits and values, predictions probabilities and values; both are of the molecules
    that only said when to stop.
    """
    import pandas as pd

    held_out = examples.split.valid
    molecules, taught = examples.molecules.select(held_out), examples.taught[held_out]
    network.cpu().eval()
    learned = run_networks([network], molecules, torch.device("cpu"), BATCH_MOLS)[0]
    identity = Calibration.identity(len(tasks))
    errors = np.nanmean((learned - taught) ** 2, axis=0)
    differences = np.abs(identity(tasks, learned) - identity(tasks, taught))
    frame = {
        R2: 1 - errors / np.nanvar(taught, axis=0),
        DIFFERENCE: np.nanmean(differences, axis=0),
    }
    return pd.DataFrame(frame, index=pd.Index(tasks.names, name="task"))
