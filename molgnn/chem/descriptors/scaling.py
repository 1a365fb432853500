"""FeatureScaler: normal scores of continuous features, logarithms of counts, medians for gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64
from scipy.special import ndtr, ndtri

from molgnn.chem.descriptors.base import Kind
from molgnn.chem.descriptors.registry import feature_set
from molgnn.chem.descriptors.table import FeatureTable, Rows
from molgnn.chem.descriptors.versions import check_versions, versions_of

N_QUANTILES = 256
MAX_SCORE = 3.0
"""Normal scores end here, which one of 740 values of the training molecules lies beyond."""


@dataclass(frozen=True)
class FeatureScaler:
    """Brings features to one scale, by what the training molecules have.

    - A continuous feature becomes its normal score: the quantile of the normal distribution for
      the share of training molecules that have less, values in between interpolated, of equal
      ones the middle, within ± `MAX_SCORE`. So outliers and units do not matter.
    - A count becomes the logarithm of 1 + count; a count above any of the training is that one.
    - A binary feature stays 0 or 1.
    - NaN becomes the median of the training molecules first.
    - A feature that all training molecules share tells nothing, and is 0.

    Parameters
    ----------
    sets
        The feature sets, in the order of their columns.
    medians, maxima
        Of each feature over the training molecules, NaN left out; 0 where there is nothing else.
    is_constant
        Whether a feature has no more than one value there.
    quantiles
        A row for each continuous feature, from the lowest to the highest value.
    """

    sets: tuple[str, ...]
    medians: Float32[np.ndarray, " features"]
    maxima: Float32[np.ndarray, " features"]
    is_constant: Bool[np.ndarray, " features"]
    quantiles: Float32[np.ndarray, "continuous quantiles"]

    @classmethod
    def fit(cls, table: FeatureTable, rows: Rows | None = None) -> FeatureScaler:
        """Learn the scale from the molecules of a table, or from those at *rows* alone."""
        columns = table.to_csr(rows).tocsc()
        n_mols, n_features = columns.shape
        medians, maxima = (np.zeros(n_features, dtype=np.float32) for _ in range(2))
        is_constant = np.ones(n_features, dtype=bool)
        quantiles = []
        for i, kind in enumerate(table.kinds):
            stored = columns.data[columns.indptr[i] : columns.indptr[i + 1]]
            known, n_zeros = stored[~np.isnan(stored)], n_mols - len(stored)
            if kind is not Kind.CONTINUOUS and n_zeros > len(known):  # fast, for most columns
                maxima[i], is_constant[i] = known.max(initial=0), not known.any()
                continue
            values = np.concatenate([known, np.zeros(n_zeros, dtype=np.float32)])
            if len(values):
                medians[i], maxima[i] = np.median(values), values.max()
                is_constant[i] = values.min() == values.max()
            if kind is Kind.CONTINUOUS:
                quantiles.append(_quantiles(values))
        stacked = np.array(quantiles, dtype=np.float32).reshape(-1, N_QUANTILES)
        return cls(table.sets, medians, maxima, is_constant, stacked)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind of each feature."""
        return tuple(kind for name in self.sets for kind in feature_set(name).kinds)

    def transform(
        self, features: Float32[np.ndarray, "mols features"]
    ) -> Float32[np.ndarray, "mols features"]:
        """Return scaled features, all of them finite.

        Parameters
        ----------
        features
            Of the same sets, from `FeatureTable.to_numpy`.
        """
        values = np.where(np.isnan(features), self.medians, features)
        kinds = np.array(self.kinds)
        is_count = kinds == Kind.COUNT
        values[:, is_count] = np.log1p(np.minimum(values[:, is_count], self.maxima[is_count]))
        for column, known in zip(
            np.flatnonzero(kinds == Kind.CONTINUOUS), self.quantiles, strict=True
        ):
            values[:, column] = _normal_scores(values[:, column], known)
        values[:, self.is_constant] = 0
        return values

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return what is learned, for a file of arrays."""
        return {
            "medians": self.medians,
            "maxima": self.maxima,
            "is_constant": self.is_constant,
            "quantiles": self.quantiles,
        }

    def to_json(self) -> dict[str, Any]:
        """Return the sets and their versions, for a description beside the arrays."""
        return {"sets": versions_of(self.sets)}

    @classmethod
    def from_state(
        cls, record: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
    ) -> FeatureScaler:
        """Rebuild what `to_json` and `to_arrays` gave.

        Raises
        ------
        BundleError
            If a set is not known, or in another version.
        """
        return cls(check_versions(record["sets"]), **arrays)


def _quantiles(known: Float32[np.ndarray, " mols"]) -> Float64[np.ndarray, " quantiles"]:
    if not len(known):
        return np.zeros(N_QUANTILES)
    quantiles = np.quantile(known.astype(np.float64), np.linspace(0, 1, N_QUANTILES))
    rising: Float64[np.ndarray, " quantiles"] = np.maximum.accumulate(quantiles)
    return rising


def _normal_scores(
    values: Float32[np.ndarray, " mols"], quantiles: Float32[np.ndarray, " quantiles"]
) -> Float64[np.ndarray, " mols"]:
    """Return normal scores; of a run of equal quantiles the middle, from below and from above."""
    shares = np.linspace(0, 1, len(quantiles))
    below = np.interp(values, quantiles, shares)
    above = 1 - np.interp(-values, -quantiles[::-1], shares)
    scores: Float64[np.ndarray, " mols"] = ndtri(
        np.clip((below + above) / 2, ndtr(-MAX_SCORE), ndtr(MAX_SCORE))
    )
    return scores
