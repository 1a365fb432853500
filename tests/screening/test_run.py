from __future__ import annotations

import csv
import gzip
import io
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import molgnn
from molgnn.chem.reading import open_library
from molgnn.errors import ConfigError, FileProblem, UnknownName
from molgnn.screening import screen


def read(path: Path) -> list[list[str]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = data.decode("utf-8", "surrogateescape")
    delimiter = "\t" if ".tsv" in path.name else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_every_row_comes_back_with_its_cells_its_status_and_its_scores(
    library_file: Path, length_model: Any
) -> None:
    output = library_file.with_name("out.csv")
    summary = screen(library_file, length_model, output=output)
    assert output.read_bytes() == (
        b"id,smiles,status,reason,length,half\n"
        b"a,CCO,ok,,3,1.5\n"
        b"b,,rejected,blank: it is,,\n"
        b"c,O,rejected,no carbon: no C in it,,\n"
        b"d\xff,CC,ok,,2,1\n"
    )
    assert (summary.read, summary.scored) == (4, 2)
    assert summary.rejected == {"blank": 1, "no carbon": 1}
    assert summary.rows_per_second > 0


def test_the_summary_counts_what_was_read_scored_and_rejected(
    library_file: Path, length_model: Any
) -> None:
    shown = str(screen(library_file, length_model, output=library_file.with_name("out.csv")))
    figures = dict(line.rsplit(maxsplit=1) for line in shown.splitlines()[:5])
    assert {name.strip(): figure for name, figure in figures.items()} == {
        "rows read": "4", "scored": "2", "rejected": "2", "blank": "1", "no carbon": "1",
    }  # fmt: skip
    assert "rows per second" in shown
    assert "out.csv" in shown


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".csv.gz", ".tsv.gz"])
@pytest.mark.parametrize("chunk_size", [1, 3, 4, 1000])
def test_neither_format_nor_chunks_change_what_is_in_the_table(
    library_file: Path, length_model: Any, suffix: str, chunk_size: int
) -> None:
    output = library_file.with_name(f"out{suffix}")
    screen(library_file, length_model, output=output, chunk_size=chunk_size)
    assert [line[0] for line in read(output)] == ["id", "a", "b", "c", "d\udcff"]
    assert [line[4] for line in read(output)] == ["length", "3", "", "", "2"]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells), max_size=6), chunk_size=st.integers(1, 4))
def test_as_many_rows_as_were_read_come_out_in_their_order(
    tmp_path: Path, length_model: Any, rows: list[tuple[str, str]], chunk_size: int
) -> None:
    library, output = tmp_path / "any.csv", tmp_path / "out.csv"
    with library.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("smiles", "note"), *rows])
    with open_library(library) as opened:
        fields = [row.fields for row in opened]
    summary = screen(library, length_model, output=output, chunk_size=chunk_size, overwrite=True)
    assert summary.read == len(fields) == len(rows)
    assert [tuple(line[:2]) for line in read(output)[1:]] == fields


def test_whatever_a_file_of_molecules_holds_no_row_is_lost(
    hostile_smi: Path, tiny_bundle: Path, tmp_path: Path
) -> None:
    with open_library(hostile_smi) as opened:
        columns, rows = list(opened.columns), [row.fields for row in opened]
    summary = screen(hostile_smi, tiny_bundle, output=tmp_path / "out.csv", chunk_size=7)
    header, *lines = read(tmp_path / "out.csv")
    assert header == [*columns, "status", "reason", "NR-AR", "SR-p53", "SR-MMP"]
    assert [tuple(line[: len(columns)]) for line in lines] == rows
    assert summary.read == len(rows)
    assert 0 < summary.scored < summary.read
    for line in lines:
        status, reason, *scores = line[len(columns) :]
        assert bool(reason) == (status == "rejected")
        assert all(bool(score) == (status == "ok") for score in scores)


def test_a_library_without_rows_gives_a_table_without_rows(
    tmp_path: Path, length_model: Any
) -> None:
    library = tmp_path / "library.csv"
    library.write_text("smiles\n")
    summary = screen(library, length_model, output=tmp_path / "out.csv")
    assert read(tmp_path / "out.csv") == [["smiles", "status", "reason", "length", "half"]]
    assert summary.read == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"model": "tox22"}, UnknownName),
        ({"workers": 0}, ConfigError),
        ({"chunk_size": 0}, ConfigError),
        ({"workers": 2}, ConfigError),
        ({"output": "out.xlsx"}, FileProblem),
        ({"output": "missing/out.csv"}, FileProblem),
        ({"output": "library.csv", "overwrite": True}, FileProblem),
        ({"library": "missing.csv"}, FileProblem),
    ],
)
def test_what_cannot_work_is_refused_and_leaves_nothing(
    library_file: Path, length_model: Any, change: dict[str, Any], error: type[Exception]
) -> None:
    given = {"library": "library.csv", "output": "out.csv", "model": length_model} | change
    folder = library_file.parent
    given |= {name: folder / given[name] for name in ("library", "output")}
    before = library_file.read_bytes()
    with pytest.raises(error):
        screen(**given)
    assert list(folder.iterdir()) == [library_file]
    assert library_file.read_bytes() == before


def test_a_library_that_breaks_off_leaves_no_file(tmp_path: Path, length_model: Any) -> None:
    library = tmp_path / "library.smi.gz"
    library.write_bytes(gzip.compress(b"CCO\n" * 100_000)[:-20])
    with pytest.raises(FileProblem, match="breaks off"):
        screen(library, length_model, output=tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == [library]


def test_only_what_is_asked_for_is_written(library_file: Path, length_model: Any) -> None:
    output = library_file.with_name("out.csv")
    summary = screen(library_file, length_model, output=output, top=1, by="length", columns=["id"])
    assert output.read_text().splitlines() == [
        "rank,smiles,id,status,reason,length,half", "1,CCO,a,ok,,3,1.5",
    ]  # fmt: skip
    assert (summary.read, summary.scored, summary.written) == (4, 2, 1)
    assert "selected                              1" in str(summary)


def test_it_runs_in_a_thread_too(library_file: Path, length_model: Any) -> None:
    output = library_file.with_name("out.csv")
    thread = threading.Thread(
        target=screen, args=(library_file, length_model), kwargs={"output": output}
    )
    thread.start()
    thread.join()
    assert output.exists()


def test_it_is_part_of_the_public_api() -> None:
    assert molgnn.screen is screen
