"""Labels that are numbers: decimal commas, gaps, and values beyond what could be measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from molgnn.chem.tables import LabelledTable, read_table
from molgnn.chem.tables.numbers import with_comma, with_either, with_point
from molgnn.errors import ConfigError, TableError, UnknownName

ReadCsv = Callable[..., LabelledTable]
NAN = np.nan


def labels_of(table: LabelledTable) -> list[float]:
    return table.labels[:, 0].tolist()


def test_commas_are_decimal_where_semicolons_separate(read_csv: ReadCsv) -> None:
    assert labels_of(read_csv("smiles;y\nC;5,3\nCC;-0,25\nCCC;1,5e-3\nCCCC;7\n")) == [
        pytest.approx(number) for number in (5.3, -0.25, 0.0015, 7)
    ]


def test_points_are_decimal_there_too_but_not_beside_commas(read_csv: ReadCsv) -> None:
    assert labels_of(read_csv("smiles;y\nC;1.5\nCC;2\n")) == [1.5, 2]
    with pytest.raises(
        TableError, match=r"commas and decimal points, in line 2 and line 3; fix: d"
    ):
        read_csv("smiles;y\nC;1.500\nCC;2,5\n", tasks=["y"])


def test_the_user_may_say_what_is_decimal(read_csv: ReadCsv, tmp_path: Path) -> None:
    tabs = tmp_path / "a.tsv"
    tabs.write_text("smiles\ty\nC\t1,5\nCC\t1.234,5\nCCC\t1.234\n")
    with pytest.raises(TableError, match=r"line 2 holds '1,5' .*; fix: decimal=… says whether a c"):
        read_table(tabs, tasks=["y"])
    assert labels_of(read_table(tabs, decimal=",")) == [1.5, 1234.5, 1234]
    with pytest.raises(TableError, match="line 2 holds '1,5'"):
        read_csv("smiles;y\nC;1,5\nCC;2.5\n", decimal=".", tasks=["y"])
    with pytest.raises(ConfigError, match=r"decimal=… to be '.' or ',' but got ';'"):
        read_csv("smiles;y\nC;1\n", decimal=";")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_itself_with_a_point_and_with_a_comma(number: float) -> None:
    text = str(number)
    assert with_point(text) == with_either(text) == number
    assert with_either(text.replace(".", ",")) == with_comma(text.replace(".", ",")) == number
    grouped = f"{int(number) % 10**9:,}".replace(",", ".")
    assert with_comma(f"{grouped},5") == int(number) % 10**9 + 0.5


@pytest.mark.parametrize("text", ["1,2,3", "1.2.3", "1_0", "1,234.5", "a", ",", "1.5,"])
def test_what_is_no_number_is_none_with_either_mark(text: str) -> None:
    for parse in (with_comma, with_either, with_point):
        with pytest.raises(ValueError, match=r".*"):
            parse(text)


CENSORED = "smiles,y\nC,5\nCC,>10\nCCC,<= 0.5\nCCCC,≥7\nN,~3\n"


def test_censored_values_are_refused_with_the_choice(read_csv: ReadCsv) -> None:
    with pytest.raises(
        TableError, match=r"line 3 holds '>10' and 3 more .*; fix: censored=… leave"
    ):
        read_csv(CENSORED, tasks=["y"])


def test_censored_values_are_left_out_or_taken_for_their_bound(read_csv: ReadCsv) -> None:
    table = read_csv(CENSORED, censored="drop")
    np.testing.assert_array_equal(labels_of(table), [5, NAN, NAN, NAN, NAN])
    assert table.notes == ("y: 4 censored values such as '>10' not measured",)
    table = read_csv(CENSORED, censored="bound")
    assert labels_of(table) == [5, 10, 0.5, 7, 3]
    assert table.notes == ("y: 4 censored values such as '>10' taken as the bound",)
    with pytest.raises(UnknownName, match="'bond': did you mean bound"):
        read_csv(CENSORED, censored="bond")


def test_a_column_with_censored_values_is_not_left_out_in_silence(read_csv: ReadCsv) -> None:
    with pytest.raises(TableError, match=r"'ic50' but line 3 holds '>100'; fix: censored=…"):
        read_csv("smiles,ic50,y\nC,5,1\nCC,>100,0\n")


@pytest.mark.parametrize(
    ("header", "task"),
    [
        ("Standard Relation,Standard Value", "Standard Value"),
        ("IC50_qualifier,IC50", "IC50"),
        ("Operator,IC50", "IC50"),
    ],
)
def test_a_column_of_relations_says_what_is_censored(
    read_csv: ReadCsv, header: str, task: str
) -> None:
    text = f"smiles,{header},y\nC,'=',5,1\nCC,'>',100,0\nCCC,<=,1,0\nCCCC,,7,1\nN,>,,1\n"
    table = read_csv(text, censored="bound")
    assert table.tasks.names == [task, "y"]
    np.testing.assert_array_equal(labels_of(table), [5, 100, 1, 7, NAN])
    assert table.notes == (f"{task}: 2 censored values such as '>100' taken as the bound",)
    table = read_csv(text, censored="drop", tasks=[task])
    np.testing.assert_array_equal(labels_of(table), [5, NAN, NAN, 7, NAN])


def test_a_sign_before_a_word_is_no_censored_value(read_csv: ReadCsv) -> None:
    with pytest.raises(TableError, match="holds '>high'"):
        read_csv("smiles,y\nC,>high\nCC,1\n", censored="drop", tasks=["y"])


def test_where_a_choice_for_censored_values_was_made_another_fault_does_not_advise_it(
    read_csv: ReadCsv,
) -> None:
    with pytest.raises(TableError, match="holds '7 uM'") as refused:
        read_csv("smiles,y\nC,>10\nCC,7 uM\nCCC,5\n", censored="bound", tasks=["y"])
    assert "censored=" not in str(refused.value)


@pytest.mark.parametrize(("decimal", "cell"), [(",", "2.5"), (".", "2,5")])
def test_a_number_with_the_other_decimal_mark_is_answered_with_the_choice(
    read_csv: ReadCsv, decimal: str, cell: str
) -> None:
    with pytest.raises(TableError, match=rf"holds '{cell}'; fix: decimal=… says"):
        read_csv(f"smiles;y\nC;1\nCC;{cell}\n", decimal=decimal, tasks=["y"])
