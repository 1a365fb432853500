"""Scale molecule features in a network: what a `FeatureScaler` has learned, as tensors."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from molgnn.chem.descriptors.base import Kind
from molgnn.chem.descriptors.registry import feature_set
from molgnn.chem.descriptors.scaling import MAX_SCORE, N_QUANTILES, FeatureScaler


class FeatureScaling(nn.Module):
    """Brings features to one scale, as `FeatureScaler.transform` does, on any device.

    What it has learned is part of the network's weights; until `fit` it makes every feature 0.

    Parameters
    ----------
    sets
        The feature sets, in the order of their columns.
    """

    def __init__(self, sets: tuple[str, ...]) -> None:
        super().__init__()
        self.sets = sets
        kinds = [kind for name in sets for kind in feature_set(name).kinds]
        self.n_features = len(kinds)
        self._counts = [i for i, kind in enumerate(kinds) if kind is Kind.COUNT]
        self._continuous = [i for i, kind in enumerate(kinds) if kind is Kind.CONTINUOUS]
        self.register_buffer("medians", torch.zeros(self.n_features))
        self.register_buffer("maxima", torch.zeros(self.n_features))
        self.register_buffer("is_constant", torch.ones(self.n_features, dtype=torch.bool))
        self.register_buffer("quantiles", torch.zeros(len(self._continuous), N_QUANTILES))
        self.medians: Tensor
        self.maxima: Tensor
        self.is_constant: Tensor
        self.quantiles: Tensor

    def fit(self, scaler: FeatureScaler) -> None:
        """Take over what a scaler of the same sets has learned."""
        for name, values in scaler.to_arrays().items():
            getattr(self, name).copy_(torch.from_numpy(values))

    def forward(self, features: Float[Tensor, "mols features"]) -> Float[Tensor, "mols features"]:
        """Return scaled features, all of them finite."""
        values = torch.where(features.isnan(), self.medians, features)
        counts = values[:, self._counts].minimum(self.maxima[self._counts])
        values[:, self._counts] = counts.log1p()
        if self._continuous:
            values[:, self._continuous] = self._normal_scores(values[:, self._continuous])
        scaled: Tensor = values.masked_fill(self.is_constant, 0.0)
        return scaled

    def _normal_scores(
        self, values: Float[Tensor, "mols continuous"]
    ) -> Float[Tensor, "mols continuous"]:
        """Return normal scores; of a run of equal quantiles the middle, from below and above."""
        known, wanted = self.quantiles, values.T.contiguous()
        last = torch.searchsorted(known, wanted, right=True) - 1
        first = torch.searchsorted(known, wanted)
        start = last.clamp(0, N_QUANTILES - 2)
        low, high = known.gather(1, start).double(), known.gather(1, start + 1).double()
        within = ((wanted - low) / (high - low)).nan_to_num(1.0).clamp(0, 1)
        below = start + within
        # Among equal quantiles the first; between two of them, both counts are the same.
        is_known = known.gather(1, first.clamp(max=N_QUANTILES - 1)) == wanted
        above = torch.where(is_known, first.double(), below)
        limits = torch.special.ndtr(torch.tensor([-MAX_SCORE, MAX_SCORE], dtype=torch.float64))
        shares = (below + above) / 2 / (N_QUANTILES - 1)
        scores: Tensor = torch.special.ndtri(shares.clamp(*limits.tolist()))
        return scores.T.to(values.dtype)
