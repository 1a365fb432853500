from __future__ import annotations

from pathlib import Path

import pytest
from rdkit import Chem

from molgnn.chem.reading import open_library
from molgnn.errors import TableError


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("id,smiles,price,Vendor\n7,CCO,1.5,x\n8,CC,2.5,y\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("columns", "kept"),
    [
        (None, ("id", "smiles", "price", "Vendor")),
        (["price", "smiles", "id"], ("price", "smiles", "id")),
        (["price", "vendor"], ("smiles", "price", "Vendor")),
        (["price", "price"], ("smiles", "price")),
        ([], ("smiles",)),
    ],
)
def test_columns_are_kept_in_the_order_given_and_the_smiles_always(
    table: Path, columns: list[str] | None, kept: tuple[str, ...]
) -> None:
    rows = open_library(table, columns=columns)
    assert rows.columns == kept
    assert kept[rows.smiles_index] == "smiles"
    cells = {"id": "7", "smiles": "CCO", "price": "1.5", "Vendor": "x"}
    first = next(iter(rows))
    assert first.fields == tuple(cells[name] for name in kept)
    assert first.smiles == "CCO"


def test_columns_that_are_left_out_are_read_behind_the_others_where_that_is_asked_for(
    table: Path,
) -> None:
    rows = open_library(table, columns=["price"])
    assert rows.left_out == ("id", "Vendor")
    assert next(iter(rows.reading_also([1]))).fields == ("CCO", "1.5", "x")
    assert next(iter(rows)).fields == ("CCO", "1.5")


def test_an_unknown_column_is_answered_with_names_near_it(table: Path) -> None:
    with pytest.raises(TableError, match=r"column 'prise' but got .*did you mean price"):
        open_library(table, columns=["id", "prise"])
    with pytest.raises(TableError, match=r"column 'idd' but got .*did you mean id"):
        open_library(table, id_column="idd")


def test_the_id_comes_first(table: Path) -> None:
    rows = open_library(table, columns=["price"], id_column="vendor")
    assert rows.columns == ("Vendor", "smiles", "price")
    assert rows.id_index == 0
    assert [row.fields for row in rows] == [("x", "CCO", "1.5"), ("y", "CC", "2.5")]


def test_the_smiles_may_be_the_id(table: Path) -> None:
    rows = open_library(table, id_column="smiles")
    assert rows.columns == ("smiles", "id", "price", "Vendor")
    assert (rows.id_index, rows.smiles_index) == (0, 0)


def test_the_file_comes_before_the_id(table: Path) -> None:
    (table.parent / "b.csv").write_bytes(table.read_bytes())
    rows = open_library(str(table.parent / "*.csv"), id_column="id")
    assert rows.columns == ("file", "id", "smiles", "price", "Vendor")
    assert (rows.id_index, rows.smiles_index) == (1, 2)


def test_a_smiles_file_has_its_names_for_ids_and_a_table_nothing(table: Path) -> None:
    (table.parent / "a.smi").write_text("CCO ethanol\n")
    assert open_library(table.parent / "a.smi").id_index == 1
    assert open_library(table.parent / "a.smi", columns=[]).id_index is None
    assert open_library(table).id_index is None


def test_files_with_other_columns_are_read_together_and_blanks_noted(tmp_path: Path) -> None:
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    a.write_text("smiles,x,y\nC,1,2\n")
    b.write_text("z,x,SMILES\n3,4,CC\n")
    rows = open_library([a, b])
    assert rows.columns == ("file", "smiles", "x", "y", "z")
    assert [row.fields[1:] for row in rows] == [("C", "1", "2", ""), ("CC", "4", "", "3")]
    assert [row.smiles for row in rows] == ["C", "CC"]
    assert rows.notes == (
        f"{a}: it lacks 'z', which is blank there",
        f"{b}: it lacks 'y', which is blank there",
    )


def test_a_column_that_is_asked_for_must_be_in_one_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("smiles,x\nC,1\n")
    (tmp_path / "b.csv").write_text("smiles,price\nCC,2\n")
    rows = open_library(str(tmp_path / "*.csv"), columns=["price"])
    assert [row.fields[1:] for row in rows] == [("C", ""), ("CC", "2")]
    with pytest.raises(TableError, match=r"'prise' .*did you mean price"):
        open_library(str(tmp_path / "*.csv"), columns=["prise"])


def test_sdf_files_with_other_tags_are_read_together(tmp_path: Path) -> None:
    block = Chem.MolToMolBlock(Chem.MolFromSmiles("CO"))
    for name, tag in (("a", "cost"), ("b", "stock"), ("c", "smiles")):
        (tmp_path / f"{name}.sdf").write_text(f"{name}{block}> <{tag}>\n{name}1\n\n$$$$\n")
    rows = open_library(str(tmp_path / "[ab].sdf"))
    assert rows.columns == ("file", "smiles", "name", "cost", "stock")
    assert [row.fields[1:] for row in rows] == [("CO", "a", "a1", ""), ("CO", "b", "", "b1")]
    rows = open_library(str(tmp_path / "[ac].sdf"))
    assert rows.columns == ("file", "mol_smiles", "name", "cost", "smiles")
    assert [row.fields[1:] for row in rows] == [("CO", "a", "a1", ""), ("CO", "c", "", "c1")]
    assert [row.smiles for row in rows] == ["CO", "CO"]
