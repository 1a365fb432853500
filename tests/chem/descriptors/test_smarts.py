from __future__ import annotations

import numpy as np
from rdkit import Chem
from rdkit.Chem import Fragments

from molgnn.chem.descriptors.smarts import SmartsCounts


def test_each_set_of_atoms_counts_once() -> None:
    mol = Chem.MolFromSmiles("OCCO")
    counts = SmartsCounts(["[OX2;H1]", "CC", "[#6,#7]", "[!C]", "[Cl]"]).count(mol)
    assert counts.tolist() == [2, 1, 2, 2, 0]


def test_skipping_patterns_of_absent_elements_changes_no_count(all_smiles: list[str]) -> None:
    patterns = [function.__defaults__[1] for _, function in Fragments.fns]
    counts = SmartsCounts(patterns)
    for mol in map(Chem.MolFromSmiles, all_smiles[:40]):
        expected = [len(mol.GetSubstructMatches(p, maxMatches=100_000)) for p in patterns]
        np.testing.assert_array_equal(counts.count(mol), expected)


def test_no_patterns_have_no_counts() -> None:
    assert SmartsCounts([]).count(Chem.MolFromSmiles("C")).shape == (0,)
