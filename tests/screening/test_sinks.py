from __future__ import annotations

import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from molgnn.errors import ConfigError
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.criteria import parse_criteria
from molgnn.screening.formats import FORMATS
from molgnn.screening.selection import Selection
from molgnn.screening.sinks import Sink, make_sink
from molgnn.screening.table import OutputTable
from molgnn.tasks import Task, Tasks

COLUMNS, TASKS = ["smiles", "id"], ["NR-AR", "SR-p53"]


def table_of(columns: Sequence[str], *added: OutputColumn) -> OutputTable:
    """Return an output with these columns of a library, all text, and the tasks."""
    library = tuple(OutputColumn(name, Role.INPUT, dtype="text") for name in columns)
    return OutputTable(library, Tasks([*map(Task, TASKS)]), added)


def sink_of(table: OutputTable, selection: Selection, suffix: str = ".csv") -> Sink:
    return make_sink(FORMATS[suffix], parse_criteria(selection, table))


def write(
    selection: Selection,
    parts: Sequence[Sequence[ScoredChunk]],
    suffix: str = ".csv",
    *,
    interrupted: Collection[int] = (),
) -> bytes:
    """Return the output of a run that is killed in the *interrupted* parts, and resumed."""

    def new_sink() -> Sink:
        return sink_of(replace(table_of(COLUMNS), id_index=1), selection, suffix)

    sink = new_sink()
    with TemporaryDirectory() as folder:
        committed: list[Path] = []
        for number, chunks in enumerate(parts):
            if number in interrupted:
                for chunk in chunks:
                    sink.add(chunk)
                sink = new_sink()
                sink.restore(committed)
            for chunk in chunks:
                sink.add(chunk)
            committed.append(Path(folder, f"{number}"))
            with committed[-1].open("wb") as part:
                sink.commit(part)
        output = io.BytesIO()
        sink.finish(committed, output)
    return output.getvalue()


@pytest.fixture(scope="session")
def chunks(scored: Callable[..., ScoredChunk]) -> list[ScoredChunk]:
    return [
        scored([("C", "a"), ("x", "b")], [[0.1, 0.5], [0, 0]], {1: "invalid SMILES: x"}),
        scored([("N", "c"), ("O", "d,e\udcff")], [[0.3, 0.2], [0.2, 0.4]], first=2),
        scored([("F", "f")], [[0.3, 0.1]], first=4),
    ]


ALL = b"""smiles,id,status,reason,NR-AR,SR-p53
C,a,ok,,0.1,0.5
x,b,rejected,invalid SMILES: x,,
N,c,ok,,0.3,0.2
O,"d,e\xff",ok,,0.2,0.4
F,f,ok,,0.3,0.1
"""
MATCHING = b"""smiles,id,status,reason,NR-AR,SR-p53
O,"d,e\xff",ok,,0.2,0.4
F,f,ok,,0.3,0.1
"""
BEST = b"""rank,smiles,id,status,reason,NR-AR,SR-p53
1,N,c,ok,,0.3,0.2
2,F,f,ok,,0.3,0.1
3,O,"d,e\xff",ok,,0.2,0.4
"""
SMALLEST_THAT_MATCH = b"""rank,smiles,id,status,reason,NR-AR,SR-p53
1,C,a,ok,,0.1,0.5
2,O,"d,e\xff",ok,,0.2,0.4
"""


@pytest.mark.parametrize(
    ("selection", "written"),
    [
        (Selection(), ALL),
        (Selection(where="SR-p53 < 0.15 or 0.15 < NR-AR < 0.25"), MATCHING),
        (Selection(top=3, by="NR-AR"), BEST),
        (Selection(where="SR-p53 > 0.3", top=3, by="NR-AR", ascending=True), SMALLEST_THAT_MATCH),
    ],
    ids=["all", "where", "top", "where and top"],
)
def test_all_rows_are_written_or_those_that_match_or_the_best_with_their_ranks(
    chunks: list[ScoredChunk], selection: Selection, written: bytes
) -> None:
    assert write(selection, [chunks]) == written
    assert write(selection, [chunks[:1], [], chunks[1:]]) == written


def test_more_than_there_are_is_all_that_have_scores(chunks: list[ScoredChunk]) -> None:
    assert write(Selection(top=100, by="max"), [chunks]).count(b"\n") == 1 + 4


def test_of_no_rows_there_is_no_best() -> None:
    assert write(Selection(top=3, by="NR-AR"), []) == BEST.splitlines(keepends=True)[0]


def test_a_sink_counts_what_matches(chunks: list[ScoredChunk]) -> None:
    counts = {
        Selection(): [2, 2, 1],
        Selection(where="SR-p53 < 0.45"): [0, 2, 1],
        Selection(top=1, by="SR-p53"): [1, 2, 1],
        Selection(where="SR-p53 < 0.45", top=1, by="SR-p53"): [0, 2, 1],
    }
    for selection, expected in counts.items():
        sink = sink_of(table_of(COLUMNS), selection)
        assert [sink.add(chunk) for chunk in chunks] == expected


def test_the_best_of_more_than_one_piece_are_ranked_through(
    scored: Callable[..., ScoredChunk],
) -> None:
    chunk = scored([("C", f"{i}") for i in range(1500)], [[i, 0] for i in range(1500)])
    lines = write(Selection(top=1400, by="NR-AR"), [[chunk]]).splitlines()[1:]
    assert [line.split(b",")[::2][0] for line in lines] == [b"%d" % i for i in range(1, 1401)]
    assert lines[-1] == b"1400,C,100,ok,,100,0"


def test_a_rank_that_the_library_has_already_is_another(chunks: list[ScoredChunk]) -> None:
    sink = sink_of(table_of(["rank", "id"]), Selection(top=1, by="max"))
    sink.add(chunks[0])
    output = io.BytesIO()
    sink.finish([], output)
    assert output.getvalue().splitlines() == [
        b"rank_pred,rank,id,status,reason,NR-AR,SR-p53", b"1,C,a,ok,,0.1,0.5",
    ]  # fmt: skip


def test_ranks_are_numbers_and_titles_are_ids_in_formats_that_know_these(
    chunks: list[ScoredChunk],
) -> None:
    best = Selection(top=2, by="NR-AR")
    table = parquet.read_table(io.BytesIO(write(best, [chunks], ".parquet")))
    assert table["rank"].to_pylist() == [1, 2]
    assert [record[:2] for record in write(best, [chunks], ".sdf").split(b"$$$$\n")] == [
        b"c\n", b"f\n", b"",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(where="SR-p54 < 1"), "unknown column 'SR-p54'"),
        (Selection(where="SR-p53"), "expected a condition"),
        (Selection(top=1, by="SR-p53 < 1"), "expected a number"),
    ],
)
def test_what_cannot_be_selected_is_refused_at_once(selection: Selection, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        sink_of(table_of(COLUMNS), selection)


number = st.sampled_from([0.0, 0.25, 0.5, 0.75]) | st.floats(0, 1, width=32)
scores = st.none() | st.tuples(number, number)


@given(rows=st.lists(scores, max_size=30), size=st.integers(1, 12), ascending=st.booleans())
def test_the_best_are_the_first_of_all_that_match_sorted_by_key_and_then_by_row(
    scored: Callable[..., ScoredChunk],
    rows: list[tuple[float, float] | None],
    size: int,
    ascending: bool,
) -> None:
    chunks = library(scored, rows)
    selection = Selection("SR-p53 < 0.75", size, "0.5 * NR-AR + SR-p53", ascending)
    lines = write(selection, [chunks]).splitlines()[1:]
    keys = {
        i: (0.5 * row[0] + row[1]) * (1 if ascending else -1)
        for i, row in enumerate(rows)
        if row is not None and row[1] < 0.75
    }
    expected = sorted(keys, key=lambda i: (keys[i], i))[:size]
    assert [int(line.split(b",")[2]) for line in lines] == expected
    assert [int(line.split(b",")[0]) for line in lines] == list(range(1, len(lines) + 1))


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".sdf"])
@pytest.mark.parametrize(
    "selection",
    [Selection(), Selection(where="NR-AR < 0.5"), Selection(None, 5, "mean")],
    ids=["all", "where", "top"],
)
@given(
    rows=st.lists(scores, max_size=24),
    n_per_part=st.integers(1, 3),
    interrupted=st.sets(st.integers(0, 7)),
)
@settings(max_examples=40)
def test_wherever_a_run_is_interrupted_its_output_is_that_of_one_undisturbed(
    scored: Callable[..., ScoredChunk],
    selection: Selection,
    suffix: str,
    rows: list[tuple[float, float] | None],
    n_per_part: int,
    interrupted: set[int],
) -> None:
    chunks = library(scored, rows)
    parts = [chunks[i : i + n_per_part] for i in range(0, len(chunks), n_per_part)]
    resumed = write(selection, parts, suffix, interrupted=interrupted)
    assert resumed == write(selection, parts, suffix)


def library(
    scored: Callable[..., ScoredChunk], rows: Sequence[tuple[float, float] | None]
) -> list[ScoredChunk]:
    """Return rows with these scores, those without any rejected, as chunks of three."""
    return [
        scored(
            [("[Li]", f"{first + i}") for i in range(len(piece))],
            [row or (0, 0) for row in piece],
            {i: "some: reason" for i, row in enumerate(piece) if row is None},
            first=first,
        )
        for first in range(0, len(rows), 3)
        for piece in [rows[first : first + 3]]
    ]
