"""Normalization layers: batch, layer and graph norm; a new one is one class and one line."""

from __future__ import annotations

from typing import Annotated

import torch
from jaxtyping import Float
from pydantic import AfterValidator
from torch import Tensor, nn
from torch.nn.functional import batch_norm

from molgnn.errors import unknown_name
from molgnn.graph.batch import GraphBatch
from molgnn.nn.message_passing import mean_over_atoms


class BatchNorm(nn.BatchNorm1d):
    """`torch.nn.BatchNorm1d`, except that fewer than two training rows use the running statistics.

    One row has no variance, and a last batch that holds a single molecule is no reason to stop.
    """

    def forward(self, states: Float[Tensor, "rows hidden"]) -> Float[Tensor, "rows hidden"]:
        """Normalize each column over the rows."""
        if self.training and len(states) < 2:
            return batch_norm(
                states, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(states)


class MoleculeNorm(nn.Module):
    """Base of norms that look at a molecule's atoms together, and so are told where each is."""


class GraphNorm(MoleculeNorm):
    r"""Each state over the atoms of its molecule, less as much of their mean as is learned.

    .. math::
        h_v' = \gamma \frac{h_v - \alpha \mu_g}{\sqrt{\sigma_g^2 + \epsilon}} + \beta, \qquad
        \mu_g = \underset{v \in g}{\mathrm{mean}}\ h_v, \quad
        \sigma_g^2 = \underset{v \in g}{\mathrm{mean}}\ (h_v - \alpha \mu_g)^2

    Parameters
    ----------
    hidden_dim
        Width of the states.

    Notes
    -----
    Cai et al., "GraphNorm: A Principled Approach to Accelerating Graph Neural Network Training",
    ICML 2021.
    """

    def __init__(self, hidden_dim: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(hidden_dim))
        self.bias = nn.Parameter(torch.zeros(hidden_dim))
        self.mean_scale = nn.Parameter(torch.ones(hidden_dim))

    def forward(
        self, batch: GraphBatch, states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "atoms hidden"]:
        """Normalize each molecule's atoms."""
        # Atoms that are nearly alike differ by less than half precision can tell.
        states = states.to(torch.promote_types(states.dtype, torch.float32))
        mean = mean_over_atoms(batch, states) * self.mean_scale
        centred = states - mean.index_select(0, batch.mol_of_atom)
        variance = mean_over_atoms(batch, centred.square()).index_select(0, batch.mol_of_atom)
        return self.weight * centred * (variance + self.eps).rsqrt() + self.bias


NORMS: dict[str, type[nn.Module]] = {
    "none": nn.Identity,
    "batch": BatchNorm,
    "layer": nn.LayerNorm,
    "graph": GraphNorm,
}


def _known(norm: str) -> str:
    if norm not in NORMS:
        raise ValueError(str(unknown_name("norm", norm, NORMS)))
    return norm


Norm = Annotated[str, AfterValidator(_known)]
"""A name in `NORMS`."""
