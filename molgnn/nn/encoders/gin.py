"""GIN and GINE encoder: graph isomorphism network."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Unpack

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn.functional import relu

from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.stack import DEFAULTS, Inputs, Layer, Stack, StackOptions
from molgnn.nn.message_passing import sum_messages, sum_over_senders, take


class GIN(Stack):
    r"""Sums tell neighbourhoods apart, and a perceptron learns which matter.

    .. math::
        \mathrm{layer}(h)_v = \mathrm{MLP}\Big((1 + \epsilon) h_v +
        \sum_{u \in N(v)} \mathrm{relu}(h_u + e_{uv})\Big)

    with :math:`e_{uv}` a linear map of the bond's features (GINE); without bonds, the sum is
    that of the neighbours' states (GIN).

    Parameters
    ----------
    preset
        The featurizer's columns.
    bonds
        Whether bonds take part.
    **shared
        The options of every stack.

    Notes
    -----
    Xu et al., "How Powerful are Graph Neural Networks?", ICLR 2019; with bonds, Hu et al.,
    "Strategies for Pre-training Graph Neural Networks", ICLR 2020. Given their perceptron, the
    layers are `dgl.nn.GINEConv` and `dgl.nn.GINConv`.
    """

    shared_defaults: ClassVar[StackOptions] = DEFAULTS | StackOptions(depth=4)

    def __init__(
        self, preset: Preset, *, bonds: bool = True, **shared: Unpack[StackOptions]
    ) -> None:
        super().__init__(preset, partial(GINLayer, bonds=bonds), sees_bonds=bonds, **shared)


class GINLayer(Layer):
    """One round."""

    def __init__(self, inputs: Inputs, *, bonds: bool) -> None:
        super().__init__()
        self.read = inputs.states()
        self.bond = inputs.bond_linear() if bonds else None
        self.epsilon = nn.Parameter(torch.zeros(1))
        hidden_dim = inputs.hidden_dim
        self.perceptron = nn.Sequential(
            nn.Linear(hidden_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, hidden_dim)
        )

    def forward(
        self, batch: GraphBatch, block: Block, states: Shaped[Tensor, "senders columns"]
    ) -> Float[Tensor, "receivers hidden"]:
        """Return what the perceptron makes of an atom and its neighbours."""
        own: Tensor = self.read(states)
        if self.bond is None:
            gathered = sum_over_senders(block, own)
        else:
            bonds = self.bond(take(batch.bond_codes, block.edges // 2))
            gathered = sum_messages(block, relu(take(own, block.src) + bonds))
        outputs: Tensor = self.perceptron(
            (1 + self.epsilon) * take(own, block.dst_in_src) + gathered
        )
        return outputs
