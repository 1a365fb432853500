"""FeatureSet: named features of a molecule, a number in each column."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, Float64
from rdkit import Chem

MAX_ATOMS = 500
"""Heavy atoms up to which features are computed whose time grows with their square or cube."""

FLOAT32_MAX = float(np.finfo(np.float32).max)


class Kind(StrEnum):
    """What the numbers of a column are, which decides how they are scaled."""

    COUNT = "count"
    BINARY = "binary"
    CONTINUOUS = "continuous"


class FeatureSet(ABC):
    """Named features of a molecule; a new one is one new file and one line in `FEATURE_SETS`.

    Attributes
    ----------
    version
        Raised whenever a value changes: what was computed before is then computed again, and a
        model that was trained on it says so.
    """

    version: ClassVar[int] = 1

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, each of them once."""

    @property
    @abstractmethod
    def kinds(self) -> tuple[Kind, ...]:
        """The kind of each column."""

    @abstractmethod
    def compute(self, mol: Chem.Mol) -> Float32[np.ndarray, " columns"]:
        """Return the features of a molecule: finite numbers, and NaN where there is no value.

        They are those of the molecule, in whatever order its atoms stand. Only a column of the kind
        continuous may be NaN. *mol* is not changed.
        """


def to_float32(values: Float64[np.ndarray, " columns"]) -> Float32[np.ndarray, " columns"]:
    """Return values as they are stored: NaN for what is infinite or beyond float32."""
    is_finite = np.abs(values) <= FLOAT32_MAX  # which NaN is not either
    return np.where(is_finite, values, np.nan).astype(np.float32)
