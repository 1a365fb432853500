"""Base class of training objectives: a loss for every step, a score for every epoch."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import numpy as np
from jaxtyping import Float
from torch import Tensor, nn

from molgnn.fitting.data import Step

Trained = TypeVar("Trained", bound=nn.Module)


class Objective(nn.Module, ABC, Generic[Trained]):
    """What a network is trained for.

    Parameters of its own, such as those of a decoder, are trained along with the network and are
    no part of what the training leaves.
    """

    @abstractmethod
    def loss(self, network: Trained, step: Step) -> Float[Tensor, ""]:
        """Return this process's part of the step's mean loss; the parts of all add up to it."""

    @abstractmethod
    def validate(
        self, network: Trained, step: Step
    ) -> tuple[Float[Tensor, ""], Float[Tensor, "mols outputs"]]:
        """Return the mean loss of validation molecules, and what the epoch's score needs of them.

        It must be the same whenever it is asked for the same weights and molecules.
        """

    def score(self, outputs: Float[np.ndarray, "mols outputs"]) -> float:
        """Return the epoch's score from all that `validate` gave: larger is better.

        NaN leaves the validation loss to decide, which is what objectives do that have no score.
        """
        del outputs
        return math.nan
