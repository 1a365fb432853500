from __future__ import annotations

import itertools
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from molgnn.chem.records import Row
from molgnn.screening.chunks import ScoredChunk, split_into_chunks


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


def test_rows_are_taken_with_their_scores_and_reasons(scored: Callable[..., ScoredChunk]) -> None:
    chunk = scored([("C",), ("",), ("CC",), ("",)], [[1], [0], [2], [0]], {1: "a: b", 3: "c: d"})
    taken = chunk.take([3, 2])
    assert [row.number for row in taken.rows] == [3, 2]
    assert taken.predictions.values[1].tolist() == [2]
    assert {place: why.reason for place, why in taken.predictions.rejected.items()} == {0: "c: d"}
    assert chunk.take([]).rows == ()
