"""GraphSAGE encoder: neighbours are averaged, summed or max-pooled."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal, Unpack

from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn.functional import relu

from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.stack import SEARCH_SPACE, Inputs, Layer, Stack, StackOptions
from molgnn.nn.message_passing import (
    max_over_senders,
    mean_over_senders,
    sum_over_senders,
    take,
)
from molgnn.nn.search import Choice, SearchSpace

Aggregator = Literal["mean", "sum", "pool"]


class GraphSAGE(Stack):
    r"""An atom's own state and the aggregate of its neighbours, each with a linear map of its own.

    .. math::
        \mathrm{layer}(h)_v = U h_v + b + \underset{u \in N(v)}{\mathrm{mean}} W h_u
        \quad\text{or}\quad U h_v + b + W \max_{u \in N(v)} \mathrm{relu}(P h_u + p)

    or, for ``"sum"``, the first with a sum in place of the mean.

    Parameters
    ----------
    preset
        The featurizer's columns.
    aggregator
        The mean of the neighbours, their sum, or the largest of their activations (pool).
    **shared
        The options of every stack.

    Notes
    -----
    Hamilton, Ying & Leskovec, "Inductive Representation Learning on Large Graphs", NeurIPS 2017.
    With mean and pool the layers are those of `dgl.nn.SAGEConv`, which has no sum.
    """

    search_space: ClassVar[SearchSpace] = SEARCH_SPACE | {
        "aggregator": Choice(("mean", "sum", "pool"))
    }

    def __init__(
        self, preset: Preset, *, aggregator: Aggregator = "pool", **shared: Unpack[StackOptions]
    ) -> None:
        layer = partial(SAGELayer, aggregator=aggregator)
        super().__init__(preset, layer, sees_bonds=False, **shared)


class SAGELayer(Layer):
    """One round."""

    def __init__(self, inputs: Inputs, *, aggregator: Aggregator) -> None:
        super().__init__()
        self.aggregator = aggregator
        self.own = inputs.linear()
        self.pool = inputs.linear() if aggregator == "pool" else None
        if aggregator == "pool":
            self.neighbour: nn.Module = nn.Linear(inputs.hidden_dim, inputs.hidden_dim, bias=False)
        else:
            self.neighbour = inputs.linear(bias=False)

    def forward(
        self, batch: GraphBatch, block: Block, states: Shaped[Tensor, "senders columns"]
    ) -> Float[Tensor, "receivers hidden"]:
        """Return the atom and its neighbourhood, added."""
        if self.pool is not None:
            gathered: Tensor = self.neighbour(max_over_senders(block, relu(self.pool(states))))
        else:
            gather = mean_over_senders if self.aggregator == "mean" else sum_over_senders
            gathered = gather(block, self.neighbour(states))
        return take(self.own(states), block.dst_in_src) + gathered
