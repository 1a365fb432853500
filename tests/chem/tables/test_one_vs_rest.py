"""Columns of several classes: refused with the fix, or a task for each class."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from molgnn.chem.tables import LabelledTable, read_table
from molgnn.errors import TableError
from molgnn.tasks import TaskKind

ReadCsv = Callable[..., LabelledTable]

WORDS = ["sweet", "bitter", "", "bland taste", "bitter"]
TEXT = "smiles,taste,y\n" + "".join(
    f"{'C' * n},{word},{n / 2}\n" for n, word in enumerate(WORDS, 1)
)


def test_each_class_is_a_task_against_the_others(read_csv: ReadCsv) -> None:
    table = read_csv(TEXT, one_vs_rest="taste")
    assert table.tasks.names == ["y", "taste_bitter", "taste_bland_taste", "taste_sweet"]
    nan = np.nan
    expected = [[0, 0, 1], [1, 0, 0], [nan, nan, nan], [0, 1, 0], [1, 0, 0]]
    np.testing.assert_array_equal(table.labels[:, 1:], expected)
    assert table.tasks[1].kind is TaskKind.CLASSIFICATION
    assert read_csv(TEXT, one_vs_rest=["taste"], tasks=["taste"]).tasks.names[0] == "taste_bitter"


def test_classes_may_be_numbers() -> None:
    frame = pd.DataFrame({"smiles": ["C", "CC", "CCC"], "level": [10.0, 2.0, 2.0]})
    table = read_table(frame, one_vs_rest="level")
    assert table.tasks.names == ["level_2", "level_10"]
    assert table.labels.tolist() == [[0, 1], [1, 0], [1, 0]]


def test_a_name_that_is_taken_is_told_apart(read_csv: ReadCsv) -> None:
    table = read_csv("smiles,a_x,a\nC,0.5,x\nCC,1.5,z\n", one_vs_rest="a")
    assert table.tasks.names == ["a_x", "_a_x", "a_z"]


def test_what_stands_beside_no_molecule_is_no_class(read_csv: ReadCsv) -> None:
    table = read_csv("smiles,a\n,STRING\nunits,word\nC,x\nCC,z\n", one_vs_rest="a")
    assert table.tasks.names == ["a_x", "a_z"]
    assert np.isnan(table.labels[:2]).all()


def test_a_column_of_several_classes_is_refused_with_the_fix(read_csv: ReadCsv) -> None:
    text = "smiles,kind\n" + "".join(f"{'C' * n},{'abc'[n % 3]}\n" for n in range(1, 30))
    with pytest.raises(TableError, match=r"fix: positive=….* of its 3 words, one_vs_rest=… a task"):
        read_csv(text, tasks=["kind"])
    with pytest.raises(TableError, match=r"'kind': .*one_vs_rest=… a task of each"):
        read_csv(text)


def test_one_class_or_too_many_are_refused(read_csv: ReadCsv) -> None:
    with pytest.raises(TableError, match=r"2 to 50 classes in column 'kind' .* got 1; fix"):
        read_csv("smiles,kind\nC,a\nCC,a\n", one_vs_rest="kind")
    text = "smiles,kind\n" + "".join(f"C,a{n}\n" for n in range(300))
    with pytest.raises(TableError, match="at most 50 classes in column 'kind'"):
        read_csv(text, one_vs_rest="kind")
