from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats.base import gzipped
from molgnn.screening.formats.delimited import CsvFormat, TsvFormat
from molgnn.screening.table import OutputTable

Scored = Callable[..., ScoredChunk]
TableOf = Callable[..., OutputTable]

TASKS = ["NR-AR", "SR-p53"]


def test_a_table_of_text_is_one_line_per_row(scored: Scored, table_of: TableOf) -> None:
    table = CsvFormat(table_of(["id", "smiles"], TASKS))
    chunk = scored(
        [("a", "CCO"), ("b", "C1CC")], [[0.123456789, 1e-9], [0, 0]], {1: "ring: 1 is not closed"}
    )
    assert (table.header() + table.encode(chunk)).decode() == (
        "id,smiles,status,reason,NR-AR,SR-p53\n"
        "a,CCO,ok,,0.123457,1e-09\n"
        "b,C1CC,rejected,ring: 1 is not closed,,\n"
    )


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
odd_cells = cells | st.sampled_from(['"', "\r", "\n", "\r\n", ",", "\t", " ", "\udcff\udce4"])


@pytest.mark.parametrize("kind", [CsvFormat, TsvFormat])
@given(rows=st.lists(st.tuples(odd_cells, odd_cells), max_size=5))
def test_whatever_the_cells_hold_they_come_back_in_as_many_rows(
    scored: Scored,
    kind: type[CsvFormat],
    rows: list[tuple[str, str]],
    table_of: TableOf,
) -> None:
    table = kind(table_of(["id", "smiles"], TASKS))
    data = table.header() + table.encode(scored(rows, [[0.25, 0.5]] * len(rows)))
    text = io.StringIO(data.decode("utf-8", "surrogateescape"), newline="")
    header, *lines = csv.reader(text, delimiter=kind.delimiter)
    assert header == ["id", "smiles", "status", "reason", *TASKS]
    assert [tuple(line[:2]) for line in lines] == rows
    assert {tuple(line[2:]) for line in lines} <= {("ok", "", "0.25", "0.5")}


def test_lines_end_as_on_unix(scored: Scored, table_of: TableOf) -> None:
    table = CsvFormat(table_of(["smiles"], TASKS))
    assert b"\r" not in table.header() + table.encode(scored([("C",)], [[0, 0]]))


def test_a_compressed_table_is_a_gzip_member_for_the_header_and_one_per_part(
    table_of: TableOf,
) -> None:
    table = gzipped(CsvFormat)(table_of(["smiles"], ["a"]))
    parts = [io.BytesIO(), io.BytesIO()]
    for part, line in zip(parts, [b"C,ok,,0\n", b"CC,ok,,1\n"], strict=True):
        table.write_part([line], part)
        part.seek(0)
    output = io.BytesIO()
    table.merge(parts, output)
    assert output.getvalue().endswith(b"".join(part.getvalue() for part in parts))
    assert gzip.decompress(output.getvalue()) == b"smiles,status,reason,a\nC,ok,,0\nCC,ok,,1\n"
