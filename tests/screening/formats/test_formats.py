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

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from rdkit import Chem

from molgnn.errors import FileProblem
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats import FORMATS, OutputFormat, find_format
from molgnn.screening.formats.base import distinct_names, new_names

COLUMNS, TASKS = ["smiles", "id"], ["NR-AR", "SR-p53"]
Cells = dict[str, str]


def write(kind: type[OutputFormat[Any]], parts: Sequence[Sequence[ScoredChunk]]) -> bytes:
    """Return the file of these chunks, parted as they are."""
    table = kind(COLUMNS, TASKS)
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
            {name: f"{cell:.6g}" if isinstance(cell, float) else cell for name, cell in row.items()
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
    assert read(suffix, write(FORMATS[suffix], [chunks])) == ROWS


@every_format
@given(cuts=st.lists(st.integers(0, 4), max_size=4).map(sorted))
def test_where_one_part_ends_and_the_next_begins_is_not_to_be_seen(
    suffix: str, chunks: list[ScoredChunk], cuts: list[int]
) -> None:
    bounds = [0, *cuts, len(chunks)]
    parts = [chunks[start:end] for start, end in pairwise(bounds)]
    assert read(suffix, write(FORMATS[suffix], parts)) == ROWS


@every_format
def test_the_same_parts_give_the_same_bytes(suffix: str, chunks: list[ScoredChunk]) -> None:
    parts = [chunks[:1], chunks[1:]]
    assert write(FORMATS[suffix], parts) == write(FORMATS[suffix], parts)


@every_format
@pytest.mark.parametrize("parts", [[], [[]]], ids=["no part", "a part without rows"])
def test_a_library_without_rows_gives_a_file_without_rows(suffix: str, parts: list[Any]) -> None:
    assert read(suffix, write(FORMATS[suffix], parts)) == []


class FullDisk(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@every_format
def test_a_full_disk_is_left_to_the_caller(suffix: str, chunks: list[ScoredChunk]) -> None:
    table = FORMATS[suffix](COLUMNS, TASKS)
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


@given(st.lists(st.sampled_from(["smiles", "status", "status_pred", *TASKS, "SR-p53_pred"])))
def test_no_name_is_given_twice_and_the_library_keeps_its_own(columns: list[str]) -> None:
    new = new_names(columns, ["status", "reason", *TASKS])
    assert len(set(new)) == len(new)
    assert not set(new) & set(columns)


@every_format
def test_a_name_that_the_library_has_gets_pred_behind_it(suffix: str) -> None:
    table = FORMATS[suffix](["smiles", "SR-p53", "reason"], TASKS)
    assert table.names[3:] == ("status", "reason_pred", "NR-AR", "SR-p53_pred")


def test_names_are_told_apart_by_numbers() -> None:
    assert distinct_names(["a", "", "a", "b", "a", "a_2"]) == [
        "a", "column_2", "a_2", "b", "a_3", "a_2_2",
    ]  # fmt: skip
