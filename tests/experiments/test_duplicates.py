"""Molecules that a table holds more than once, and contradicting labels, are named by line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import read_table
from molgnn.chem.tables.duplicates import Duplicates
from molgnn.experiments.duplicates import describe_duplicates, merge_duplicates
from molgnn.experiments.train import train
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData, featurize_table
from molgnn.graph.featurizer import Featurizer
from molgnn.tasks import Task, TaskKind, Tasks

NAN = np.nan


def test_contradictions_are_named_by_task_and_line() -> None:
    tasks = Tasks([Task("toxic"), Task("logP", TaskKind.REGRESSION), Task("fine")])
    labels = np.array(
        [[1, 2.0, 0], [0, 2.1, NAN], [NAN, 9.0, 1], [1, 2.0, 1], [0, 8.0, 1]], dtype=np.float32
    )
    molecule_ids, places = np.array([0, 0, 2, 3, 3]), [f"line {n}" for n in (2, 3, 4, 5, 7)]
    first, *others = describe_duplicates(molecule_ids, labels, tasks, places)
    assert first.startswith("4 rows show 2 molecules more than once")
    assert others == [
        "toxic: 2 molecules are measured as 0 and as 1: line 2 and line 3; line 5 and line 7",
        "logP: 1 molecule is measured with values far apart: line 5 and line 7",
    ]


def test_a_table_without_repeats_has_nothing_to_say() -> None:
    labels = np.zeros((3, 1), dtype=np.float32)
    assert (
        describe_duplicates(
            np.arange(3), labels, Tasks([Task("a")]), ["line 2", "line 3", "line 4"]
        )
        == []
    )


def merged(how: str, **columns: list[object]) -> TrainingData:
    """Merge a table of ethanol thrice, once as a salt, methane, and no molecule."""
    smiles = ["CCO", "C", "OCC", "nonsense", "CCO.Cl"]
    part = columns.pop("part", None)
    frame = pd.DataFrame({"smiles": smiles, **columns} | ({"part": part} if part else {}))
    table = read_table(frame, split_column="part" if part else None)
    data = featurize_table(table, Standardizer(), Featurizer())
    return merge_duplicates(data, table, Duplicates(how))


def test_rows_of_one_molecule_become_the_first_of_them() -> None:
    data = merged("mean", y=[1.0, 9.0, 2.0, 5.0, 6.0], z=[1, 0, 0, 1, 1])
    assert data.smiles == ["CCO", "C"]
    assert data.rows.tolist() == [0, 1]
    assert data.labels.tolist() == [[3, 1], [9, 0]]
    assert len(data.molecules) == 2
    assert {row.row: row.reason for row in data.rejected if row.row != 3} == {
        2: "duplicate: merged into row 0",
        4: "duplicate: merged into row 0",
    }


def test_what_contradicts_is_named_before_it_is_merged() -> None:
    data = merged("drop", z=[1, 0, 0, 1, 1])
    assert np.isnan(data.labels[0, 0])
    assert data.notes == (
        "3 rows show 1 molecules more than once",
        "z: 1 molecule is measured as 0 and as 1: row 0 and row 2",
        "2 of these rows were merged into others of the same molecule (drop)",
        "z: 1 molecule has no label any more",
    )


def test_rows_are_kept_on_request_and_where_they_stand_in_different_parts() -> None:
    data = merged("keep", z=[1, 0, 0, 1, 1])
    assert data.rows.tolist() == [0, 1, 2, 4]
    parts: list[object] = ["train", "train", "test", "train", "Training"]
    data = merged("mean", z=[1, 0, 0, 1, 1], part=parts)
    assert data.rows.tolist() == [0, 1, 2]
    assert data.labels[:, 0].tolist() == [1, 0, 0]


def test_the_rows_of_a_test_part_stay_as_they_were_published() -> None:
    parts: list[object] = ["test", "train", "test", "train", "test"]
    data = merged("drop", z=[1, 0, 0, 1, 1], part=parts)
    assert data.rows.tolist() == [0, 1, 2, 4]
    assert data.labels[:, 0].tolist() == [1, 0, 0, 1]


def test_a_training_merges_as_it_is_told(tmp_path: Path, config: TrainingConfig) -> None:
    smiles = [f"{'C' * (i // 2 + 1)}O" for i in range(60)]
    frame = pd.DataFrame({"smiles": smiles, "y": [i % 2 for i in range(60)]})
    frame.loc[frame.index < 40, "y"] = [i // 2 % 2 for i in range(40)]
    settings = {"duplicates": "drop", "epochs": 1}
    run = train(frame, tmp_path / "run", config, report=False, **settings)
    assert "30 of these rows were merged into others of the same molecule (drop)" in run.notes
    assert len(pd.read_csv(tmp_path / "run" / "predictions.csv")) == 30
    split = pd.read_csv(tmp_path / "run" / "split.csv")
    assert split["reason"].str.startswith("duplicate: merged into row").sum() == 30
