from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem

from molgnn.chem.reading import open_library
from molgnn.errors import TableError


def test_a_dataframe_is_a_library_whose_rows_are_numbered_from_0() -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "SMILES": ["CCO", " CC "]})
    rows = open_library(frame)
    assert (rows.name, rows.paths) == ("the DataFrame", ())
    assert (rows.columns, rows.smiles_index) == (("id", "SMILES"), 1)
    assert [(row.number, row.line, row.smiles) for row in rows] == [(0, 0, "CCO"), (1, 1, "CC")]
    assert list(rows) == list(rows)


def test_cells_keep_their_types_and_gaps_of_every_kind_are_none() -> None:
    frame = pd.DataFrame(
        {
            "smiles": ["C", None],
            "int": [1, 2],
            "nullable": pd.array([3, None], dtype="Int64"),
            "float": [0.5, np.nan],
            "short": np.array([0.1, np.nan], dtype=np.float32),
            "flag": pd.array([True, None], dtype="boolean"),
            "day": pd.to_datetime(["2024-05-01", None]),
            "kind": pd.Categorical(["x", None]),
            "object": ["text", np.nan],
        }
    )
    first, second = open_library(frame)
    day = pd.Timestamp("2024-05-01")
    assert first.fields == ("C", 1, 3, 0.5, np.float32(0.1), True, day, "x", "text")
    assert [type(cell) for cell in first.fields[1:4]] == [int, int, float]
    assert str(first.fields[4]) == "0.1"
    assert second.fields == (None, 2, *[None] * 7)
    assert second.smiles == ""


def test_more_rows_than_are_held_at_a_time_come_in_order() -> None:
    frame = pd.DataFrame({"smiles": ["C" * (i % 9 + 1) for i in range(3000)], "i": range(3000)})
    rows = list(open_library(frame, columns=["i"]))
    assert [row.fields for row in rows] == list(zip(frame["smiles"], frame["i"], strict=True))
    assert [row.number for row in rows] == list(range(3000))


def test_columns_are_found_kept_and_missed_as_those_of_a_file() -> None:
    frame = pd.DataFrame({"name": ["ethanol"], "structure": ["CCO"], "y": [1]})
    rows = open_library(frame, columns=["y"], id_column="name")
    assert rows.columns == ("name", "structure", "y")
    assert [row.fields for row in rows] == [("ethanol", "CCO", 1)]
    with pytest.raises(TableError, match=r"the DataFrame: .* 'structur' .*did you mean structure"):
        open_library(frame, "structur")
    with pytest.raises(TableError, match="no columns"):
        open_library(pd.DataFrame())


def test_columns_of_one_name_and_names_that_are_numbers_are_taken() -> None:
    frame = pd.DataFrame([["C", 1, 2]], columns=["smiles", "x", "x"])
    assert [row.fields for row in open_library(frame)] == [("C", 1, 2)]
    frame = pd.DataFrame([[7, "CCO"], [8, "CC"]])
    assert [row.smiles for row in open_library(frame, "1")] == ["CCO", "CC"]


def test_smiles_may_stand_in_the_index() -> None:
    frame = pd.DataFrame({"y": [1, 0]}, index=pd.Index(["CCO", "CC"], name="smiles"))
    rows = open_library(frame)
    assert rows.columns == ("smiles", "y")
    assert [row.fields for row in rows] == [("CCO", 1), ("CC", 0)]
    assert open_library(frame.rename_axis("drug"), "drug").columns == ("drug", "y")
    assert list(frame.columns) == ["y"]


def test_the_index_is_kept() -> None:
    frame = pd.DataFrame({"smiles": ["CCO", "CC"]}, index=["a", "b"])
    index = open_library(frame).index
    assert index is not None
    assert list(index) == ["a", "b"]


def test_rdkit_molecules_stand_for_their_smiles() -> None:
    frame = pd.DataFrame({"ROMol": [Chem.MolFromSmiles("OCC"), None]})
    rows = list(open_library(frame, "ROMol"))
    assert [row.smiles for row in rows] == ["CCO", ""]
    assert [row.fields for row in rows] == [("CCO",), (None,)]


def test_a_column_whose_label_is_a_number_is_named_by_it() -> None:
    frame = pd.DataFrame([[1, "CCO"], [2, "CCN"]])
    for name in (1, "1"):  # pandas allows both
        assert [row.smiles for row in open_library(frame, name)] == ["CCO", "CCN"]  # type: ignore[arg-type]
