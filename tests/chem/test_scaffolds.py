from __future__ import annotations

import pytest

from molgnn.chem.scaffolds import group_by_scaffold, murcko_scaffold
from molgnn.errors import InvalidSmiles


@pytest.mark.parametrize(
    ("smiles", "scaffold"),
    [
        ("CCO", ""),
        ("[Na+]", ""),
        ("Cc1ccccc1", "c1ccccc1"),
        ("CC(=O)Nc1ccc(Cc2ccncc2)cc1", "c1ccc(Cc2ccncc2)cc1"),
        ("O=C1CCCCC1", "O=C1CCCCC1"),
        ("c1ccccc1.C1CC1", "C1CC1.c1ccccc1"),
    ],
)
def test_a_scaffold_is_rings_and_what_joins_them(smiles: str, scaffold: str) -> None:
    assert murcko_scaffold(smiles) == scaffold


def test_chirality_is_forgotten_unless_asked_for() -> None:
    left, right = "O[C@H]1CC[C@@H](N2CC2)CC1", "O[C@H]1CC[C@H](N2CC2)CC1"
    assert murcko_scaffold(left) == murcko_scaffold(right)
    pair = "C[C@H]1CCN[C@@H]1C1CC1", "C[C@H]1CCN[C@H]1C1CC1"
    assert len({murcko_scaffold(smiles, chirality=True) for smiles in pair}) == 2


def test_no_molecule_has_no_scaffold() -> None:
    with pytest.raises(InvalidSmiles):
        murcko_scaffold("c1ccc")


def test_a_row_that_rdkit_only_draws_stands_in_its_group_as_no_molecule() -> None:
    groups = group_by_scaffold(["C1CC1", "CC1CC1", "C1CC1[Al](C)(C)(C)C", "CC(", "*C1CC1", ""])
    assert groups.rows == [[0, 1, 2, 4]]
    assert groups.is_molecule.tolist() == [True, True, False, False, False, False]
