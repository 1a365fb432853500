"""Virtual node: passes information between all atoms of a molecule in one step."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from molgnn.graph.batch import GraphBatch
from molgnn.nn.message_passing import sum_over_atoms


class VirtualNode(nn.Module):
    r"""A node that is connected to all atoms of a molecule, receives from them and sends to them.

    .. math::
        g' = g + \mathrm{MLP}\Big(\mathrm{LN}\Big(g + \sum_v h_v\Big)\Big), \qquad h_v' = h_v + g'

    What it receives is normalized (LN), or its state would grow with the molecule and, from layer
    to layer, outweigh those of the atoms.

    Parameters
    ----------
    hidden_dim
        Width of the states.

    Notes
    -----
    Gilmer et al., "Neural Message Passing for Quantum Chemistry", ICML 2017.
    """

    def __init__(self, hidden_dim: int) -> None:
        super().__init__()
        self.perceptron = nn.Sequential(
            nn.LayerNorm(hidden_dim),
            nn.Linear(hidden_dim, hidden_dim),
            nn.ReLU(),
            nn.Linear(hidden_dim, hidden_dim),
        )

    def forward(
        self,
        batch: GraphBatch,
        states: Float[Tensor, "atoms hidden"],
        memory: Float[Tensor, "mols hidden"] | None,
    ) -> tuple[Float[Tensor, "atoms hidden"], Float[Tensor, "mols hidden"]]:
        """Return the atoms' states with the node's added, and the node's own.

        Parameters
        ----------
        batch
            The molecules.
        states
            The atoms' states.
        memory
            The node's state after the layer before; None after the first.
        """
        received = sum_over_atoms(batch, states)
        before = torch.zeros_like(received) if memory is None else memory
        after = before + self.perceptron(before + received)
        return states + after.index_select(0, batch.mol_of_atom), after
