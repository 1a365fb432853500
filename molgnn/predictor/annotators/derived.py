"""Derived outputs: one number from the probabilities of several classification tasks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import reduce
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from molgnn.errors import ConfigError
from molgnn.predictor.annotators.base import Annotator, ModelFacts, Scored
from molgnn.predictor.schema import OutputColumn, Role


class DerivedProbability(Annotator):
    """A column that is computed from the probabilities of tasks.

    Parameters
    ----------
    model
        Whose predictions it is derived from.
    tasks
        Names of classification tasks; by default all that the model has.
    column
        What the column is called.

    Raises
    ------
    UnknownName
        If the model has no such task.
    ConfigError
        If there is no classification task, or a named one is none.

    Attributes
    ----------
    default_column
        What the column is called where nobody says otherwise.
    rule
        How it is computed, and what it is not; ``{tasks}`` stands for the names.
    """

    default_column: ClassVar[str]
    rule: ClassVar[str]

    def __init__(
        self, model: ModelFacts, *, tasks: Sequence[str] | None = None, column: str = ""
    ) -> None:
        self._places = _places_of(model, tasks)
        named = "all tasks" if tasks is None else ", ".join(tasks)
        if tasks is None and len(self._places) < len(model.tasks):
            named = "all classification tasks"
        self._column = OutputColumn(
            column or self.default_column,
            Role.PROBABILITY,
            description=self.rule.format(tasks=f"{named} ({len(self._places)})"),
        )

    @abstractmethod
    def combine(
        self, probabilities: Sequence[Float[np.ndarray, " mols"]]
    ) -> Float[np.ndarray, " mols"]:
        """Return the derived number of each molecule from the probabilities, a column per task."""

    @property
    def columns(self) -> Sequence[OutputColumn]:
        """The one column."""
        return (self._column,)

    def annotate(self, scored: Scored) -> Sequence[np.ndarray]:
        """Return the derived numbers."""
        columns = scored.values.astype(np.float64).T
        return [self.combine([columns[place] for place in self._places]).astype(np.float32)]


class AnyPositive(DerivedProbability):
    """Adds ``any``: whether some task is positive, such as the any-toxic label of Tox21."""

    default_column = "any"
    rule = (
        "probability that at least one of {tasks} is positive, as 1 - product of (1 - p); exact "
        "only if the tasks were independent given the structure: too high where they go together, "
        "and not calibrated on molecules as a whole"
    )

    def combine(
        self, probabilities: Sequence[Float[np.ndarray, " mols"]]
    ) -> Float[np.ndarray, " mols"]:
        """Return 1 - Π(1 - p)."""
        return 1 - reduce(np.multiply, [1 - column for column in probabilities])


class MeanProbability(DerivedProbability):
    """Adds ``mean``: which share of the tasks is expected to be positive."""

    default_column = "mean"
    rule = (
        "mean of the probabilities of {tasks}: the share of them expected to be positive; not the "
        "probability of any one event, so no threshold of a task applies to it"
    )

    def combine(
        self, probabilities: Sequence[Float[np.ndarray, " mols"]]
    ) -> Float[np.ndarray, " mols"]:
        """Return the arithmetic mean."""
        return reduce(np.add, probabilities) / len(probabilities)


class MaxProbability(DerivedProbability):
    """Adds ``max``: how probable the likeliest of the tasks is."""

    default_column = "max"
    rule = (
        "largest of the probabilities of {tasks}: a lower bound of the probability that at least "
        "one is positive, not that probability itself, and the more tasks the higher"
    )

    def combine(
        self, probabilities: Sequence[Float[np.ndarray, " mols"]]
    ) -> Float[np.ndarray, " mols"]:
        """Return the maximum."""
        return reduce(np.maximum, probabilities)


def _places_of(model: ModelFacts, names: Sequence[str] | None) -> list[int]:
    if isinstance(names, str):
        raise ConfigError(f"expected tasks as a list of names but got {names!r}; fix: [{names!r}]")
    places = [model.tasks.index_of(name) for name in names or model.tasks.names]
    chosen = [place for place in places if model.tasks[place].is_classification]
    if not chosen or (names is not None and len(chosen) < len(places)):
        kinds = ", ".join(
            f"{model.tasks[place].name} ({model.tasks[place].kind})" for place in places
        )
        fix = "name only those in tasks" if chosen else "leave this column out of add=…"
        raise ConfigError(f"expected classification tasks to combine but got {kinds}; fix: {fix}")
    return chosen
