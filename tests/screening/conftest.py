"""Models that need no network, for what screening does around them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from molgnn.chem.records import Rejected, Row, Stage
from molgnn.predictor.predictions import Predictions
from molgnn.screening.chunks import ScoredChunk, Scores
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


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return faults.py, from a place where worker processes find it, too."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return import_module("faults")


def make_scored_chunk(
    rows: Sequence[tuple[str, ...]],
    values: Sequence[Sequence[float]],
    reasons: Mapping[int, str] | None = None,
    *,
    smiles_index: int = 0,
    first: int = 0,
) -> ScoredChunk:
    """Return these cells and scores as rows from number *first* on; a reason rejects its row."""
    reasons = reasons or {}
    scores = np.array(values, dtype=np.float32).reshape(len(rows), -1 if rows else 2)
    scores[list(reasons)] = np.nan
    return ScoredChunk(
        tuple(
            Row(number, number + 2, fields[smiles_index], fields)
            for number, fields in enumerate(rows, first)
        ),
        Scores(scores, {i: Rejected(i, "", Stage.PARSE, why) for i, why in reasons.items()}),
    )


@pytest.fixture(scope="session")
def scored() -> Callable[..., ScoredChunk]:
    return make_scored_chunk
