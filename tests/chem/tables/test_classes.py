"""Labels that are words: which are the classes, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from molgnn.chem.tables import LabelledTable, read_table
from molgnn.chem.tables.classes import choose_classes, find_classes
from molgnn.errors import ConfigError, TableError
from molgnn.tasks import TaskKind

ReadCsv = Callable[..., LabelledTable]
NAN = np.nan


def rows(*labels: object) -> str:
    return "smiles,y\n" + "".join(f"{'C' * n},{cell}\n" for n, cell in enumerate(labels, 1))


@pytest.mark.parametrize(
    ("one", "zero"),
    [
        ("True", "False"),
        ("TRUE", "FALSE"),
        ("yes", "no"),
        ("Y", "N"),
        ("Active", "Inactive"),
        ("active", "non-active"),
        ("Positive", "Negative"),
        ("toxic", "nontoxic"),
        ("Toxic", "Not Toxic"),
        ("mutagenic", "Non_Mutagenic"),
        ("stable", "unstable"),
        ("permeable", "impermeable"),
    ],
)
def test_a_word_and_its_opposite_are_classes(read_csv: ReadCsv, one: str, zero: str) -> None:
    table = read_csv(rows(one, zero, "", one, "NA"))
    assert table.tasks[0].kind is TaskKind.CLASSIFICATION
    np.testing.assert_array_equal(table.labels[:, 0], [1, 0, NAN, 1, NAN])


def test_which_word_is_which_class_is_noted_but_for_true_and_false(read_csv: ReadCsv) -> None:
    assert read_csv(rows("Active", "Inactive")).notes == ("y: 'Active' is 1, 'Inactive' is 0",)
    assert read_csv(rows(True, False)).notes == ()


def test_other_words_beside_classes_are_gaps_that_are_counted(read_csv: ReadCsv) -> None:
    words = ["Active", "Inactive", "Inconclusive", "Unspecified", "Inactive", "Inconclusive"]
    table = read_csv(rows(*words))
    np.testing.assert_array_equal(table.labels[:, 0], [1, 0, NAN, NAN, 0, NAN])
    [note] = table.notes
    assert note.endswith("; not measured: 'Inconclusive' (2), 'Unspecified' (1)")


def test_a_column_of_one_class_alone_is_a_task(read_csv: ReadCsv) -> None:
    np.testing.assert_array_equal(read_csv(rows("False", "false")).labels[:, 0], [0, 0])


def test_numbers_0_and_1_may_stand_among_class_words(read_csv: ReadCsv) -> None:
    table = read_csv(rows("active", "0", "inactive", "1"))
    np.testing.assert_array_equal(table.labels[:, 0], [1, 0, 0, 1])


def test_a_text_in_which_a_class_word_occurs_is_no_task(read_csv: ReadCsv) -> None:
    text = "smiles,y,comment\n" + "".join(
        f"{'C' * n},{n % 2},{comment}\n" for n, comment in enumerate(["no", "a", "b", "c", "d"], 1)
    )
    table = read_csv(text)
    assert table.tasks.names == ["y"]
    assert "comment" in table.ignored_columns


def test_booleans_and_categories_of_a_dataframe_are_classes() -> None:
    frame = pd.DataFrame(
        {
            "smiles": ["C", "CC", "CCC"],
            "bool": [True, False, True],
            "object": [True, None, False],
            "category": pd.Categorical(["Active", "Inactive", None]),
        }
    )
    table = read_table(frame)
    assert {task.kind for task in table.tasks} == {TaskKind.CLASSIFICATION}
    np.testing.assert_array_equal(table.labels, [[1, 1, 1], [0, NAN, 0], [1, 0, NAN]])


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        ({"positive": "binder", "negative": "decoy"}, [1, 0, NAN]),
        ({"positive": "Decoy", "negative": ["BINDER", "weak"]}, [0, 1, 0]),
        ({"positive": ["binder", "weak"]}, [1, 0, 1]),
        ({"negative": ["decoy", "weak"]}, [1, 0, 0]),
    ],
)
def test_the_user_may_name_the_classes(
    read_csv: ReadCsv, options: dict[str, object], labels: list[float]
) -> None:
    table = read_csv(rows("binder", "decoy", "weak"), **options)
    np.testing.assert_array_equal(table.labels[:, 0], labels)
    assert table.notes[0].startswith("y: ")


def test_the_user_may_turn_known_classes_round(read_csv: ReadCsv) -> None:
    table = read_csv(rows("Active", "Inactive", "unclear"), positive="inactive")
    np.testing.assert_array_equal(table.labels[:, 0], [0, 1, NAN])


def test_one_class_named_among_several_words_asks_for_the_other(read_csv: ReadCsv) -> None:
    with pytest.raises(TableError, match=r"fix: positive=… and negative=… name the words of both"):
        read_csv(rows("binder", "decoy", "weak"), positive="binder")


def test_words_that_stand_nowhere_are_an_error(read_csv: ReadCsv) -> None:
    with pytest.raises(TableError, match=r"'aktiv' \(positive=… or negative=…\) but no column"):
        read_csv(rows("Active", "Inactive"), positive="aktiv")


def test_a_word_is_one_class_only(read_csv: ReadCsv) -> None:
    with pytest.raises(ConfigError, match="but got 'x' in both"):
        read_csv(rows("x", "y"), positive="x", negative=["y", "x"])


def test_minus_one_is_a_class_on_request(read_csv: ReadCsv) -> None:
    text = "smiles,y,z,logP\nC,1,1,-1\nCC,-1.0,0,0.3\nCCC,0,0,1\nCCCC,,1,2.5\n"
    assert read_csv(text).tasks[0].kind is TaskKind.REGRESSION
    table = read_csv(text, positive="1", negative="-1", tasks=["y", "z"])
    np.testing.assert_array_equal(table.labels[:, 0], [1, 0, NAN, NAN])
    np.testing.assert_array_equal(table.labels[:, 1], [1, 0, 0, 1])
    assert table.notes == ("y: '1' is 1, '-1' is 0; not measured: '0' (1)",)


def test_a_word_is_known_in_whatever_case_and_with_whatever_hyphens() -> None:
    classes = find_classes(["TOXIC", "Non-toxic", "non toxic", "?"])
    assert classes is not None
    assert (classes.positive, classes.negative) == ({"TOXIC"}, {"Non-toxic", "non toxic"})
    assert find_classes(["red", "green"]) is None
    assert choose_classes(["red", "green"], ["blue"], []) is None
