"""MPNN encoder: message passing neural network with an edge network (NNConv) and a GRU."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import torch
from jaxtyping import Float, Int64, UInt8
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn.functional import relu

from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block, atom_flow
from molgnn.graph.presets.column import Preset
from molgnn.nn.drop_edge import DropEdge
from molgnn.nn.dropout import Dropout
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.features import FeatureLinear
from molgnn.nn.message_passing import multiply_groups, sum_over_senders, take
from molgnn.nn.options import Probability
from molgnn.nn.search import Choice, FloatRange, IntRange, SearchSpace


class MPNN(Encoder):
    r"""An edge network turns each bond into a matrix; a GRU takes up the messages.

    .. math::
        m_v = b + \sum_{u \in N(v)} A(e_{uv})\, h_u, \qquad
        h_v' = \mathrm{GRU}\big(\mathrm{relu}(m_v),\, h_v\big)

    A batch holds only some fifteen different rows of bond codes, so :math:`A` is evaluated once
    per different row, and the edges that share one are multiplied together.

    Parameters
    ----------
    preset
        The featurizer's columns.
    hidden_dim
        Width of the atoms' states.
    edge_hidden_dim
        Width of the edge network's hidden layer.
    depth
        Number of steps; all steps share their weights.
    dropout
        Probability of dropping a message before the GRU takes it up.
    drop_edge
        Probability of leaving a bond out in a training step.

    Notes
    -----
    Gilmer et al., "Neural Message Passing for Quantum Chemistry", ICML 2017. Sizes and layout are
    those of DGL-LifeSci's MPNN, whose weights can be copied in.
    """

    learns_from_shared_rows = True
    search_space: ClassVar[SearchSpace] = {
        "hidden_dim": Choice((32, 64, 128)),
        "edge_hidden_dim": Choice((32, 64, 128)),
        "depth": IntRange(2, 8),
        "dropout": FloatRange(0.0, 0.4),
    }

    def __init__(
        self,
        preset: Preset,
        *,
        hidden_dim: PositiveInt = 64,
        edge_hidden_dim: PositiveInt = 128,
        depth: PositiveInt = 6,
        dropout: Probability = 0.1,
        drop_edge: Probability = 0.0,
    ) -> None:
        super().__init__()
        self.out_dim = hidden_dim
        self.depth = depth
        # Digits of a mixed base: they make one number of a bond's codes.
        sizes = torch.tensor([column.n_codes for column in preset.bonds])
        self.register_buffer("place_values", sizes.cumprod(0) // sizes, persistent=False)
        self.place_values: Int64[Tensor, " columns"]
        self.project = FeatureLinear(preset.atoms, hidden_dim)
        self.edge_input = FeatureLinear(preset.bonds, edge_hidden_dim)
        self.edge_output = nn.Linear(edge_hidden_dim, hidden_dim * hidden_dim)
        self.message_bias = nn.Parameter(torch.zeros(hidden_dim))
        self.dropout = Dropout(dropout)
        self.drop_edge = DropEdge(drop_edge)
        self.gru = nn.GRUCell(hidden_dim, hidden_dim)

    def forward(self, batch: GraphBatch) -> Float[Tensor, "atoms hidden"]:
        """Return the atoms' final states."""
        batch = self.drop_edge(batch)
        kinds, kind_of_bond = self._distinct_bonds(batch.bond_codes)
        matrices = self._bond_matrices(kinds)
        flow = atom_flow(batch, self.depth, bonds=True, shared=self.shares_rows)

        states = relu(self.project(take(batch.atom_codes, flow.input_nodes)))
        for block in flow.blocks:
            messages = self._sum_messages(block, kind_of_bond[block.edges // 2], matrices, states)
            received = relu(messages + self.message_bias)
            states = self.gru(self.dropout(received), take(states, block.dst_in_src))
        return take(states, flow.output_rows)

    def _sum_messages(
        self,
        block: Block,
        kinds: Int64[Tensor, " messages"],
        matrices: Float[Tensor, "kinds hidden hidden"],
        states: Float[Tensor, "senders hidden"],
    ) -> Float[Tensor, "receivers hidden"]:
        """Multiply each sender once for every kind of bond that it sends along, kind by kind."""
        base = max(len(states), 1)
        pairs, pair_of_message = torch.unique(kinds * base + block.src, return_inverse=True)
        n_pairs = torch.bincount(pairs // base, minlength=len(matrices)).tolist()
        sent = multiply_groups(take(states, pairs % base), matrices, n_pairs)
        return sum_over_senders(replace(block, src=pair_of_message, src_nodes=pairs), sent)

    def _distinct_bonds(
        self, codes: UInt8[Tensor, "bonds columns"]
    ) -> tuple[UInt8[Tensor, "kinds columns"], Int64[Tensor, " bonds"]]:
        """Return the different rows, and for each bond the row that is its own."""
        # A bond's few small codes fit one integer, and sorting integers is far quicker than rows.
        keys, kind_of_bond = torch.unique((codes * self.place_values).sum(1), return_inverse=True)
        kinds = codes.new_empty(len(keys), codes.shape[1])
        kinds[kind_of_bond] = codes
        return kinds, kind_of_bond

    def _bond_matrices(
        self, codes: UInt8[Tensor, "kinds columns"]
    ) -> Float[Tensor, "kinds hidden hidden"]:
        """Evaluate the edge network, once per different kind of bond."""
        flat: Tensor = self.edge_output(relu(self.edge_input(codes)))
        return flat.view(len(codes), self.out_dim, self.out_dim)
