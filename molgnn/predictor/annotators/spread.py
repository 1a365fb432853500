"""Ensemble uncertainty: the standard deviation between the members of a model, per task."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float32

from molgnn.errors import ConfigError
from molgnn.predictor.annotators.base import Annotator, ModelFacts, Scored
from molgnn.predictor.schema import OutputColumn, Role


class Spread(Annotator):
    """Adds ``TASK_spread``: how far the members of an ensemble disagree about a task.

    It is the standard deviation (divided by their number) of what each member alone would
    predict: of calibrated probabilities, or of values in the task's unit. Members that agree can
    all be wrong, so it is a lower bound of the error, not its size, and no interval.
    """

    def __init__(self, model: ModelFacts) -> None:
        if model.n_members < 2:
            raise ConfigError(
                "expected a model of several members to tell their spread but got a single one; "
                "fix: train an ensemble of several, or leave spread out of add=…"
            )
        self._columns = [
            OutputColumn(
                f"{task.name}_spread",
                Role.UNCERTAINTY,
                task.name,
                task.unit,
                description=f"standard deviation between {model.n_members} members",
            )
            for task in model.tasks
        ]

    @property
    def columns(self) -> Sequence[OutputColumn]:
        """One per task."""
        return self._columns

    def annotate(self, scored: Scored) -> Sequence[np.ndarray]:
        """Return the deviations of each task."""
        return list(standard_deviation(scored.values_of_members).T)


def standard_deviation(
    values: Float[np.ndarray, "members mols tasks"],
) -> Float32[np.ndarray, "mols tasks"]:
    """Return the deviation over the members, the same for a molecule whatever stands beside it."""
    doubles = values.astype(np.float64)
    mean = sum(doubles) / len(doubles)
    variance = sum((each - mean) ** 2 for each in doubles) / len(doubles)
    deviation: Float32[np.ndarray, "mols tasks"] = np.sqrt(variance).astype(np.float32)
    return deviation
