"""A model that needs no network, for what screening does around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from molgnn.chem.records import Rejected, Stage
from molgnn.predictor.predictions import Predictions
from molgnn.tasks import Task, Tasks


class LengthModel:
    """Predicts the length of a SMILES, and rejects those without a C."""

    tasks = Tasks([Task("length"), Task("half")])

    def predict(self, smiles: Sequence[str]) -> Predictions:
        values = np.array([[len(text), len(text) / 2] for text in smiles], dtype=np.float32)
        rejected = {
            i: Rejected(i, text, Stage.PARSE, "no carbon: no C in it" if text else "blank: it is")
            for i, text in enumerate(smiles)
            if "C" not in text
        }
        values[list(rejected)] = np.nan
        return Predictions(tuple(smiles), self.tasks, values, rejected)


@pytest.fixture
def length_model() -> LengthModel:
    return LengthModel()
