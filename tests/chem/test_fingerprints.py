from __future__ import annotations

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator

from molgnn.chem.fingerprints import ecfp4_counts
from molgnn.errors import InvalidSmiles


def test_they_count_environments() -> None:
    counts = ecfp4_counts(["C", "CCCCCC", "OCC"], n_bits=1024)
    assert counts.shape == (3, 1024)
    assert counts.dtype == np.uint8
    assert counts[0].sum() == 1
    assert counts[1].max() == 4  # the inner carbons, alike at radius 0


def test_they_are_rdkits_for_small_molecules() -> None:
    smiles = "CC(=O)Oc1ccccc1C(=O)O"
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    expected = generator.GetCountFingerprintAsNumPy(Chem.MolFromSmiles(smiles))
    np.testing.assert_array_equal(ecfp4_counts([smiles])[0], expected)


def test_counts_do_not_wrap_around() -> None:
    assert ecfp4_counts(["C" * 400]).max() == 255


def test_the_same_molecule_has_the_same_fingerprint() -> None:
    first, second = ecfp4_counts(["OCC", "CCO"])
    np.testing.assert_array_equal(first, second)


def test_no_molecules_give_no_rows() -> None:
    assert ecfp4_counts([]).shape == (0, 2048)


def test_an_invalid_smiles_is_an_error() -> None:
    with pytest.raises(InvalidSmiles):
        ecfp4_counts(["C("])
