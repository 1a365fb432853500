"""GCN encoder: graph convolutional network."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal, Unpack

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.stack import DEFAULTS, SEARCH_SPACE, Inputs, Layer, Stack, StackOptions
from molgnn.nn.message_passing import sum_over_senders, take
from molgnn.nn.search import Choice, SearchSpace

DegreeNorm = Literal["none", "both"]


class GCN(Stack):
    r"""Graph convolutions.

    .. math::
        \mathrm{layer}(h)_v = b + \sum_{u \in N(v)} c_{uv} W h_u

    with :math:`c_{uv} = 1`, or :math:`1/\sqrt{|N(u)||N(v)|}` for ``degree_norm="both"``. An atom
    without neighbours sums over nothing.

    Parameters
    ----------
    preset
        The featurizer's columns.
    degree_norm
        Whether neighbours are weighted by degree.
    **shared
        The options of every stack; the residual is a projected one by default.

    Notes
    -----
    Kipf & Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR 2017;
    the residual form is that of DGL-LifeSci, whose weights can be copied in.
    """

    shared_defaults: ClassVar[StackOptions] = DEFAULTS | StackOptions(
        depth=2, dropout=0.3, residual="projected"
    )
    search_space: ClassVar[SearchSpace] = SEARCH_SPACE | {
        "residual": Choice(("projected", "identity", "none"))
    }

    def __init__(
        self, preset: Preset, *, degree_norm: DegreeNorm = "none", **shared: Unpack[StackOptions]
    ) -> None:
        layer = partial(GCNLayer, degree_norm=degree_norm)
        super().__init__(preset, layer, sees_bonds=False, **shared)


class GCNLayer(Layer):
    """One convolution."""

    def __init__(self, inputs: Inputs, *, degree_norm: DegreeNorm) -> None:
        super().__init__()
        self.message = inputs.linear(bias=False)
        self.bias = nn.Parameter(torch.zeros(inputs.hidden_dim))
        self.degree_norm = degree_norm

    def forward(
        self, batch: GraphBatch, block: Block, states: Shaped[Tensor, "senders columns"]
    ) -> Float[Tensor, "receivers hidden"]:
        """Return the sums of the neighbours' messages."""
        messages = self.message(states)
        if self.degree_norm == "none":
            return sum_over_senders(block, messages) + self.bias
        weight = batch.degrees.clamp(min=1).rsqrt().unsqueeze(1)
        sent = take(weight, block.src_nodes) * messages
        return take(weight, block.dst_nodes) * sum_over_senders(block, sent) + self.bias
