"""What a training report shows, as plain data: test labels, predictions, thresholds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from molgnn.assess.metrics import Evaluation, assess, average
from molgnn.tasks import Tasks

MODEL = "model"
"""What the trained model is called among those that predict."""

MAX_DETAILED = 24


@dataclass(frozen=True)
class EvaluatedMolecules:
    """The test molecules, with what was measured and what was predicted.

    Parameters
    ----------
    places
        Where a user finds each: ``"line 7"`` of the table's file.
    smiles
        After the standardizer.
    labels
        NaN where not measured.
    predictions
        What predicts, `MODEL` first and then the baselines, to its probabilities and values; NaN
        where there is no prediction.
    similarity
        Tanimoto similarity to the nearest training molecule, from 0 to 1.
    folds
        The fold in which each molecule was a test molecule; 0 throughout where there is one split.
    """

    places: list[str]
    smiles: list[str]
    labels: Float[np.ndarray, "mols tasks"]
    predictions: Mapping[str, Float[np.ndarray, "mols tasks"]]
    similarity: Float[np.ndarray, " mols"]
    folds: Int[np.ndarray, " mols"]

    def where(self, chosen: Bool[np.ndarray, " mols"]) -> EvaluatedMolecules:
        """Return some of the molecules."""
        return EvaluatedMolecules(
            places=list(compress(self.places, chosen)),
            smiles=list(compress(self.smiles, chosen)),
            labels=self.labels[chosen],
            predictions={name: values[chosen] for name, values in self.predictions.items()},
            similarity=self.similarity[chosen],
            folds=self.folds[chosen],
        )

    def by_fold(self) -> list[EvaluatedMolecules]:
        """Return the molecules of each fold: other models' scores are not to be ranked as one."""
        return [self.where(self.folds == fold) for fold in np.unique(self.folds)] or [self]

    def of_task(self, index: int) -> dict[str, Float[np.ndarray, " mols"]]:
        """Return what each predicts of one task."""
        return {name: values[:, index] for name, values in self.predictions.items()}

    def evaluate(
        self, tasks: Tasks, columns: Sequence[int], only: Collection[str] | None = None
    ) -> dict[str, Evaluation]:
        """Return the metrics, or some of them, of each that predicts: of folds, the average."""
        chosen, own, folds = Tasks([tasks[i] for i in columns]), list(columns), self.by_fold()
        return {
            name: average(
                [
                    assess(chosen, fold.labels[:, own], fold.predictions[name][:, own], only)
                    for fold in folds
                ]
            )
            for name in self.predictions
        }


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
    molecules
        The test molecules.
    detailed
        The tasks with a section of their own, and with baselines; see `most_measured`.
    thresholds
        What predicts to the probability of each task from which on a molecule is predicted
        positive; not chosen on these molecules.
    """

    title: str
    facts: dict[str, str]
    notes: list[str]
    counts: pd.DataFrame
    tasks: Tasks
    molecules: EvaluatedMolecules
    detailed: Sequence[int]
    thresholds: Mapping[str, Sequence[float]]


def most_measured(labels: Float[np.ndarray, "mols tasks"]) -> list[int]:
    """Return, in order, the tasks that get a section: those with most measured labels."""
    n_measured = (~np.isnan(labels)).sum(axis=0)
    chosen = np.argsort(-n_measured, kind="stable")[:MAX_DETAILED]
    return sorted(int(task) for task in chosen)
