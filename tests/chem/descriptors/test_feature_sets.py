"""What every feature set owes, whatever it computes."""

from __future__ import annotations

import numpy as np
import pytest

from molgnn.chem.descriptors import FEATURE_SETS, FeatureSet, Kind, feature_set
from molgnn.chem.descriptors.compute import compute_piece, read_molecule
from molgnn.chem.standardize import Standardizer
from molgnn.errors import UnknownName
from tests.notations import rewrite


@pytest.fixture(scope="module", params=FEATURE_SETS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def features(name: str) -> FeatureSet:
    return feature_set(name)


@pytest.fixture(scope="module")
def values(name: str, all_smiles: list[str]) -> np.ndarray:
    return compute(name, all_smiles)


def compute(name: str, smiles: list[str]) -> np.ndarray:
    return compute_piece(((name,), smiles)).to_numpy()


def test_each_column_has_a_name_of_its_own_and_a_kind(features: FeatureSet) -> None:
    assert len(set(features.columns)) == len(features.columns) == len(features.kinds)


def test_a_molecule_has_a_number_in_each_column(
    features: FeatureSet, values: np.ndarray, all_smiles: list[str]
) -> None:
    assert values.shape == (len(all_smiles), len(features.columns))
    assert values.dtype == np.float32


def test_no_molecule_fails_and_no_value_is_infinite(
    features: FeatureSet, all_smiles: list[str]
) -> None:
    for smiles in all_smiles:
        with np.errstate(all="ignore"):
            assert not np.isinf(features.compute(read_molecule(smiles))).any(), smiles


def test_only_continuous_features_may_have_no_value(
    features: FeatureSet, values: np.ndarray
) -> None:
    is_gap = np.isnan(values).any(axis=0)
    assert {features.kinds[column] for column in np.flatnonzero(is_gap)} <= {Kind.CONTINUOUS}


def test_counts_are_whole_numbers_and_binary_features_are_zero_or_one(
    features: FeatureSet, values: np.ndarray
) -> None:
    kinds = np.array(features.kinds)
    counts = values[:, kinds == Kind.COUNT]
    assert (counts >= 0).all()
    assert (counts == counts.round()).all()
    assert set(np.unique(values[:, kinds == Kind.BINARY])) <= {0, 1}


def test_the_same_molecule_has_the_same_features_in_every_notation(
    name: str, drugs: list[str]
) -> None:
    standardize = Standardizer()
    for smiles in [*drugs[::4], r"N/C(=N\[H])c1ccccc1"]:
        others = [standardize(other) for other in rewrite(smiles).values()]
        first, *rest = compute(name, [standardize(smiles), *others])
        for other in rest:
            np.testing.assert_array_equal(other, first, err_msg=smiles)


def test_computing_leaves_the_molecule_as_it_was(features: FeatureSet, drugs: list[str]) -> None:
    mol = read_molecule(drugs[0])
    first = features.compute(mol)
    np.testing.assert_array_equal(features.compute(mol), first)
    np.testing.assert_array_equal(features.compute(read_molecule(drugs[0])), first)


def test_ordinary_molecules_differ_in_their_features(name: str, drugs: list[str]) -> None:
    assert len(np.unique(compute(name, drugs), axis=0)) > len(drugs) / 2


def test_no_two_sets_share_a_column() -> None:
    columns = [column for name in FEATURE_SETS for column in feature_set(name).columns]
    assert len(set(columns)) == len(columns)


def test_an_unknown_set_is_an_error() -> None:
    with pytest.raises(UnknownName, match="unknown feature set 'morgans': did you mean morgan"):
        feature_set("morgans")
