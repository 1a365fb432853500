"""All that a report shows, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from molgnn.assess.metrics import Evaluation, assess, average
from molgnn.tasks import Tasks

MOST_DETAILED = 24


@dataclass(frozen=True)
class Judged:
    """The test molecules, with what was measured and what was predicted.

    Parameters
    ----------
    lines
        Of the table's file.
    smiles
        After the standardizer.
    labels
        NaN where not measured.
    model, forest
        Probabilities and values; NaN where there is no prediction.
    similarity
        To the nearest molecule that was learned from, from 0 to 1.
    folds
        The fold that each molecule was judged in; 0 throughout where there is one split.
    """

    lines: Int[np.ndarray, " mols"]
    smiles: list[str]
    labels: Float[np.ndarray, "mols tasks"]
    model: Float[np.ndarray, "mols tasks"]
    forest: Float[np.ndarray, "mols tasks"]
    similarity: Float[np.ndarray, " mols"]
    folds: Int[np.ndarray, " mols"]

    def evaluate(self, tasks: Tasks, predictions: Float[np.ndarray, "mols tasks"]) -> Evaluation:
        """Return the figures of predictions: of several folds, the average."""
        return average(
            [
                assess(tasks, self.labels[self.folds == fold], predictions[self.folds == fold])
                for fold in (np.unique(self.folds) if len(self.folds) else [0])
            ]
        )


@dataclass(frozen=True)
class ReportContent:
    """A report before it is written.

    Parameters
    ----------
    title
        The model's name.
    facts
        What it is and was trained on: name to text.
    notes
        What to know of the table and the split.
    counts
        The labels by task and part, of the first fold.
    tasks
        What is predicted.
    judged
        The test molecules.
    thresholds, forest_thresholds
        From which probability on to say yes; chosen on molecules that are not judged here.
    """

    title: str
    facts: dict[str, str]
    notes: list[str]
    counts: pd.DataFrame
    tasks: Tasks
    judged: Judged
    thresholds: Sequence[float]
    forest_thresholds: Sequence[float]

    @property
    def detailed(self) -> list[int]:
        """The tasks with a section of their own: those with most measured test labels."""
        return most_measured(self.judged.labels)


def most_measured(labels: Float[np.ndarray, "mols tasks"]) -> list[int]:
    """Return, in order, the tasks that a report goes into: those with most measured labels."""
    n_measured = (~np.isnan(labels)).sum(axis=0)
    chosen = np.argsort(-n_measured, kind="stable")[:MOST_DETAILED]
    return sorted(int(task) for task in chosen)
