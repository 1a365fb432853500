from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from molgnn.chem.records import Rejected, Row, Stage
from molgnn.errors import FileProblem
from molgnn.screening.chunks import ScoredChunk, Scores
from molgnn.screening.writer import TableWriter, new_names

TASKS = ["NR-AR", "SR-p53"]


def scored(
    rows: Sequence[tuple[str, ...]], values: list[list[float]], reasons: dict[int, str]
) -> ScoredChunk:
    return ScoredChunk(
        tuple(Row(i, i + 2, "", fields) for i, fields in enumerate(rows)),
        Scores(
            np.array(values, dtype=np.float32).reshape(-1, len(TASKS)),
            {i: Rejected(i, "", Stage.PARSE, reason) for i, reason in reasons.items()},
        ),
    )


def written(
    columns: Sequence[str], rows: Sequence[tuple[str, ...]], name: str = "out.csv"
) -> list[list[str]]:
    """Return the cells of a table of these rows, each with the same scores."""
    writer = TableWriter(Path(name), columns, TASKS)
    data = writer.header() + writer.rows(scored(rows, [[0.25, 0.5]] * len(rows), {}))
    text = data.decode("utf-8", "surrogateescape")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=writer._delimiter))


def test_a_row_is_its_own_cells_then_its_status_then_a_value_per_task() -> None:
    writer = TableWriter(Path("out.csv"), ["id", "smiles"], TASKS)
    chunk = scored(
        [("a", "CCO"), ("b", "C1CC")],
        [[0.123456789, 1e-9], [np.nan, np.nan]],
        {1: "ring: 1 is not closed"},
    )
    assert (writer.header() + writer.rows(chunk)).decode() == (
        "id,smiles,status,reason,NR-AR,SR-p53\n"
        "a,CCO,ok,,0.123457,1e-09\n"
        "b,C1CC,rejected,ring: 1 is not closed,,\n"
    )


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
odd_cells = cells | st.sampled_from(['"', "\r", "\n", "\r\n", ",", "\t", " ", "\udcff\udce4"])


@given(st.lists(st.tuples(odd_cells, odd_cells), max_size=5), st.sampled_from([".csv", ".tsv"]))
def test_whatever_the_cells_hold_they_come_back_in_as_many_rows(
    rows: list[tuple[str, str]], suffix: str
) -> None:
    header, *lines = written(["id", "smiles"], rows, f"out{suffix}")
    assert header == ["id", "smiles", "status", "reason", *TASKS]
    assert [tuple(line[:2]) for line in lines] == rows
    assert {tuple(line[2:]) for line in lines} <= {("ok", "", "0.25", "0.5")}


def test_lines_end_as_on_unix() -> None:
    writer = TableWriter(Path("out.csv"), ["smiles"], TASKS)
    assert b"\r" not in writer.header() + writer.rows(scored([("C",)], [[0, 0]], {}))


@given(st.lists(st.sampled_from(["smiles", "status", "status_pred", *TASKS, "SR-p53_pred"])))
def test_no_name_is_given_twice_and_the_library_keeps_its_own(columns: list[str]) -> None:
    new = new_names(columns, ["status", "reason", *TASKS])
    assert len(set(new)) == len(new)
    assert not set(new) & set(columns)


def test_a_name_that_the_library_has_gets_pred_behind_it() -> None:
    writer = TableWriter(Path("out.csv"), ["smiles", "SR-p53", "reason"], TASKS)
    assert writer.columns[3:] == ["status", "reason_pred", "NR-AR", "SR-p53_pred"]


@pytest.mark.parametrize(
    ("name", "delimiter"),
    [("a.csv", b","), ("a.tsv", b"\t"), ("a.csv.gz", b","), ("A.TSV.GZ", b"\t"), ("a.b.csv", b",")],
)
def test_the_suffix_decides_on_the_delimiter(name: str, delimiter: bytes) -> None:
    writer = TableWriter(Path(name), ["id", "smiles"], TASKS)
    assert writer.header().split(delimiter) == [
        b"id", b"smiles", b"status", b"reason", b"NR-AR", b"SR-p53\n",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["scores", "scores.xlsx", "scores.gz", "scores.csv.zip", "csv"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(FileProblem, match=r"\.csv, \.tsv, \.csv\.gz, \.tsv\.gz but got"):
        TableWriter(Path(name), ["smiles"], TASKS)
