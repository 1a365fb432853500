"""What every format owes."""

from __future__ import annotations

import csv
import errno
import gzip
import io
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from rdkit import Chem

from molgnn.errors import ConfigError, FileProblem, UnknownName
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats import FORMATS, OutputFormat, find_format, find_stream_format
from molgnn.screening.table import OutputTable
from molgnn.tasks import Task, Tasks

COLUMNS, TASKS = ["smiles", "id"], ["NR-AR", "SR-p53"]
Cells = dict[str, str]


def table_of(columns: Sequence[str], *added: OutputColumn) -> OutputTable:
    """Return an output with these columns of a library, all text, and the tasks."""
    library = tuple(OutputColumn(name, Role.INPUT, dtype="text") for name in columns)
    return OutputTable(library, Tasks([*map(Task, TASKS)]), added)


def write(table: OutputFormat[Any], parts: Sequence[Sequence[ScoredChunk]]) -> bytes:
    """Return the file of these chunks, parted as they are."""
    files = [io.BytesIO() for _ in parts]
    for file, chunks in zip(files, parts, strict=True):
        table.write_part([table.encode(chunk) for chunk in chunks], file)
        file.seek(0)
    output = io.BytesIO()
    table.merge(iter(files), output)
    return output.getvalue()


def read(suffix: str, data: bytes) -> list[Cells]:
    """Return the filled cells of each row of a file by another's reader."""
    if suffix.endswith(".gz"):
        data = gzip.decompress(data)
    if suffix == ".parquet":
        rows = parquet.read_table(io.BytesIO(data)).to_pylist()
        return [
            {name: f"{cell:.6g}" if type(cell) is float else cell for name, cell in row.items()
             if cell not in (None, "")}
            for row in rows
        ]  # fmt: skip
    if suffix.startswith(".sdf"):
        supplier = Chem.ForwardSDMolSupplier(io.BytesIO(data))
        return [mol.GetPropsAsDict(autoConvertStrings=False) for mol in supplier]
    delimiter = "\t" if suffix.startswith(".tsv") else ","
    lines = csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=delimiter)
    return [{name: cell for name, cell in line.items() if cell} for line in lines]


@pytest.fixture(scope="session")
def chunks(scored: Callable[..., ScoredChunk]) -> list[ScoredChunk]:
    return [
        scored([("CCO", "a"), ("C1CC", "b")], [[0.123456789, 1e-9], [0, 0]], {1: "ring: is open"}),
        scored([], []),
        scored([("CC", "c, or ü")], [[0.5, 1]]),
        scored([("C", "")], [[0, 0.25]]),
    ]


ROWS = [
    {"smiles": "CCO", "id": "a", "status": "ok", "NR-AR": "0.123457", "SR-p53": "1e-09"},
    {"smiles": "C1CC", "id": "b", "status": "rejected", "reason": "ring: is open"},
    {"smiles": "CC", "id": "c, or ü", "status": "ok", "NR-AR": "0.5", "SR-p53": "1"},
    {"smiles": "C", "status": "ok", "NR-AR": "0", "SR-p53": "0.25"},
]

every_format = pytest.mark.parametrize("suffix", FORMATS)


@every_format
def test_a_row_is_its_own_cells_then_its_status_then_a_score_per_task(
    suffix: str, chunks: list[ScoredChunk]
) -> None:
    assert read(suffix, write(FORMATS[suffix](table_of(COLUMNS)), [chunks])) == ROWS


@every_format
@given(cuts=st.lists(st.integers(0, 4), max_size=4).map(sorted))
def test_where_one_part_ends_and_the_next_begins_is_not_to_be_seen(
    suffix: str, chunks: list[ScoredChunk], cuts: list[int]
) -> None:
    bounds = [0, *cuts, len(chunks)]
    parts = [chunks[start:end] for start, end in pairwise(bounds)]
    assert read(suffix, write(FORMATS[suffix](table_of(COLUMNS)), parts)) == ROWS


@every_format
def test_the_same_parts_give_the_same_bytes(suffix: str, chunks: list[ScoredChunk]) -> None:
    parts = [chunks[:1], chunks[1:]]
    assert write(FORMATS[suffix](table_of(COLUMNS)), parts) == write(
        FORMATS[suffix](table_of(COLUMNS)), parts
    )


@every_format
@pytest.mark.parametrize("parts", [[], [[]]], ids=["no part", "a part without rows"])
def test_a_library_without_rows_gives_a_file_without_rows(suffix: str, parts: list[Any]) -> None:
    assert read(suffix, write(FORMATS[suffix](table_of(COLUMNS)), parts)) == []


class FullDisk(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@every_format
def test_a_full_disk_is_left_to_the_caller(suffix: str, chunks: list[ScoredChunk]) -> None:
    table = FORMATS[suffix](table_of(COLUMNS))
    pieces = [table.encode(chunk) for chunk in chunks]
    with pytest.raises(OSError, match="No space left"):
        table.write_part(pieces, cast(BinaryIO, FullDisk()))
    part = io.BytesIO()
    table.write_part(pieces, part)
    part.seek(0)
    with pytest.raises(OSError, match="No space left"):
        table.merge([part], cast(BinaryIO, FullDisk()))


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_suffix_decides_on_the_format(suffix: str) -> None:
    assert find_format(Path(f"a.b{suffix}")) is FORMATS[suffix]
    assert find_format(Path(f"A{suffix.upper()}")) is FORMATS[suffix]


@pytest.mark.parametrize("name", ["scores", "a.xlsx", "a.gz", "a.csv.zip", "csv", "a.parquet.gz"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(FileProblem, match=r"\.csv, \.csv\.gz, .*\.parquet, .* but got"):
        find_format(Path(name))


SPREAD = OutputColumn("spread", Role.UNCERTAINTY)
N_ALERTS = OutputColumn("n_alerts", Role.ALERT, dtype="int64")
IS_NEAR = OutputColumn("is_near", Role.DOMAIN, dtype="bool")
NEAREST = OutputColumn("nearest", Role.NOTE, dtype="text")


@every_format
def test_added_columns_stand_behind_the_tasks_and_a_gap_is_no_cell(
    suffix: str, scored: Callable[..., ScoredChunk]
) -> None:
    added = {
        SPREAD: [0.125, 0, np.nan],
        N_ALERTS: [2, 0, 0],
        IS_NEAR: [True, False, False],
        NEAREST: ['a, "b"', None, None],
    }
    chunk = scored(
        [("CCO", "a"), ("no", "b"), ("C", "c")], [[0.5, 1]] * 3, {1: "ring: is open"}, added=added
    )
    table = FORMATS[suffix](table_of(COLUMNS, *added))
    first, second, third = read(suffix, write(table, [[chunk]]))
    for row in (first, third):
        assert {name: row.pop(name) for name in TASKS} == {"NR-AR": "0.5", "SR-p53": "1"}
    assert {name: f"{cell}" for name, cell in first.items()} == {
        "smiles": "CCO", "id": "a", "status": "ok",
        "spread": "0.125", "n_alerts": "2", "is_near": "True", "nearest": 'a, "b"',
    }  # fmt: skip
    assert second == {"smiles": "no", "id": "b", "status": "rejected", "reason": "ring: is open"}
    assert {name: f"{cell}" for name, cell in third.items()} == {
        "smiles": "C", "id": "c", "status": "ok", "n_alerts": "0", "is_near": "False",
    }  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_may_be_named(name: str) -> None:
    assert find_format(Path("anything"), name.removeprefix(".").upper()) is FORMATS[name]


def test_an_unknown_format_is_answered_with_the_near_ones() -> None:
    with pytest.raises(UnknownName, match="unknown format 'cvs': did you mean csv"):
        find_format(Path("a.csv"), "cvs")


def test_what_is_written_row_by_row_is_text_by_default_csv() -> None:
    assert find_stream_format() is FORMATS[".csv"]
    assert find_stream_format("sdf.gz") is FORMATS[".sdf.gz"]
    with pytest.raises(ConfigError, match="row by row to standard output but got parquet"):
        find_stream_format("parquet")
