"""Graph convolutional network."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Float, Shaped
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn.functional import relu

from molgnn.graph.batch import GraphBatch
from molgnn.graph.hops import Hop, atom_hops
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.features import FeatureLinear
from molgnn.nn.message_passing import sum_over_senders, take
from molgnn.nn.norms import BatchNorm
from molgnn.nn.options import Probability

DegreeNorm = Literal["none", "both"]


class GCN(Encoder):
    r"""Graph convolutions with residual connections.

    .. math::
        h_v' = \mathrm{BN}\Big(\mathrm{relu}\big(b + \sum_{u \in N(v)} c_{uv} W h_u\big)
               + \mathrm{relu}(U h_v + d)\Big)

    with :math:`c_{uv} = 1`, or :math:`1/\sqrt{|N(u)||N(v)|}` for ``degree_norm="both"``. An atom
    without neighbours sums over nothing.

    Parameters
    ----------
    preset
        The featurizer's columns.
    hidden_dim
        Width of every layer.
    depth
        Number of layers.
    dropout
        Probability of dropping a state after each layer.
    degree_norm
        Whether neighbours are weighted by degree.
    batch_norm
        Whether each layer ends in batch normalization.

    Notes
    -----
    Kipf & Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR 2017;
    the residual form is that of DGL-LifeSci, whose weights can be copied in.
    """

    def __init__(
        self,
        preset: Preset,
        *,
        hidden_dim: PositiveInt = 256,
        depth: PositiveInt = 2,
        dropout: Probability = 0.3,
        degree_norm: DegreeNorm = "none",
        batch_norm: bool = True,
    ) -> None:
        super().__init__()
        self.out_dim = hidden_dim
        self.layers = nn.ModuleList()
        for i in range(depth):
            if i == 0:
                message: nn.Module = FeatureLinear(preset.atoms, hidden_dim, bias=False)
                skip: nn.Module = FeatureLinear(preset.atoms, hidden_dim)
            else:
                message = nn.Linear(hidden_dim, hidden_dim, bias=False)
                skip = nn.Linear(hidden_dim, hidden_dim)
            norm = BatchNorm(hidden_dim) if batch_norm else nn.Identity()
            self.layers.append(GCNLayer(message, skip, norm, hidden_dim, dropout, degree_norm))

    def forward(self, batch: GraphBatch) -> Float[Tensor, "atoms hidden"]:
        """Return the atoms' final states."""
        hops = atom_hops(batch, len(self.layers), bonds=False, shared=self.shares_rows)
        states: Tensor = take(batch.atom_codes, hops.first)
        for layer, hop in zip(self.layers, hops.rounds, strict=True):
            states = layer(batch, hop, states)
        return take(states, hops.last)


class GCNLayer(nn.Module):
    """One convolution; the first of a stack reads codes, the others states."""

    def __init__(
        self,
        message: nn.Module,
        skip: nn.Module,
        norm: nn.Module,
        hidden_dim: int,
        dropout: float,
        degree_norm: DegreeNorm,
    ) -> None:
        super().__init__()
        self.message, self.skip, self.norm = message, skip, norm
        self.bias = nn.Parameter(torch.zeros(hidden_dim))
        self.dropout = nn.Dropout(dropout)
        self.degree_norm = degree_norm

    def forward(
        self, batch: GraphBatch, hop: Hop, states: Shaped[Tensor, "senders columns"]
    ) -> Float[Tensor, "receivers hidden"]:
        """Return the receivers' states."""
        messages = self.message(states)
        if self.degree_norm == "both":
            weight = batch.degrees.clamp(min=1).rsqrt().unsqueeze(1)
            sent = take(weight, hop.sending_items) * messages
            gathered = take(weight, hop.items) * sum_over_senders(hop, sent)
        else:
            gathered = sum_over_senders(hop, messages)
        convolved = relu(gathered + self.bias) + take(relu(self.skip(states)), hop.own)
        # Dropping before normalizing would let the running variance miss what evaluation sees.
        outputs: Tensor = self.dropout(self.norm(convolved))
        return outputs
