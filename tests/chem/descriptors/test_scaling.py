from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.preprocessing import QuantileTransformer

from molgnn.chem.descriptors import FeatureScaler, FeatureTable, Kind, compute_features, feature_set
from molgnn.chem.descriptors.scaling import MAX_SCORE, N_QUANTILES
from molgnn.errors import BundleError

SETS = ("rdkit2d", "maccs")


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    """Return made-up values of 2,000 molecules in the columns of two sets, with gaps."""
    rng = np.random.default_rng(0)
    kinds = np.array(feature_set("rdkit2d").kinds)
    values = rng.lognormal(size=(2000, len(kinds)))
    values[:, kinds == Kind.COUNT] = rng.poisson(2, size=(2000, (kinds == Kind.COUNT).sum()))
    gaps = (rng.random(values.shape) < 0.1) & (kinds == Kind.CONTINUOUS)
    values[gaps] = np.nan
    values[:, column("MolWt")] = 7
    keys = rng.random((2000, 166)) < 0.3
    return FeatureTable(
        {
            "rdkit2d": csr_matrix(values.astype(np.float32)),
            "maccs": csr_matrix(keys, dtype=np.float32),
        }
    )


@pytest.fixture(scope="module")
def scaler(table: FeatureTable) -> FeatureScaler:
    return FeatureScaler.fit(table)


def column(name: str) -> int:
    return feature_set("rdkit2d").columns.index(name)


def test_continuous_features_become_scikit_learns_normal_scores(
    table: FeatureTable, scaler: FeatureScaler
) -> None:
    values = table.to_numpy()[:, [column("TPSA")]].astype(np.float64)
    known = values[~np.isnan(values)].reshape(-1, 1)
    theirs = QuantileTransformer(
        n_quantiles=N_QUANTILES, output_distribution="normal", subsample=None
    ).fit(known)
    scores = scaler.transform(table.to_numpy())[:, column("TPSA")]
    expected = theirs.transform(known)[:, 0].clip(-MAX_SCORE, MAX_SCORE)
    np.testing.assert_allclose(scores[~np.isnan(values[:, 0])], expected, atol=1e-4)


def test_normal_scores_rise_with_the_value_and_end(scaler: FeatureScaler) -> None:
    rising = np.zeros((200, len(scaler.kinds)), dtype=np.float32)
    rising[:, column("TPSA")] = np.linspace(-5, 200, 200)
    scores = scaler.transform(rising)[:, column("TPSA")]
    assert (np.diff(scores) >= 0).all()
    assert (scores.min(), scores.max()) == (-MAX_SCORE, MAX_SCORE)


def test_values_that_half_of_the_molecules_share_score_in_their_middle() -> None:
    values = np.zeros((1000, len(feature_set("rdkit2d").columns)), dtype=np.float32)
    values[500:, column("TPSA")] = np.arange(1, 501)
    scaler = FeatureScaler.fit(FeatureTable({"rdkit2d": csr_matrix(values)}))
    scores = scaler.transform(values)[:, column("TPSA")]
    assert scores[0] == pytest.approx(-0.67, abs=0.02)  # a quarter
    assert scores[750] == pytest.approx(0.67, abs=0.02)


def test_a_count_becomes_its_logarithm_and_ends_where_the_training_ends(
    table: FeatureTable, scaler: FeatureScaler
) -> None:
    values = table.to_numpy()
    highest = values[:, column("NumHDonors")].max()
    values[:3, column("NumHDonors")] = [0, 3, 1000]
    scores = scaler.transform(values)[:3, column("NumHDonors")]
    np.testing.assert_allclose(scores, np.log1p([0, 3, highest]), rtol=1e-6)


def test_binary_features_stay(table: FeatureTable, scaler: FeatureScaler) -> None:
    values = table.to_numpy()
    np.testing.assert_array_equal(scaler.transform(values)[:, -166:], values[:, -166:])


def test_gaps_score_as_the_median_does(table: FeatureTable, scaler: FeatureScaler) -> None:
    values = table.to_numpy()[:1]
    known, gap = values.copy(), values.copy()
    known[:, column("TPSA")] = scaler.medians[column("TPSA")]
    gap[:, column("TPSA")] = np.nan
    np.testing.assert_array_equal(scaler.transform(gap), scaler.transform(known))
    assert abs(scaler.transform(gap)[0, column("TPSA")]) < 0.01


def test_a_feature_that_all_share_is_marked_and_zero(
    table: FeatureTable, scaler: FeatureScaler
) -> None:
    assert np.flatnonzero(scaler.is_constant).tolist() == [column("MolWt")]
    values = table.to_numpy()
    values[:, column("MolWt")] = 8
    assert not scaler.transform(values)[:, column("MolWt")].any()


def test_medians_and_maxima_are_those_of_all_molecules(
    table: FeatureTable, scaler: FeatureScaler
) -> None:
    values = table.to_numpy()
    np.testing.assert_array_equal(scaler.medians, np.nanmedian(values, axis=0))
    np.testing.assert_array_equal(scaler.maxima, np.nanmax(values, axis=0))


def test_only_the_rows_given_are_learned_from(table: FeatureTable) -> None:
    rows = np.arange(0, 2000, 2)
    part = FeatureTable({name: block[rows] for name, block in table.blocks.items()})
    ours, theirs = FeatureScaler.fit(table, rows), FeatureScaler.fit(part)
    for name, array in ours.to_arrays().items():
        np.testing.assert_array_equal(array, theirs.to_arrays()[name])


def test_its_state_rebuilds_it(table: FeatureTable, scaler: FeatureScaler) -> None:
    again = FeatureScaler.from_state(scaler.to_json(), scaler.to_arrays())
    values = table.to_numpy([0, 1, 2])
    np.testing.assert_array_equal(again.transform(values), scaler.transform(values))
    assert again.sets == SETS


def test_the_state_of_another_version_is_refused(scaler: FeatureScaler) -> None:
    with pytest.raises(BundleError, match=r"expected the feature set maccs in version 1 but got 2"):
        FeatureScaler.from_state({"sets": {"maccs": 2}}, scaler.to_arrays())


def test_real_molecules_have_finite_scores(all_smiles: list[str]) -> None:
    table = compute_features(["not a molecule", *all_smiles], ["rdkit2d", "toxicophores", "maccs"])
    scaler = FeatureScaler.fit(table, np.arange(len(all_smiles) // 2))
    assert np.isfinite(scaler.transform(table.to_numpy())).all()
