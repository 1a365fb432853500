"""AttentiveFP encoder: attention over neighbours, gated recurrent units."""

from __future__ import annotations

from typing import ClassVar

import torch
from jaxtyping import Float, UInt8
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn.functional import elu, leaky_relu, relu

from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block, atom_flow
from molgnn.graph.presets.column import Preset
from molgnn.nn.dropout import Dropout
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.features import FeatureLinear
from molgnn.nn.message_passing import softmax_over_messages, sum_messages, take
from molgnn.nn.options import Probability
from molgnn.nn.search import Choice, FloatRange, IntRange, SearchSpace


class AttentiveFP(Encoder):
    r"""Attention gathers the neighbours, a GRU decides what is kept of them.

    .. math::
        c_v &= \mathrm{elu}\Big(\sum_{u \in N(v)} \alpha_{uv} W m_{uv}\Big), \qquad
        h_v' = \mathrm{relu}\big(\mathrm{GRU}(c_v, h_v)\big) \\
        \alpha_{uv} &= \underset{u \in N(v)}{\mathrm{softmax}}\
        \mathrm{LeakyReLU}\big(a^T [h_v, m_{uv}] + b\big)

    where :math:`m_{uv}` is the neighbour's state, in the first round with the bond's features.

    Parameters
    ----------
    preset
        The featurizer's columns.
    hidden_dim
        Width of the atoms' states.
    depth
        Number of rounds.
    dropout
        Probability of dropping a state before each linear map of messages.

    Notes
    -----
    Xiong et al., "Pushing the Boundaries of Molecular Representation for Drug Discovery with the
    Graph Attention Mechanism", J. Med. Chem. 2020, 63, 8749. Sizes and layout are those of
    DGL-LifeSci's ``AttentiveFPGNN``, whose weights can be copied in; the readout
    ``"attentivefp"`` belongs to it.
    """

    search_space: ClassVar[SearchSpace] = {
        "hidden_dim": Choice((100, 200, 300, 400)),
        "depth": IntRange(2, 6),
        "dropout": FloatRange(0.0, 0.5),
    }

    def __init__(
        self,
        preset: Preset,
        *,
        hidden_dim: PositiveInt = 200,
        depth: PositiveInt = 2,
        dropout: Probability = 0.2,
    ) -> None:
        super().__init__()
        self.out_dim = hidden_dim
        self.project = FeatureLinear(preset.atoms, hidden_dim)
        self.neighbour = FeatureLinear(preset.atoms, hidden_dim)
        self.bond = FeatureLinear(preset.bonds, hidden_dim, bias=False)
        self.rounds = nn.ModuleList(AttentiveRound(hidden_dim, dropout) for _ in range(depth))

    def forward(self, batch: GraphBatch) -> Float[Tensor, "atoms hidden"]:
        """Return the atoms' final states."""
        flow = atom_flow(batch, len(self.rounds), bonds=True, shared=self.shares_rows)
        codes = take(batch.atom_codes, flow.input_nodes)
        states = leaky_relu(self.project(codes))
        first_messages = self._with_bonds(batch, flow.blocks[0], codes)
        for i, (attend, block) in enumerate(zip(self.rounds, flow.blocks, strict=True)):
            messages = take(states, block.src) if i else first_messages
            states = attend(block, take(states, block.dst_in_src), messages)
        return take(states, flow.output_rows)

    def _with_bonds(
        self, batch: GraphBatch, block: Block, codes: UInt8[Tensor, "senders columns"]
    ) -> Float[Tensor, "messages hidden"]:
        atoms = take(self.neighbour(codes), block.src)
        return leaky_relu(atoms + self.bond(take(batch.bond_codes, block.edges // 2)))


class AttentiveRound(nn.Module):
    """One round of attention and memory.

    Parameters
    ----------
    hidden_dim
        Width of the states.
    dropout
        Probability of dropping a state before each linear map.
    """

    def __init__(self, hidden_dim: int, dropout: float) -> None:
        super().__init__()
        self.dropout = Dropout(dropout)
        self.score = nn.Linear(2 * hidden_dim, 1)
        self.transform = nn.Linear(hidden_dim, hidden_dim)
        self.gru = nn.GRUCell(hidden_dim, hidden_dim)

    def forward(
        self,
        block: Block,
        states: Float[Tensor, "receivers hidden"],
        messages: Float[Tensor, "messages hidden"],
    ) -> Float[Tensor, "receivers hidden"]:
        """Return the receivers' states."""
        pairs = self.dropout(torch.cat([take(states, block.dst), messages], dim=1))
        weights = softmax_over_messages(block, leaky_relu(self.score(pairs)))
        context = elu(sum_messages(block, weights * self.transform(self.dropout(messages))))
        return relu(self.gru(context, states))
