"""Normalization that survives a batch of one row."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import batch_norm


class BatchNorm(nn.BatchNorm1d):
    """`torch.nn.BatchNorm1d`, except that fewer than two training rows use the running statistics.

    One row has no variance, and a last batch that holds a single molecule is no reason to stop.
    """

    def forward(self, states: Float[Tensor, "rows hidden"]) -> Float[Tensor, "rows hidden"]:
        """Normalize each column over the rows."""
        if self.training and len(states) < 2:
            return batch_norm(
                states, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(states)
