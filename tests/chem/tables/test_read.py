from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from molgnn.chem.tables import LabelledTable, read_table
from molgnn.errors import TableError
from molgnn.tasks import TaskKind


def table(folder: Path, text: str, **options: object) -> LabelledTable:
    (folder / "table.csv").write_text(text, encoding="utf-8")
    return read_table(folder / "table.csv", **options)  # type: ignore[arg-type]


def test_every_column_of_numbers_is_a_task(tmp_path: Path) -> None:
    got = table(tmp_path, "smiles,active,logP\nC,1,0.5\nCC,,\nCCC,0,-2\n")
    assert got.smiles == ["C", "CC", "CCC"]
    assert got.labels.dtype == np.float32
    np.testing.assert_array_equal(got.labels, [[1, 0.5], [np.nan, np.nan], [0, -2]])
    assert got.tasks.names == ["active", "logP"]
    assert [task.kind for task in got.tasks] == [TaskKind.CLASSIFICATION, TaskKind.REGRESSION]
    assert got.lines == [2, 3, 4]
    assert len(got) == 3


@pytest.mark.parametrize("gap", ["", "  ", "NA", "NaN", "nan", "null", "None", "-", "?", "N/A"])
def test_what_was_not_measured_may_be_spelt_in_many_ways(tmp_path: Path, gap: str) -> None:
    assert np.isnan(table(tmp_path, f"smiles,y\nC,{gap}\nC,1.0\n").labels[0, 0])


def test_rows_without_a_molecule_stay(tmp_path: Path) -> None:
    got = table(tmp_path, "smiles,y\nC,1\nnonsense,0\n,1\n\n")
    assert got.smiles == ["C", "nonsense", "", ""]
    assert got.labels.shape == (4, 1)


@pytest.mark.parametrize(
    "header",
    [
        "mol_id",
        "ID",
        "Compound ID",
        "pubchem_cid",
        "index",
        "row",
        "Unnamed: 0",
        "",
        "No.",
        "fold",
        "Name",
    ],
)
def test_numbers_that_name_the_row_are_no_labels(tmp_path: Path, header: str) -> None:
    got = table(tmp_path, f"{header},smiles,y\n7,C,1\n8,CC,0\n")
    assert got.tasks.names == ["y"]
    assert "names or sorts the rows" in got.ignored_columns[header]


def test_a_column_that_only_ends_like_an_identifier_is_a_task(tmp_path: Path) -> None:
    assert table(tmp_path, "smiles,lipid\nC,1\n").tasks.names == ["lipid"]


def test_numbers_under_no_are_no_labels_but_classes_are(tmp_path: Path) -> None:
    got = table(tmp_path, "No,smiles,NO\n1,C,1\n2,CC,\n3,CCC,0\n")
    assert got.tasks.names == ["NO"]
    assert "names or sorts the rows" in got.ignored_columns["No"]


def test_a_catalogue_number_behind_a_smiles_is_no_label(tmp_path: Path) -> None:
    (tmp_path / "vendor.smi").write_text("C 1001\nCC 1002\n")
    with pytest.raises(TableError, match="'name': by its header it names or sorts the rows"):
        read_table(tmp_path / "vendor.smi")


def test_a_column_that_few_cells_spoil_is_not_left_out_in_silence(tmp_path: Path) -> None:
    rows = "".join(f"{'C' * n},{n % 2},{n}\n" for n in range(1, 30))
    text = f"smiles,a,ic50\n{rows}CO,1,<5\nCN,1,>90\n"
    with pytest.raises(
        TableError, match=r"'ic50' but line 31 holds '<5' and 1 more .*; or name the"
    ):
        table(tmp_path, text)
    assert table(tmp_path, text, tasks=["a"]).tasks.names == ["a"]


def test_columns_of_text_and_empty_ones_are_left_out_with_the_reason(tmp_path: Path) -> None:
    got = table(tmp_path, "smiles,kind,y,none\nC,,1,\nCC,alkane,0,NA\n")
    assert got.tasks.names == ["y"]
    assert got.ignored_columns == {
        "kind": "line 3 holds 'alkane'",
        "none": "nothing in it was measured",
    }


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("abc", "column 'y' but line 3 holds 'abc'; fix"),
        ("1_0", "line 3 holds '1_0'"),
        ("inf", "line 3 holds 'inf', which is not finite"),
        ("-Infinity", "not finite"),
        ("1e39", "not finite"),
    ],
)
def test_a_column_asked_for_must_hold_numbers(tmp_path: Path, cell: str, complaint: str) -> None:
    with pytest.raises(TableError, match=complaint):
        table(tmp_path, f"smiles,y\nC,1\nCC,{cell}\n", tasks=["y"])


def test_a_column_asked_for_must_hold_something(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="column 'y' but nothing in it was measured"):
        table(tmp_path, "smiles,y,z\nC,,1\nCC,NA,0\n", tasks=["y"])


def test_tasks_come_in_the_order_asked_for(tmp_path: Path) -> None:
    got = table(tmp_path, "smiles,a,b_id,c\nC,1,2,3\n", tasks=["c", "b_id"])
    assert got.tasks.names == ["c", "b_id"]
    assert got.labels.tolist() == [[3, 2]]


def test_a_column_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="column 'q' but got the columns 'smiles', 'y'"):
        table(tmp_path, "smiles,y\nC,1\n", tasks=["q"])
    with pytest.raises(TableError, match="column 'q'"):
        table(tmp_path, "smiles,y\nC,1\n", split_column="q")


def test_a_name_borne_twice_is_ambiguous(tmp_path: Path) -> None:
    text = "smiles,y,y,z\nC,1,2,3\n"
    got = table(tmp_path, text)
    assert got.tasks.names == ["z"]
    assert got.ignored_columns == {"y": "several columns have this name"}
    with pytest.raises(TableError, match="several are called so; fix: rename all but one"):
        table(tmp_path, text, tasks=["y"])


def test_a_table_without_labels_says_why_it_has_none(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"'kind': line 2 holds 'alkane'; fix: .* 0 and 1 or Act"):
        table(tmp_path, "smiles,kind\nC,alkane\n")
    with pytest.raises(TableError, match="none beside the SMILES"):
        table(tmp_path, "smiles\nC\n")


def test_a_table_without_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="only a header"):
        table(tmp_path, "smiles,y\n")


def test_the_split_column_is_no_task_and_names_parts(tmp_path: Path) -> None:
    got = table(tmp_path, "smiles,y,part\nC,1,Train\nCC,0,val\n", split_column="part")
    assert got.split_values == ["Train", "val"]
    assert got.tasks.names == ["y"]
    assert got.ignored_columns == {}
    with pytest.raises(TableError, match="got 'holdout' in line 3"):
        table(tmp_path, "smiles,y,part\nC,1,train\nC,1,holdout\n", split_column="part")


def test_tables_are_read_like_libraries(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    path.write_bytes(gzip.compress(b"Drug\tY\nCCO\t1\nC\t0\n"))
    assert read_table(path).smiles == ["CCO", "C"]
    (tmp_path / "table.csv").write_bytes("\ufeffy;structure\r\n1.5;C\r\n".encode("utf-16-le"))
    assert read_table(tmp_path / "table.csv").labels.tolist() == [[1.5]]


@pytest.mark.parametrize(
    ("dataset", "n_mols", "n_tasks", "kind"),
    [
        ("tox21.csv", 7831, 12, TaskKind.CLASSIFICATION),
        pytest.param("toxcast.csv.gz", 8576, 617, TaskKind.CLASSIFICATION, marks=pytest.mark.slow),
        ("bace.csv", 1513, 1, TaskKind.CLASSIFICATION),
        ("lipo.csv", 4200, 1, TaskKind.REGRESSION),
        ("delaney.csv", 1128, 1, TaskKind.REGRESSION),
    ],
)
def test_the_benchmarks_are_read_as_they_are(
    shared_data: Path, dataset: str, n_mols: int, n_tasks: int, kind: TaskKind
) -> None:
    path = shared_data / "datasets" / dataset
    got = read_table(path)
    expected = pd.read_csv(path)
    assert got.labels.shape == (n_mols, n_tasks)
    assert {task.kind for task in got.tasks} == {kind}
    assert got.smiles == expected.iloc[:, 0].tolist()
    np.testing.assert_array_equal(got.labels, expected[got.tasks.names].to_numpy(np.float32))
    assert got.ignored_columns == {}


def test_a_table_with_identifiers_and_a_split_is_read(shared_data: Path) -> None:
    got = read_table(shared_data / "datasets" / "tox21_challenge_train.csv.gz")
    assert len(got.tasks) == 12
    assert set(got.ignored_columns) == {"sample_id", "split"}


def test_bytes_that_are_no_utf_8_are_read_as_windows_1252(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("Strüktur,Aktivität,fünf\nCCO,1,test\nCC,0,übung\nCCé,1,\n".encode("cp1252"))
    got = read_table(path, smiles_column="Strüktur", tasks=["Aktivität"])
    assert got.smiles == ["CCO", "CC", "CCé"]
    assert got.tasks.names == ["Aktivität"]
    got = read_table(path, smiles_column="strüktur")
    assert got.ignored_columns == {"fünf": "line 2 holds 'test'"}
    with pytest.raises(TableError, match="got 'übung' in line 3"):
        read_table(path, smiles_column="Strüktur", split_column="fünf")
    with pytest.raises(TableError, match="did you mean Strüktur"):
        read_table(path, smiles_column="Struktur")


def test_a_table_in_utf_8_stays_as_it_is(tmp_path: Path) -> None:
    got = table(tmp_path, "smiles,Aktivität\nCCé,1\n")
    assert (got.smiles, got.tasks.names) == (["CCé"], ["Aktivität"])


def test_a_dataframe_is_a_table() -> None:
    frame = pd.DataFrame(
        {
            "smiles": ["CCO", "CC", None],
            "toxic": pd.array([True, None, False], dtype="boolean"),
            "count": pd.array([3, None, 1], dtype="Int64"),
            "logP": np.array([0.1, np.nan, 2], dtype=np.float32),
            "part": pd.Categorical(["train", "test", "valid"]),
        },
        index=["a", "b", "c"],
    )
    got = read_table(frame, split_column="part")
    assert got.smiles == ["CCO", "CC", ""]
    assert got.tasks.names == ["toxic", "count", "logP"]
    assert got.tasks[0].kind is TaskKind.CLASSIFICATION
    np.testing.assert_array_equal(
        got.labels, np.array([[1, 3, 0.1], [np.nan] * 3, [0, 1, 2]], dtype=np.float32)
    )
    assert got.split_values == ["train", "test", "valid"]
    assert got.index is not None
    assert list(got.index) == ["a", "b", "c"]
    assert (got.lines, got.path) == ([0, 1, 2], None)
