"""Multi-task output head: from the molecules' states to one output per task."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from pydantic import PositiveInt
from torch import Tensor, nn

from molgnn.nn.dropout import Dropout
from molgnn.nn.norms import BatchNorm
from molgnn.nn.options import Probability
from molgnn.tasks import Tasks


class MultiTaskHead(nn.Module):
    r"""A shared perceptron with one output per task, of whatever kind the tasks are.

    A classification's output is a logit. A regression's output is a value in the task's unit: the
    perceptron learns the standardized value and the head undoes it, :math:`y = s\,z + t`.

    Parameters
    ----------
    in_dim
        Width of the molecules' states.
    tasks
        What to predict.
    hidden_dims
        Widths of the hidden layers; none makes the head linear.
    dropout
        Probability of dropping a state before each hidden layer.
    batch_norm
        Whether each hidden layer ends in batch normalization.
    """

    def __init__(
        self,
        in_dim: int,
        tasks: Tasks,
        *,
        hidden_dims: Sequence[PositiveInt] = (300,),
        dropout: Probability = 0.2,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for width, next_width in zip((in_dim, *hidden_dims), hidden_dims, strict=False):
            layers += [Dropout(dropout), nn.Linear(width, next_width), nn.ReLU()]
            layers += [BatchNorm(next_width)] if batch_norm else []
        self.perceptron = nn.Sequential(*layers)
        self.output = nn.Linear((in_dim, *hidden_dims)[-1], len(tasks))
        self.register_buffer("scale", torch.ones(len(tasks)))
        self.register_buffer("shift", torch.zeros(len(tasks)))
        self.scale: Float[Tensor, " tasks"]
        self.shift: Float[Tensor, " tasks"]

    def forward(self, states: Float[Tensor, "mols hidden"]) -> Float[Tensor, "mols tasks"]:
        """Return logits of classifications and values of regressions."""
        outputs: Tensor = self.output(self.perceptron(states))
        return outputs * self.scale + self.shift
