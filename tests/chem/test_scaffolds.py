from __future__ import annotations

from pathlib import Path

import pytest

from molgnn.cache import cache_folder
from molgnn.chem import scaffolds
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


@pytest.fixture
def _cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path))
    monkeypatch.setattr(scaffolds, "MIN_CACHED", 1)


@pytest.mark.usefixtures("_cached")
def test_the_groups_of_a_table_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    table = ["C1CC1", "CCO", "CC1CC1", "CC("]
    first = group_by_scaffold(table)
    assert first.rows == [[0, 2], [1]]
    with monkeypatch.context() as patch:
        patch.delattr(scaffolds, "_group")
        again = group_by_scaffold(table)
    assert again.rows == first.rows
    assert again.is_molecule.tolist() == first.is_molecule.tolist()
    assert group_by_scaffold(table[1:]).rows == [[0], [1]]


@pytest.mark.usefixtures("_cached")
@pytest.mark.parametrize("content", ["", "{}", '{"rows": [[0]], "is_molecule": [true]}'])
def test_what_is_wrong_with_the_cache_costs_time_alone(content: str) -> None:
    table = ["C1CC1", "CCO"]
    group_by_scaffold(table)
    [entry] = cache_folder().iterdir()
    (entry / "scaffolds.json").write_text(content)
    assert group_by_scaffold(table).rows == [[0], [1]]
