"""Lines that hold units and descriptions have no say in what a column is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from molgnn.chem.tables import LabelledTable, molecule_rows
from molgnn.chem.tables.molecule_rows import MoleculeRows
from molgnn.errors import TableError
from molgnn.tasks import TaskKind

ReadCsv = Callable[..., LabelledTable]


def test_text_beside_no_molecule_does_not_spoil_a_column(read_csv: ReadCsv) -> None:
    table = read_csv("smiles,ic50\n,FLOAT\nunits,MICROMOLAR\nC,1.5\nCC,2\n")
    np.testing.assert_array_equal(table.labels[:, 0], [np.nan, np.nan, 1.5, 2])


def test_a_number_beside_no_molecule_makes_no_regression(read_csv: ReadCsv) -> None:
    table = read_csv("smiles,y\n,7\nnonsense,12\nC,1\nCC,0\n")
    assert table.tasks[0].kind is TaskKind.CLASSIFICATION


def test_what_was_measured_for_no_molecule_was_not_measured(read_csv: ReadCsv) -> None:
    table = read_csv("smiles,y,z\n,3,\nnonsense,4,1\nC,,0\n")
    assert table.ignored_columns == {"y": "nothing in it was measured"}


def test_text_beside_a_molecule_still_spoils_a_column(read_csv: ReadCsv) -> None:
    with pytest.raises(TableError, match="line 4 holds 'high'"):
        read_csv("smiles,y\n,FLOAT\nC,1\nCC,high\n", tasks=["y"])


def test_a_part_beside_no_molecule_is_not_asked_for(read_csv: ReadCsv) -> None:
    table = read_csv("smiles,y,part\n,,\nunits,,\nC,1,train\nCC,0,valid\n", split_column="part")
    assert table.split_values == ["", "", "train", "valid"]


def test_only_the_rows_that_are_asked_about_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def why_rejected(smiles: str) -> str | None:
        parsed.append(smiles)
        return None if smiles == "C" else "invalid"

    monkeypatch.setattr(molecule_rows, "why_rejected", why_rejected)
    rows = MoleculeRows(["x", "", "C", "y"])
    assert rows.before_first([1, 0, 2, 3]) == [1, 0]
    assert (0 in rows, 2 in rows) == (False, True)
    assert parsed == ["x", "C"]


def test_after_many_rows_the_others_are_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(molecule_rows, "MAX_PARSED", 3)
    assert MoleculeRows(["x"] * 9).before_first(range(9)) == [0, 1, 2]
