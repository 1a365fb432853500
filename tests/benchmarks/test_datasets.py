from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.datasets import make_case, match_parts
from molgnn.errors import UnknownName


def test_splits_in_another_order_are_found_by_smiles() -> None:
    splits = pd.DataFrame({"smiles": ["CO", "CC", "C"], "scaffold0": ["test", "valid", "train"]})
    assert match_parts(splits, "scaffold0", ["C", "CC", "N", "CO"]) == [
        "train",
        "valid",
        None,
        "test",
    ]


def test_a_repeated_smiles_keeps_its_own_part_where_the_order_is_the_same() -> None:
    splits = pd.DataFrame({"smiles": ["C", "C"], "scaffold0": ["train", "test"]})
    assert match_parts(splits, "scaffold0", ["C", "C"]) == ["train", "test"]


def test_splits_without_smiles_must_have_as_many_rows() -> None:
    splits = pd.DataFrame({"row": [0, 1], "split_achiral": ["train", "test"]})
    assert match_parts(splits, "split_achiral", ["C", "CC"]) == ["train", "test"]
    with pytest.raises(ValueError, match="expected a part for each of 3 rows but got 2"):
        match_parts(splits, "split_achiral", ["C", "CC", "CCC"])


def test_a_row_that_gives_no_molecule_is_left_out_for_all(data: Path, tmp_path: Path) -> None:
    table = make_case("esol/kpgt0", tmp_path).read()
    assert table.smiles == ["C", "CC", "CO"]
    assert table.labels.ravel().tolist() == [1.0, 3.0, 4.0]
    assert table.split_values == ["test", "test", "test"]


@pytest.mark.parametrize("name", ["esool/kpgt0", "esol/kpgt9"])
def test_a_data_set_or_a_split_that_nobody_knows_is_an_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        make_case(name, tmp_path)


def test_data_that_are_not_there_are_an_error_that_says_where_they_were_sought(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOLGNN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"lipo\.csv but .*; fix: set MOLGNN_DATA"):
        make_case("lipo/kpgt0", tmp_path)
