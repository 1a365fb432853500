"""Base class of pretraining objectives, which need no labels, and mixtures of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Self

import torch
from jaxtyping import Float
from torch import Tensor, nn

from molgnn.fitting.data import Step
from molgnn.fitting.objectives.base import Objective
from molgnn.graph.presets.column import Preset
from molgnn.nn.network import MoleculeEncoder

VALIDATION_SEED = 0


class PretrainingObjective(Objective[MoleculeEncoder]):
    """What a `MoleculeEncoder` is trained for on molecules without labels."""

    @abstractmethod
    def mean_loss(self, network: MoleculeEncoder, step: Step) -> Float[Tensor, ""]:
        """Return the mean loss of a batch; it may draw from torch's random numbers."""

    def loss(self, network: MoleculeEncoder, step: Step) -> Float[Tensor, ""]:
        """Return this process's part of the step's mean loss, by its share of the molecules."""
        return self.mean_loss(network, step) * (len(step.labels) / len(step.all_labels))

    def validate(
        self, network: MoleculeEncoder, step: Step
    ) -> tuple[Float[Tensor, ""], Float[Tensor, "mols outputs"]]:
        """Return the mean loss, with the same random numbers in every epoch."""
        with torch.random.fork_rng():
            torch.manual_seed(VALIDATION_SEED)
            return self.mean_loss(network, step), torch.empty(len(step.labels), 0)


class NamedObjective(PretrainingObjective):
    """One that is listed in `molgnn.pretraining.objectives.OBJECTIVES`."""

    @classmethod
    @abstractmethod
    def for_network(
        cls, network: MoleculeEncoder, preset: Preset, n_continuous: int, n_bits: int
    ) -> Self:
        """Return the objective for a network, to its widths.

        Parameters
        ----------
        network
            Whose states it computes its loss from.
        preset
            The columns of the network's input.
        n_continuous, n_bits
            How many columns of the targets are descriptors, and how many are bits.
        """


class AtomObjective(NamedObjective):
    """One that is computed from the states of atoms alone.

    Parameters
    ----------
    hidden_dim
        Width of the states.
    preset
        The columns of the codes.
    """

    @abstractmethod
    def __init__(self, hidden_dim: int, preset: Preset) -> None:
        super().__init__()

    @classmethod
    def for_network(
        cls, network: MoleculeEncoder, preset: Preset, n_continuous: int, n_bits: int
    ) -> Self:
        """Return the objective for states of atoms."""
        del n_continuous, n_bits
        return cls(network.encoder.out_dim, preset)


class Mixture(PretrainingObjective):
    """The sum of several objectives.

    Parameters
    ----------
    objectives
        One or more.
    """

    def __init__(self, objectives: Sequence[PretrainingObjective]) -> None:
        super().__init__()
        self.objectives = objectives
        self.parts = nn.ModuleList(objectives)

    def mean_loss(self, network: MoleculeEncoder, step: Step) -> Float[Tensor, ""]:
        """Return the sum of their losses."""
        return torch.stack([each.mean_loss(network, step) for each in self.objectives]).sum()
