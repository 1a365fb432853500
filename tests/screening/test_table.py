"""The output has the library's columns, status, reason and the predictions, each under a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from molgnn.predictor.schema import OutputColumn, Role
from molgnn.screening.table import OutputTable

TASKS = ["NR-AR", "SR-p53"]
SPREAD = OutputColumn("NR-AR_spread", Role.UNCERTAINTY, "NR-AR")
TableOf = Callable[..., OutputTable]


def test_columns_stand_in_the_order_of_their_making(table_of: TableOf) -> None:
    table = table_of(["id", "smiles"], TASKS, [SPREAD], types={"id": "int64"})
    assert table.names == ("id", "smiles", "status", "reason", *TASKS, "NR-AR_spread")
    assert [column.dtype for column in table.columns] == [
        "int64", "text", "text", "text", "float32", "float32", "float32",
    ]  # fmt: skip
    assert table.columns[0].role is Role.INPUT
    assert table.predicted.names == [*TASKS, "NR-AR_spread"]


def test_a_name_that_the_library_has_gets_pred_behind_it(table_of: TableOf) -> None:
    table = table_of(["smiles", "SR-p53", "reason"], TASKS)
    assert table.names[3:] == ("status", "reason_pred", "NR-AR", "SR-p53_pred")
    assert table.predicted.names == TASKS


@given(st.lists(st.sampled_from(["smiles", "status", "status_pred", *TASKS, "SR-p53_pred"])))
def test_no_predicted_name_is_one_of_the_library(table_of: TableOf, columns: list[str]) -> None:
    names = table_of(columns, TASKS).names
    assert names[: len(columns)] == tuple(columns)
    added = names[len(columns) :]
    assert len(set(added)) == len(added)
    assert not set(added) & set(columns)


def test_ranks_come_first_and_move_the_id(table_of: TableOf) -> None:
    table = table_of(["rank", "smiles"], TASKS, id_index=0).with_ranks()
    assert table.names[:3] == ("rank_pred", "rank", "smiles")
    assert (table.columns[0].role, table.columns[0].dtype) == (Role.RANK, "int64")
    assert table.id_index == 1
    assert replace(table_of(["smiles"], TASKS)).with_ranks().id_index is None


def test_a_reader_can_tell_all_names_apart(table_of: TableOf) -> None:
    table = table_of(["smiles", "", "smiles", "caf\udce9"], ["a"])
    assert table.distinct_names[:4] == ["smiles", "column_2", "smiles_2", "café"]
