from __future__ import annotations

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem.rdFingerprintGenerator import (
    GetAtomPairGenerator,
    GetMorganGenerator,
    GetTopologicalTorsionGenerator,
)

from molgnn.chem.descriptors import feature_set

SPARSE = {
    "ecfp4": GetMorganGenerator(radius=2),
    "morgan": GetMorganGenerator(radius=3),
    "atom_pair": GetAtomPairGenerator(),
    "torsion": GetTopologicalTorsionGenerator(),
}


@pytest.mark.parametrize("name", ["ecfp4", "morgan"])
def test_a_column_is_the_remainder_of_the_hash_and_shared_columns_add_up(
    name: str, drugs: list[str]
) -> None:
    for mol in map(Chem.MolFromSmiles, drugs[:10]):
        expected = np.zeros(2048)
        for number, count in (
            SPARSE[name].GetSparseCountFingerprint(mol).GetNonzeroElements().items()
        ):
            expected[number % 2048] += count
        np.testing.assert_array_equal(feature_set(name).compute(mol), expected)


@pytest.mark.parametrize("name", SPARSE)
def test_nothing_that_is_counted_gets_lost(name: str, drugs: list[str]) -> None:
    for mol in map(Chem.MolFromSmiles, drugs[:10]):
        counts = SPARSE[name].GetSparseCountFingerprint(mol).GetNonzeroElements()
        assert feature_set(name).compute(mol).sum() == sum(counts.values())


def test_counts_have_no_upper_limit() -> None:
    assert feature_set("ecfp4").compute(Chem.MolFromSmiles("C" * 400)).max() > 255
