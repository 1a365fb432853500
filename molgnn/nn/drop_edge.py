"""DropEdge: random bonds are left out of a training step."""

from __future__ import annotations

import torch
from torch import nn

from molgnn.graph.batch import GraphBatch


class DropEdge(nn.Module):
    """Leaves out bonds, each in both directions, in training alone.

    Parameters
    ----------
    probability
        Of leaving out a bond.

    Notes
    -----
    Rong et al., "DropEdge: Towards Deep Graph Convolutional Networks on Node Classification",
    ICLR 2020.
    """

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, batch: GraphBatch) -> GraphBatch:
        """Return the batch less the bonds that chance has chosen; itself in evaluation."""
        if not (self.training and self.probability):
            return batch
        chance = torch.rand(len(batch.bond_codes), device=batch.bond_codes.device)
        return batch.without_bonds(chance < self.probability)
