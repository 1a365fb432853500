from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from molgnn.chem.records import Row
from molgnn.screening.chunks import split_into_chunks


@given(st.integers(0, 20), st.integers(1, 7))
def test_chunks_hold_every_row_once_and_in_order(n_rows: int, size: int) -> None:
    rows = [Row(i, i + 1, "C", ("C",)) for i in range(n_rows)]
    chunks = list(split_into_chunks(rows, size))
    assert [row for chunk in chunks for row in chunk.rows] == rows
    assert all(len(chunk.rows) == size for chunk in chunks[:-1])


def test_a_library_without_end_is_read_no_further_than_asked() -> None:
    endless = (Row(i, i + 1, "C", ("C",)) for i in itertools.count())
    assert next(split_into_chunks(endless, 3)).smiles == ["C", "C", "C"]
    assert next(endless).number == 3
