"""GAT encoder: graph attention network, in its second version (GATv2)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Unpack

import torch
from jaxtyping import Float, Shaped
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from molgnn.errors import ConfigError
from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.stack import DEFAULTS, SEARCH_SPACE, Inputs, Layer, Stack, StackOptions
from molgnn.nn.message_passing import softmax_over_messages, sum_messages, take
from molgnn.nn.search import Choice, SearchSpace

SLOPE = 0.2


class GAT(Stack):
    r"""Attention decides how much of each neighbour an atom takes up.

    .. math::
        s_{uv} = W h_u + e_{uv}, \qquad
        \alpha_{uv} = \underset{u \in N(v)}{\mathrm{softmax}}\ a^T
        \mathrm{LeakyReLU}(s_{uv} + U h_v), \qquad
        \mathrm{layer}(h)_v = \sum_{u \in N(v)} \alpha_{uv}\, s_{uv}

    in several heads, side by side; :math:`e_{uv}` is a linear map of the bond's features, or
    nothing. Without bonds it is `dgl.nn.GATv2Conv`.

    Parameters
    ----------
    preset
        The featurizer's columns.
    n_heads
        How many heads share the width.
    bonds
        Whether bonds take part in the scores and in the messages.
    **shared
        The options of every stack.

    Raises
    ------
    ConfigError
        If the heads do not divide the width.

    Notes
    -----
    Brody, Alon & Yahav, "How Attentive are Graph Attention Networks?", ICLR 2022.
    """

    shared_defaults: ClassVar[StackOptions] = DEFAULTS | StackOptions(depth=3)
    search_space: ClassVar[SearchSpace] = SEARCH_SPACE | {"n_heads": Choice((1, 2, 4, 8))}

    def __init__(
        self,
        preset: Preset,
        *,
        n_heads: PositiveInt = 4,
        bonds: bool = True,
        **shared: Unpack[StackOptions],
    ) -> None:
        layer = partial(GATLayer, n_heads=n_heads, bonds=bonds)
        super().__init__(preset, layer, sees_bonds=bonds, **shared)


class GATLayer(Layer):
    """One round of attention."""

    def __init__(self, inputs: Inputs, *, n_heads: int, bonds: bool) -> None:
        super().__init__()
        if inputs.hidden_dim % n_heads:
            raise ConfigError(
                f"expected heads that share the width evenly but got n_heads={n_heads} and "
                f"hidden_dim={inputs.hidden_dim}; fix: make hidden_dim a multiple of "
                f"{n_heads}"
            )
        self.source, self.target = inputs.linear(), inputs.linear()
        self.bond = inputs.bond_linear(bias=False) if bonds else None
        self.attention = nn.Parameter(torch.empty(n_heads, inputs.hidden_dim // n_heads))
        nn.init.xavier_normal_(self.attention)

    def forward(
        self, batch: GraphBatch, block: Block, states: Shaped[Tensor, "senders columns"]
    ) -> Float[Tensor, "receivers hidden"]:
        """Return the weighted sums of the neighbours."""
        sent = take(self.source(states), block.src)
        if self.bond is not None:
            sent = sent + self.bond(take(batch.bond_codes, block.edges // 2))
        asking = take(take(self.target(states), block.dst_in_src), block.dst)
        heads = leaky_relu(sent + asking, SLOPE).view(-1, *self.attention.shape)
        weights = softmax_over_messages(block, (heads * self.attention).sum(dim=2))
        weighted = sent.view(heads.shape) * weights.unsqueeze(2)
        return sum_messages(block, weighted.flatten(1))
