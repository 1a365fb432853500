"""What an annotator is: it adds columns to a model's predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from molgnn.predictor.schema import OutputColumn
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    from molgnn.graph.store import MoleculeStore


@dataclass(frozen=True)
class Annotation:
    """An annotator by its name, as a model's description or a user asks for it.

    Parameters
    ----------
    name
        One of `molgnn.predictor.annotators.ANNOTATORS`.
    options
        The keyword arguments of its class, besides the model.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return what stands in ``bundle.json``."""
        return {"name": self.name, "options": dict(self.options)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Annotation:
        """Read what `to_json` gave."""
        return cls(record["name"], dict(record.get("options", {})))


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model before its members are loaded.

    Parameters
    ----------
    tasks
        What it predicts.
    n_members
        How many networks and other models it averages, or 1.
    """

    tasks: Tasks
    n_members: int


@dataclass(frozen=True)
class Scored:
    """Molecules that the members have read; what an annotator may use.

    Parameters
    ----------
    smiles
        Of each molecule, as the model's standardizer left it.
    molecules
        Their atom and bond codes.
    outputs
        What each member gives for them: logits of classifications, values of regressions.
    values
        What the model predicts: probabilities and values. They are finite.
    calibrate
        Turns the outputs of one member into probabilities and values.
    """

    smiles: Sequence[str]
    molecules: MoleculeStore
    outputs: Float[np.ndarray, "members mols tasks"]
    values: Float[np.ndarray, "mols tasks"]
    calibrate: Callable[[np.ndarray], np.ndarray]

    def __len__(self) -> int:
        return len(self.smiles)

    def take(self, mols: Sequence[int]) -> Scored:
        """Return some of the molecules."""
        return Scored(
            [self.smiles[mol] for mol in mols],
            self.molecules.select(mols),
            self.outputs[:, mols],
            self.values[mols],
            self.calibrate,
        )

    @cached_property
    def values_of_members(self) -> Float[np.ndarray, "members mols tasks"]:
        """What each member alone would predict, with the model's calibration."""
        return np.stack([self.calibrate(each) for each in self.outputs])


class Annotator(ABC):
    """Adds columns to the predictions of one model.

    It is made without loading the members, in a process that may not even have PyTorch in memory,
    and sent to those that score. So it must pickle, and import torch, if at all, in `annotate`.

    Parameters
    ----------
    model
        Whose predictions are annotated.
    **options
        An annotator's own keyword arguments, which a bundle can hold as JSON.

    Raises
    ------
    ConfigError
        If it has nothing to say of such a model.
    """

    @abstractmethod
    def __init__(self, model: ModelFacts) -> None: ...

    @property
    @abstractmethod
    def columns(self) -> Sequence[OutputColumn]:
        """The columns that it adds."""

    @abstractmethod
    def annotate(self, scored: Scored) -> Sequence[np.ndarray]:
        """Return the cells: one array per column, in each one entry per molecule.

        An entry depends on its molecule alone, to the last bit, not on those beside it: reductions
        go over members or tasks one after the other, since NumPy sums in another order when the
        number of molecules is another. A float that is NaN and a text that is None are gaps.
        """
