"""Feature vectors and linear layers of atom and bond codes, computed by table lookup."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn.functional import embedding_bag

from molgnn.graph.presets.column import Column


class FeatureVectors(nn.Module):
    r"""The feature vector that a row of codes stands for, as other toolkits spell it out.

    A row's feature vector is a sum of one fixed row per column, :math:`x = \sum_c E_c[k_c]`.

    Parameters
    ----------
    columns
        The preset's columns, in the order of the codes.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        blocks = [torch.from_numpy(column.expansion) for column in columns]
        expansion = torch.block_diag(*blocks)  # type: ignore[no-untyped-call]
        sizes = torch.tensor([column.n_codes for column in columns])
        self.register_buffer("expansion", expansion, persistent=False)
        self.register_buffer("first_code", sizes.cumsum(0) - sizes, persistent=False)
        self.expansion: Float[Tensor, "codes features"]
        self.first_code: Tensor

    def forward(self, codes: UInt8[Tensor, "rows columns"]) -> Float[Tensor, "rows features"]:
        """Return the vectors."""
        return self.look_up(codes, self.expansion)

    def look_up(
        self, codes: UInt8[Tensor, "rows columns"], table: Float[Tensor, "codes width"]
    ) -> Float[Tensor, "rows width"]:
        """Add up the rows of a table, one per code."""
        return embedding_bag(codes.long() + self.first_code, table, mode="sum")


class FeatureLinear(FeatureVectors):
    r"""`torch.nn.Linear` on the feature vector that a row of codes stands for.

    :math:`W x + b = \sum_c (E_c W^T)[k_c] + b`: a small table is multiplied once per batch and
    each atom only looks up its rows. The parameters are those of the equivalent ``Linear``.

    Parameters
    ----------
    columns
        The preset's columns, in the order of the codes.
    out_dim
        Width of the result.
    bias
        Whether to add a bias.
    """

    def __init__(self, columns: Sequence[Column], out_dim: int, *, bias: bool = True) -> None:
        super().__init__(columns)
        self.has_bias = bias
        self.linear = nn.Linear(self.expansion.shape[1], out_dim, bias=bias)

    def forward(self, codes: UInt8[Tensor, "rows columns"]) -> Float[Tensor, "rows hidden"]:
        """Return one hidden row per row of codes."""
        states = self.look_up(codes, self.expansion @ self.linear.weight.T)
        return states + self.linear.bias if self.has_bias else states
