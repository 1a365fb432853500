"""Properties that do not depend on how a molecule is written."""

from __future__ import annotations

import numpy as np
import pytest

from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Column, Preset

HYDROGENS = Preset("mine", (Column("implicit_hydrogens", tuple(range(5)), kind="number"),), ())


def codes(backend: str, smiles: str) -> list[int]:
    molecules, rejected = Featurizer(HYDROGENS, backend)([smiles])
    assert not rejected
    return np.ravel(molecules.atom_codes).tolist()


@pytest.mark.parametrize(
    ("smiles", "hydrogens"),
    [
        ("CCO", [3, 2, 1]),
        ("[CH3][CH2][OH]", [3, 2, 1]),
        ("[H]OCC", [1, 2, 3]),
        ("c1cc[nH]c1", [1, 1, 1, 0, 1]),
        ("N1C=CC=C1", [0, 1, 1, 1, 1]),
        ("C[C@H](N)O", [3, 0, 2, 1]),
        ("C[NH3+]", [3, 0]),
        ("[CH3]", [0]),
        ("O=[PH](O)O", [0, 0, 1, 1]),
        ("C[Sn](C)C", [0, 0, 0, 0]),
        ("[SiH4]", [0]),
        ("[13CH3]C", [3, 3]),
    ],
)
def test_hydrogens_are_implicit_where_canonical_smiles_needs_no_brackets(
    backend: str, smiles: str, hydrogens: list[int]
) -> None:
    assert codes(backend, smiles) == hydrogens
