from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors

from molgnn.chem.descriptors import feature_set
from molgnn.chem.descriptors.base import FLOAT32_MAX, MAX_ATOMS, Kind, to_float32
from molgnn.chem.descriptors.rdkit2d import LEFT_OUT, RDKit2D

KNOWN: dict[str, Any] = dict(Descriptors.descList)


@pytest.fixture(scope="module")
def rdkit2d() -> RDKit2D:
    features = feature_set("rdkit2d")
    assert isinstance(features, RDKit2D)
    return features


def by_rdkit(name: str, smiles: str) -> float:
    mol = Chem.MolFromSmiles(Chem.CanonSmiles(smiles))
    with np.errstate(all="ignore"):
        return float(KNOWN[name](mol))


def test_every_descriptor_of_rdkit_is_there_or_left_out_for_a_reason(rdkit2d: RDKit2D) -> None:
    assert {*rdkit2d.columns, *LEFT_OUT} == set(KNOWN)
    assert not set(rdkit2d.columns) & set(LEFT_OUT)


def test_values_are_rdkits(rdkit2d: RDKit2D, drugs: list[str]) -> None:
    for smiles in [*drugs[::3], "C", "CC", "[Na+].[Cl-]", "C=C.CCO"]:
        values = rdkit2d.compute(Chem.MolFromSmiles(smiles))
        expected = [by_rdkit(name, smiles) for name in rdkit2d.columns]
        np.testing.assert_allclose(values, expected, rtol=1e-6, atol=1e-6, err_msg=smiles)


def test_elements_without_partial_charges_have_gaps_there_alone(rdkit2d: RDKit2D) -> None:
    with rdBase.BlockLogs():
        values = rdkit2d.compute(Chem.MolFromSmiles("C[Hg]C"))
    gaps = {rdkit2d.columns[i] for i in np.flatnonzero(np.isnan(values))}
    assert "MaxPartialCharge" in gaps
    assert all("PartialCharge" in name or "PEOE" in name for name in gaps)


def test_a_giant_has_no_values_where_the_time_grows_with_the_square(rdkit2d: RDKit2D) -> None:
    small, giant = (
        dict(zip(rdkit2d.columns, rdkit2d.compute(Chem.MolFromSmiles("C" * n)), strict=True))
        for n in (MAX_ATOMS, MAX_ATOMS + 1)
    )
    assert not np.isnan([*small.values()]).any()
    assert np.isnan(giant["BalabanJ"])
    assert np.isnan(giant["MaxEStateIndex"])
    assert giant["HeavyAtomCount"] == MAX_ATOMS + 1


def test_what_rdkit_counts_is_a_count(rdkit2d: RDKit2D) -> None:
    kinds = dict(zip(rdkit2d.columns, rdkit2d.kinds, strict=True))
    assert kinds["NumHDonors"] == kinds["fr_phenol"] == Kind.COUNT
    assert kinds["MolLogP"] == kinds["TPSA"] == Kind.CONTINUOUS


def test_what_float32_cannot_hold_is_a_gap() -> None:
    stored = to_float32(np.array([1.5, np.inf, -np.inf, np.nan, 10 * FLOAT32_MAX, -FLOAT32_MAX]))
    np.testing.assert_array_equal(
        stored, np.float32([1.5, np.nan, np.nan, np.nan, np.nan, -FLOAT32_MAX])
    )
