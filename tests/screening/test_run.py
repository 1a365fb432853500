from __future__ import annotations

import csv
import gzip
import io
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import molgnn
from molgnn.chem.reading import open_library
from molgnn.errors import BundleError, ConfigError, FileProblem, UnknownName
from molgnn.screening import screen
from molgnn.screening.manifest import Manifest


@pytest.fixture
def library_file(tmp_path: Path) -> Path:
    path = tmp_path / "library.csv"
    path.write_bytes(b"id,smiles\na,CCO\nb,\nc,O\nd\xff,CC\n")
    return path


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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
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


@pytest.mark.parametrize("ending", [SystemExit(143), KeyboardInterrupt()])
def test_an_end_on_the_way_leaves_no_file(
    library_file: Path, length_model: Any, ending: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = length_model.predict

    def stop_at_the_last(smiles: list[str]) -> Any:
        if smiles == ["CC"]:
            raise ending
        return predict(smiles)

    monkeypatch.setattr(length_model, "predict", stop_at_the_last)
    with pytest.raises(type(ending)):
        screen(library_file, length_model, output=library_file.with_name("out.csv"), chunk_size=1)
    assert list(library_file.parent.iterdir()) == [library_file]


@pytest.fixture
def long_library(tmp_path: Path, hostile_smi: Path) -> Path:
    """Return hostile lines over and over, enough for several parts of a few rows each."""
    path = tmp_path / "long.smi"
    path.write_bytes(hostile_smi.read_bytes() * 3)
    return path


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("molgnn.screening.job.PART_CHUNKS", 2)


def interrupt_after(monkeypatch: pytest.MonkeyPatch, n_chunks: int) -> None:
    """Have Ctrl-C pressed when so many chunks are scored."""
    from molgnn.screening.engines import serial

    remaining = iter(range(n_chunks))

    def score_or_stop(*args: Any) -> Any:
        if next(remaining, None) is None:
            raise KeyboardInterrupt
        return score(*args)

    score = serial.run_task
    monkeypatch.setattr(serial, "run_task", score_or_stop)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("out.csv", {}),
        ("out.tsv.gz", {}),
        ("out.parquet", {}),
        ("out.sdf", {}),
        ("out.csv", {"where": "SR-p53 > 0.4"}),
        ("out.csv", {"top": 5, "by": "mean"}),
    ],
)
@pytest.mark.parametrize("n_chunks", [0, 1, 2, 5, 11])
def test_however_often_it_is_stopped_the_output_is_the_same_to_the_byte(
    long_library: Path,
    tiny_bundle: Path,
    name: str,
    options: dict[str, Any],
    n_chunks: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = {"chunk_size": 7, **options}
    undisturbed, stopped = long_library.with_name(f"un{name}"), long_library.with_name(name)
    expected = screen(long_library, tiny_bundle, output=undisturbed, **options)
    for _ in range(2):
        with monkeypatch.context() as patch:
            interrupt_after(patch, n_chunks)
            with pytest.raises(KeyboardInterrupt):
                screen(long_library, tiny_bundle, output=stopped, **options)
        assert not stopped.exists()
    summary = screen(long_library, tiny_bundle, output=stopped, **options)
    assert summary.counts == expected.counts
    assert summary.written == expected.written
    assert summary.resumed == 2 * 14 * (n_chunks // 2)
    assert stopped.read_bytes() == undisturbed.read_bytes()
    assert {path.name for path in long_library.parent.iterdir()} == {
        "long.smi", f"un{name}", name,
    }  # fmt: skip


@pytest.mark.usefixtures("small_parts")
def test_whoever_stops_it_is_told_what_is_safe(
    long_library: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_after(monkeypatch, 5)
    with pytest.raises(KeyboardInterrupt) as caught:
        screen(long_library, tiny_bundle, output=long_library.with_name("out.csv"), chunk_size=7)
    [note] = caught.value.__notes__
    assert note.startswith("28 rows are done and safe in ")
    assert "out.csv.parts" in note


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda library, _: library.write_bytes(library.read_bytes() + b"CCO\n"), "the input"),
        (lambda _, options: options.update(model="gcn.tox21"), "the model sha256"),
        (lambda _, options: options.update(where="max > 0.1"), "the option where"),
        (lambda _, options: options.update(columns=["smiles"]), "the option columns"),
        (lambda _, options: options.update(chunk_size=8), "the option chunk size"),
        (lambda _, options: options.update(id_column="smiles"), "the option id column"),
    ],
)
def test_what_has_changed_meanwhile_is_refused_until_it_is_restarted(
    long_library: Path,
    tiny_bundle: Path,
    change: Any,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    output = long_library.with_name("out.csv")
    options: dict[str, Any] = {"model": tiny_bundle, "output": output, "chunk_size": 7}
    with monkeypatch.context() as patch:
        interrupt_after(patch, 5)
        with pytest.raises(KeyboardInterrupt):
            screen(long_library, **options)
    change(long_library, options)
    with pytest.raises(FileProblem, match=f"{told}.* was .*--restart"):
        screen(long_library, **options)
    assert screen(long_library, **options, restart=True).resumed == 0
    assert output.exists()


@pytest.mark.usefixtures("small_parts")
def test_files_in_another_order_are_another_library(
    long_library: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [long_library, long_library.with_name("second.smi")]
    files[1].write_bytes(long_library.read_bytes())
    output = long_library.with_name("out.csv")
    with monkeypatch.context() as patch:
        interrupt_after(patch, 5)
        with pytest.raises(KeyboardInterrupt):
            screen(files, tiny_bundle, output=output, chunk_size=7)
    with pytest.raises(FileProblem, match="the option order of files was"):
        screen(files[::-1], tiny_bundle, output=output, chunk_size=7)


@pytest.mark.usefixtures("small_parts")
def test_more_or_fewer_workers_may_go_on(
    long_library: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, whole = long_library.with_name("out.csv"), long_library.with_name("whole.csv")
    screen(long_library, tiny_bundle, output=whole, chunk_size=7)
    with monkeypatch.context() as patch:
        interrupt_after(patch, 5)
        with pytest.raises(KeyboardInterrupt):
            screen(long_library, tiny_bundle, output=output, chunk_size=7)
    assert screen(long_library, tiny_bundle, output=output, chunk_size=7, workers=2).resumed == 28
    assert output.read_bytes() == whole.read_bytes()


def test_a_run_that_ended_after_its_output_was_in_place_is_complete(
    library_file: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = library_file.with_name("out.csv")
    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "discard", lambda _: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            screen(library_file, tiny_bundle, output=output)
    before = output.read_bytes()
    assert screen(library_file, tiny_bundle, output=output).resumed == 4
    assert output.read_bytes() == before
    assert set(library_file.parent.iterdir()) == {library_file, output}
    with pytest.raises(FileProblem, match="exists already"):
        screen(library_file, tiny_bundle, output=output)


@pytest.mark.usefixtures("small_parts")
def test_a_library_that_changes_while_it_is_read_gives_no_output(
    long_library: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from molgnn.screening.engines import serial

    def score_and_append(*args: Any) -> Any:
        with long_library.open("ab") as file:
            file.write(b"CCO\n")
        return score(*args)

    score = serial.run_task
    monkeypatch.setattr(serial, "run_task", score_and_append)
    output = long_library.with_name("out.csv")
    with pytest.raises(FileProblem, match="was changed while it was read"):
        screen(long_library, tiny_bundle, output=output)
    assert not output.exists()


def test_a_model_that_changes_while_it_is_in_use_gives_no_output(
    long_library: Path, tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from molgnn import zoo
    from molgnn.screening.engines import serial

    folder = tmp_path / "model"
    shutil.copytree(tiny_bundle, folder)

    def score_and_replace(*args: Any) -> Any:
        shutil.copytree(zoo.store.resolve("gcn.tox21"), folder, dirs_exist_ok=True)
        return score(*args)

    score = serial.run_task
    monkeypatch.setattr(serial, "run_task", score_and_replace)
    with pytest.raises(BundleError, match="was changed while it was in use"):
        screen(long_library, folder, output=tmp_path / "out.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"long.smi", "model"}


def test_only_what_is_asked_for_is_written(library_file: Path, length_model: Any) -> None:
    output = library_file.with_name("out.csv")
    summary = screen(library_file, length_model, output=output, top=1, by="length", columns=["id"])
    assert output.read_text().splitlines() == [
        "rank,smiles,id,status,reason,length,half", "1,CCO,a,ok,,3,1.5",
    ]  # fmt: skip
    assert (summary.read, summary.scored, summary.written) == (4, 2, 1)
    assert "selected                              1" in str(summary)


def test_signals_are_handled_as_before_when_it_is_over(
    library_file: Path, length_model: Any
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    screen(library_file, length_model, output=library_file.with_name("out.csv"))
    assert signal.getsignal(signal.SIGTERM) is before


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
