"""Cross-entropy of predicted atom or bond codes, one softmax per column of a preset."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from molgnn.graph.presets.column import Column


class CodeClassifier(nn.Module):
    """Predicts every column's code from a state.

    Parameters
    ----------
    in_dim
        Width of the states.
    columns
        Of atoms or of bonds.
    """

    def __init__(self, in_dim: int, columns: Sequence[Column]) -> None:
        super().__init__()
        self.sizes = [column.n_codes for column in columns]
        self.logits = nn.Linear(in_dim, sum(self.sizes))

    def loss(
        self, states: Float[Tensor, "rows hidden"], codes: UInt8[Tensor, "rows columns"]
    ) -> Float[Tensor, ""]:
        """Return the mean over rows and columns; 0 where there is no row."""
        if not len(states):
            return self.logits.weight.sum() * 0
        of_columns = self.logits(states).float().split(self.sizes, dim=1)
        targets = codes.long().unbind(dim=1)
        losses = [cross_entropy(*pair) for pair in zip(of_columns, targets, strict=True)]
        return torch.stack(losses).mean()


def unknown_codes(columns: Sequence[Column]) -> UInt8[Tensor, " columns"]:
    """Return the codes of an atom or bond of which nothing is known.

    It is the code of all other values where a column has one, and the first one of numbers.
    """
    unknown = [column.n_codes - 1 if column.kind == "one-hot" else 0 for column in columns]
    return torch.tensor(unknown, dtype=torch.uint8)
