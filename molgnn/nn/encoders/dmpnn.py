"""D-MPNN encoder: message passing between directed bonds, as in chemprop."""

from __future__ import annotations

from typing import ClassVar

from jaxtyping import Float
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn.functional import relu

from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block, edge_flow
from molgnn.graph.presets.column import Preset
from molgnn.nn.drop_edge import DropEdge
from molgnn.nn.dropout import Dropout
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.features import FeatureLinear
from molgnn.nn.message_passing import sum_over_senders, take
from molgnn.nn.options import Probability
from molgnn.nn.search import Choice, FloatRange, IntRange, SearchSpace


class DMPNN(Encoder):
    r"""States live on directed bonds, so that a message never turns back to where it came from.

    .. math::
        h_{uv}^0 &= \mathrm{relu}(h_{uv}^{in}), \qquad h_{uv}^{in} = W_a x_u + W_b e_{uv} \\
        h_{uv}^{t+1} &= \mathrm{relu}\Big(h_{uv}^{in} + W_h \sum_{k \in N(u) - v} h_{ku}^t\Big) \\
        h_v &= \mathrm{relu}\Big(W_o \big[x_v, \textstyle\sum_{u \in N(v)} h_{uv}^T\big] + b\Big)

    Parameters
    ----------
    preset
        The featurizer's columns.
    hidden_dim
        Width of the bonds' and the atoms' states.
    depth
        How many bonds far an atom sees; ``depth - 1`` updates of the bonds' states.
    dropout
        Probability of dropping a state after each update.
    drop_edge
        Probability of leaving a bond out in a training step.

    Notes
    -----
    Yang et al., "Analyzing Learned Molecular Representations for Property Prediction", J. Chem.
    Inf. Model. 2019, 59, 3370.
    """

    gains_by_bf16 = True
    learns_from_shared_rows = True
    search_space: ClassVar[SearchSpace] = {
        "hidden_dim": Choice((150, 300, 450, 600)),
        "depth": IntRange(2, 6),
        "dropout": FloatRange(0.0, 0.4),
    }

    def __init__(
        self,
        preset: Preset,
        *,
        hidden_dim: PositiveInt = 300,
        depth: PositiveInt = 3,
        dropout: Probability = 0.1,
        drop_edge: Probability = 0.0,
    ) -> None:
        super().__init__()
        self.out_dim = hidden_dim
        self.n_updates = depth - 1
        self.atom_input = FeatureLinear(preset.atoms, hidden_dim, bias=False)
        self.bond_input = FeatureLinear(preset.bonds, hidden_dim, bias=False)
        self.update = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.atom_output = FeatureLinear(preset.atoms, hidden_dim)
        self.message_output = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.dropout = Dropout(dropout)
        self.drop_edge = DropEdge(drop_edge)

    def forward(self, batch: GraphBatch) -> Float[Tensor, "atoms hidden"]:
        """Return the atoms' final states."""
        batch = self.drop_edge(batch)
        flow = edge_flow(batch, self.n_updates, shared=self.shares_rows)
        *updates, arrival = flow.blocks
        atoms, bonds = batch.src.index_select(0, flow.input_nodes), flow.input_nodes // 2
        inputs = self.atom_input(take(batch.atom_codes, atoms))
        inputs = inputs + self.bond_input(take(batch.bond_codes, bonds))

        states = relu(inputs)
        for block in updates:
            messages = _sum_of_products(block, self.update, states)
            inputs = take(inputs, block.dst_in_src)
            states = self.dropout(relu(inputs + messages))

        received = _sum_of_products(arrival, self.message_output, states)
        outputs = relu(self.atom_output(take(batch.atom_codes, arrival.dst_nodes)) + received)
        return take(self.dropout(outputs), flow.output_rows)


def _sum_of_products(
    block: Block, product: nn.Linear, states: Float[Tensor, "senders hidden"]
) -> Float[Tensor, "receivers hidden"]:
    """Sum the products of what each row receives, which is the product of the sum.

    Senders are multiplied, or receivers, whichever are fewer.
    """
    if len(block.dst_nodes) < len(block.src_nodes):
        received: Tensor = product(sum_over_senders(block, states))
        return received
    return sum_over_senders(block, product(states))
