"""Readouts (graph pooling): from atoms to molecules; a new one is one class and one line."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn.functional import elu, leaky_relu, relu

from molgnn.graph.batch import GraphBatch
from molgnn.nn.dropout import Dropout
from molgnn.nn.message_passing import (
    max_over_atoms,
    mean_over_atoms,
    softmax_over_atoms,
    sum_over_atoms,
)
from molgnn.nn.options import Probability


class Readout(nn.Module, ABC):
    """Turns the atoms' states into one state of width `out_dim` per molecule.

    Parameters
    ----------
    hidden_dim
        Width of the atoms' states.
    """

    def __init__(self, hidden_dim: int) -> None:
        super().__init__()
        self.out_dim = hidden_dim

    @abstractmethod
    def forward(
        self, batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""


class Sum(Readout):
    """The sum: keeps the size of a molecule."""

    def forward(
        self, batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""
        return sum_over_atoms(batch, atom_states)


class Mean(Readout):
    """The mean: does not depend on the size of a molecule."""

    def forward(
        self, batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""
        return mean_over_atoms(batch, atom_states)


class Max(Readout):
    """The largest value of each state: whether a motif is there at all."""

    def forward(
        self, batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""
        return max_over_atoms(batch, atom_states)


class WeightedSumAndMax(Readout):
    r"""Both :math:`\sum_v \sigma(w^T h_v + b)\,h_v` and the maximum, side by side.

    Parameters
    ----------
    hidden_dim
        Width of the atoms' states; the result is twice as wide.
    """

    def __init__(self, hidden_dim: int) -> None:
        super().__init__(hidden_dim)
        self.weight = nn.Linear(hidden_dim, 1)
        self.out_dim = 2 * hidden_dim

    def forward(
        self, batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""
        weighted = self.weight(atom_states).sigmoid() * atom_states
        total, largest = sum_over_atoms(batch, weighted), max_over_atoms(batch, atom_states)
        return torch.cat([total, largest], dim=1)


class Attention(Readout):
    r"""The mean weighted by attention: :math:`\sum_v \mathrm{softmax}_v(w^T h_v)\,h_v`.

    Parameters
    ----------
    hidden_dim
        Width of the atoms' states.

    Notes
    -----
    Li et al., "Gated Graph Sequence Neural Networks", ICLR 2016.
    """

    def __init__(self, hidden_dim: int) -> None:
        super().__init__(hidden_dim)
        # A bias would cancel in the softmax and never receive a gradient.
        self.score = nn.Linear(hidden_dim, 1, bias=False)

    def forward(
        self, batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""
        weights = softmax_over_atoms(batch, self.score(atom_states))
        return sum_over_atoms(batch, weights * atom_states)


class Set2Set(Readout):
    r"""An LSTM queries the atoms by attention several times.

    .. math::
        q_t = \mathrm{LSTM}([q_{t-1}, r_{t-1}]), \qquad
        r_t = \sum_v \mathrm{softmax}_v(h_v^T q_t)\,h_v

    Parameters
    ----------
    hidden_dim
        Width of the atoms' states; the result, :math:`[q_T, r_T]`, is twice as wide.
    n_iterations
        How many times the atoms are queried.
    n_layers
        Layers of the LSTM.

    Notes
    -----
    Vinyals et al., "Order Matters: Sequence to sequence for sets", ICLR 2016.
    """

    def __init__(
        self, hidden_dim: int, *, n_iterations: PositiveInt = 6, n_layers: PositiveInt = 3
    ) -> None:
        super().__init__(hidden_dim)
        self.n_iterations = n_iterations
        self.out_dim = 2 * hidden_dim
        self.lstm = nn.LSTM(2 * hidden_dim, hidden_dim, n_layers)

    def forward(
        self, batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""
        state = atom_states.new_zeros(batch.n_mols, self.out_dim)
        if not batch.n_mols:
            return state
        memory = [(state[:, : self.out_dim // 2],) * 2] * self.lstm.num_layers
        for _ in range(self.n_iterations):
            query = state
            for layer, weights in enumerate(self.lstm.all_weights):
                memory[layer] = torch.lstm_cell(query, memory[layer], *weights)
                query = memory[layer][0]
            own_query = query.index_select(0, batch.mol_of_atom)
            scores = (atom_states * own_query).sum(1, keepdim=True)
            attended = sum_over_atoms(batch, softmax_over_atoms(batch, scores) * atom_states)
            state = torch.cat([query, attended], dim=1)
        return state


class AttentiveReadout(Readout):
    r"""Attention of the molecule over its atoms updates its state through a GRU, several times.

    .. math::
        \alpha_v = \mathrm{softmax}_v\ \mathrm{LeakyReLU}\big(a^T [\mathrm{relu}(g), h_v] + b\big),
        \qquad g' = \mathrm{GRU}\Big(\mathrm{elu}\Big(\sum_v \alpha_v W h_v\Big), g\Big)

    Parameters
    ----------
    hidden_dim
        Width of the atoms' states.
    n_iterations
        How many times the atoms are queried.
    dropout
        Probability of dropping an atom's state before it is summed.

    Notes
    -----
    Xiong et al., J. Med. Chem. 2020, 63, 8749; DGL-LifeSci's ``AttentiveFPReadout``.
    """

    def __init__(
        self, hidden_dim: int, *, n_iterations: PositiveInt = 2, dropout: Probability = 0.0
    ) -> None:
        super().__init__(hidden_dim)
        self.dropout = Dropout(dropout)
        self.scores = nn.ModuleList(nn.Linear(2 * hidden_dim, 1) for _ in range(n_iterations))
        self.answers = nn.ModuleList(nn.Linear(hidden_dim, hidden_dim) for _ in range(n_iterations))
        self.grus = nn.ModuleList(nn.GRUCell(hidden_dim, hidden_dim) for _ in range(n_iterations))

    def forward(
        self, batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
    ) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""
        states = sum_over_atoms(batch, atom_states)
        for score, answer, gru in zip(self.scores, self.answers, self.grus, strict=True):
            asking = relu(states).index_select(0, batch.mol_of_atom)
            weights = leaky_relu(score(torch.cat([asking, atom_states], dim=1)))
            answers = softmax_over_atoms(batch, weights) * answer(self.dropout(atom_states))
            states = gru(elu(sum_over_atoms(batch, answers)), states)
        return states


READOUTS: dict[str, type[Readout]] = {
    "sum": Sum,
    "mean": Mean,
    "max": Max,
    "weighted_sum_and_max": WeightedSumAndMax,
    "attention": Attention,
    "set2set": Set2Set,
    "attentivefp": AttentiveReadout,
}
