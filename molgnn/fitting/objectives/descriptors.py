"""Pretraining by descriptors: regress what RDKit computes of a molecule, and its fingerprints."""

from __future__ import annotations

from typing import Self

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from molgnn.fitting.data import Step
from molgnn.fitting.objectives.pretraining import NamedObjective
from molgnn.graph.presets.column import Preset
from molgnn.nn.network import MoleculeEncoder


class Descriptors(NamedObjective):
    r"""Regresses continuous descriptors and predicts the bits of fingerprints.

    .. math::
        L = \frac{1}{|C|}\sum_{c \in C} (\hat y_c - y_c)^2
          + \frac{1}{|B|}\sum_{b \in B} \mathrm{BCE}(\hat y_b, y_b)

    Parameters
    ----------
    in_dim
        Width of the molecules' states.
    n_continuous, n_bits
        How many columns of the targets, in this order, are normal scores and how many are bits.

    Notes
    -----
    After CheMeleon: Burns et al., "Deep Learning Foundation Models from Classical Molecular
    Descriptors", 2025.
    """

    def __init__(self, in_dim: int, n_continuous: int, n_bits: int) -> None:
        super().__init__()
        self.n_continuous = n_continuous
        self.head = nn.Sequential(
            nn.Linear(in_dim, in_dim), nn.ReLU(), nn.Linear(in_dim, n_continuous + n_bits)
        )

    @classmethod
    def for_network(
        cls, network: MoleculeEncoder, preset: Preset, n_continuous: int, n_bits: int
    ) -> Self:
        """Return the objective for states of molecules."""
        del preset
        return cls(network.readout.out_dim, n_continuous, n_bits)

    def mean_loss(self, network: MoleculeEncoder, step: Step) -> Float[Tensor, ""]:
        """Return the mean of the columns' losses; targets that are NaN count for nothing."""
        outputs = self.head(network(step.graphs)).float().tensor_split([self.n_continuous], dim=1)
        values, bits = step.labels.float().tensor_split([self.n_continuous], dim=1)
        errors = (outputs[0] - values.nan_to_num()).square()
        entropies = binary_cross_entropy_with_logits(
            outputs[1], bits.nan_to_num(), reduction="none"
        )
        return _mean_of_known(errors, values) + _mean_of_known(entropies, bits)


def _mean_of_known(
    losses: Float[Tensor, "mols columns"], targets: Float[Tensor, "mols columns"]
) -> Float[Tensor, ""]:
    is_known = ~targets.isnan()
    return torch.where(is_known, losses, 0.0).sum() / is_known.sum().clamp(min=1)
