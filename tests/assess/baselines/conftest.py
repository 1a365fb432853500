from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from molgnn.chem.splits import Split


@pytest.fixture(scope="module")
def features() -> csr_matrix:
    """Return features of 150 molecules, one of ten of which is missing in the last column."""
    values = np.random.default_rng(0).integers(0, 3, size=(150, 16)).astype(np.float32)
    values[::10, -1] = math.nan
    return csr_matrix(values)


@pytest.fixture
def labels(features: csr_matrix) -> np.ndarray:
    """Return labels of a class, a value and another class that features tell, with gaps."""
    values = features.toarray()
    known = [values[:, 0] > 0, values[:, 1], values[:, 2] > 1]
    labels = np.stack(known, axis=1).astype(float)
    labels[::4, 0] = labels[1::4, 1] = labels[2::4, 2] = math.nan
    return labels


@pytest.fixture(scope="module")
def split() -> Split:
    return Split(np.arange(90), np.arange(90, 120), np.arange(120, 150))
