"""Encode molecule features: a self-normalizing perceptron, and its gated sum with a graph's."""

from __future__ import annotations

from itertools import pairwise

import torch
from jaxtyping import Float
from pydantic import PositiveInt
from torch import Tensor, nn

from molgnn.errors import ConfigError
from molgnn.graph.batch import GraphBatch
from molgnn.nn.dropout import Dropout
from molgnn.nn.feature_scaling import FeatureScaling
from molgnn.nn.options import Probability


class FeatureEncoder(nn.Module):
    r"""States of molecules from their features, by layers that keep mean 0 and variance 1.

    .. math::
        h^0 = s(x), \qquad h^l = \mathrm{SELU}(W^l h^{l-1} + b^l)

    *s* scales the features, as `FeatureScaling` does.

    Parameters
    ----------
    sets
        The feature sets, names in `molgnn.chem.descriptors.FEATURE_SETS`.
    hidden_dim
        Width of the layers.
    depth
        Number of layers.
    dropout
        Probability of dropping a state; dropped ones take the value that keeps mean and variance.
    input_dropout
        Probability of dropping a feature.

    Notes
    -----
    Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.
    """

    def __init__(
        self,
        sets: tuple[str, ...],
        *,
        hidden_dim: PositiveInt = 256,
        depth: PositiveInt = 2,
        dropout: Probability = 0.1,
        input_dropout: Probability = 0.2,
    ) -> None:
        super().__init__()
        self.sets, self.out_dim = sets, hidden_dim
        self.scaling = FeatureScaling(sets)
        widths = [self.scaling.n_features, *[hidden_dim] * depth]
        layers: list[nn.Module] = [Dropout(input_dropout)]
        for width, next_width in pairwise(widths):
            linear = nn.Linear(width, next_width)
            nn.init.normal_(linear.weight, std=width**-0.5)
            nn.init.zeros_(linear.bias)
            layers += [linear, nn.SELU(), nn.AlphaDropout(dropout)]
        self.perceptron = nn.Sequential(*layers)

    def forward(self, batch: GraphBatch) -> Float[Tensor, "mols hidden"]:
        """Return the molecules' states.

        Raises
        ------
        ConfigError
            If the batch lacks a feature set, as graphs of DGL lack all of them.
        """
        missing = [name for name in self.sets if name not in batch.features]
        if missing:
            raise ConfigError(
                f"expected molecules with the features {', '.join(missing)}, which this model "
                "reads besides the graph, but got none; fix: give SMILES"
            )
        features = torch.cat([batch.features[name] for name in self.sets], dim=1)
        states: Tensor = self.perceptron(self.scaling(features))
        return states

    def fusion_with(self, graph_dim: int) -> GatedFusion:
        """Return what adds these states to those of a graph."""
        return GatedFusion(graph_dim, self.out_dim)


class GatedFusion(nn.Module):
    r"""The states of a graph, and of features as much as is learned to help.

    .. math::
        h = h_\mathrm{graph} + \tanh(\alpha) \odot W h_\mathrm{features}

    :math:`\alpha` starts at zero, so that a training begins with the graph alone.

    Parameters
    ----------
    graph_dim, feature_dim
        Widths of both.
    """

    def __init__(self, graph_dim: int, feature_dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(feature_dim, graph_dim)
        self.gate = nn.Parameter(torch.zeros(graph_dim))

    def forward(
        self, graph: Float[Tensor, "mols graph"], features: Float[Tensor, "mols features"]
    ) -> Float[Tensor, "mols graph"]:
        """Return the sum."""
        fused: Tensor = graph + self.gate.tanh() * self.linear(features)
        return fused
