"""One pass over a library: several files, standard output, or a DataFrame."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from molgnn.errors import ConfigError, FileProblem
from molgnn.screening import screen
from molgnn.screening.manifest import Manifest

Interrupted = Callable[[int], AbstractContextManager[pytest.ExceptionInfo[KeyboardInterrupt]]]

SELECTIONS = [{}, {"where": "length > 2"}, {"top": 2, "by": "length", "ascending": True}]


@pytest.mark.parametrize("selection", SELECTIONS, ids=["all", "where", "top"])
def test_several_outputs_are_what_each_would_be_alone(
    library_file: Path, length_model: Any, selection: dict[str, Any]
) -> None:
    names = ["out.csv", "out.parquet", "out.sdf"]
    together = [library_file.with_name(f"together_{name}") for name in names]
    summary = screen(library_file, length_model, output=together, chunk_size=2, **selection)
    assert summary.outputs == tuple(together)
    assert "together_out.csv and " in str(summary)
    for name, output in zip(names, together, strict=True):
        alone = library_file.with_name(name)
        screen(library_file, length_model, output=alone, chunk_size=2, **selection)
        assert output.read_bytes() == alone.read_bytes()
    assert not list(library_file.parent.glob("*.parts"))


def test_the_library_is_read_and_scored_once_for_all_outputs(
    library_file: Path, length_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict, asked = length_model.predict, list[str]()
    monkeypatch.setattr(
        length_model, "predict", lambda smiles: asked.extend(smiles) or predict(smiles)
    )
    screen(
        library_file, length_model, output=[library_file.with_name(n) for n in ("a.csv", "b.tsv")]
    )
    assert asked == ["CCO", "", "O", "CC"]


@pytest.mark.parametrize("selection", SELECTIONS, ids=["all", "where", "top"])
@pytest.mark.parametrize("n_chunks", [1, 3])
def test_several_outputs_are_resumed_together_to_the_byte(
    library_file: Path,
    tiny_bundle: Path,
    selection: dict[str, Any],
    n_chunks: int,
    monkeypatch: pytest.MonkeyPatch,
    interrupted_after: Interrupted,
) -> None:
    selection = {name: value.replace("length", "max") if isinstance(value, str) else value
                 for name, value in selection.items()}  # fmt: skip
    monkeypatch.setattr("molgnn.screening.job.PART_CHUNKS", 1)
    whole = [library_file.with_name(f"whole{suffix}") for suffix in (".csv", ".sdf")]
    resumed = [library_file.with_name(f"resumed{suffix}") for suffix in (".csv", ".sdf")]
    screen(library_file, tiny_bundle, output=whole, chunk_size=1, **selection)
    with interrupted_after(n_chunks):
        screen(library_file, tiny_bundle, output=resumed, chunk_size=1, **selection)
    assert not any(path.exists() for path in resumed)
    summary = screen(library_file, tiny_bundle, output=resumed, chunk_size=1, **selection)
    assert summary.resumed == n_chunks
    assert [path.read_bytes() for path in resumed] == [path.read_bytes() for path in whole]


def test_killed_between_two_outputs_it_completes_both(
    library_file: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = [library_file.with_name(name) for name in ("a.csv", "b.tsv")]
    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "discard", lambda _: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            screen(library_file, tiny_bundle, output=outputs)
    expected = [path.read_bytes() for path in outputs]
    outputs[1].unlink()
    assert screen(library_file, tiny_bundle, output=outputs).resumed == 4
    assert [path.read_bytes() for path in outputs] == expected
    with pytest.raises(FileProblem, match="exists already"):
        screen(library_file, tiny_bundle, output=outputs)


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ([], ConfigError, "got an empty list"),
        (["a.csv", "./a.csv"], ConfigError, "each output once but got a.csv twice"),
        (["-", "a.csv"], ConfigError, r"standard output \(-\) alone"),
        (["a.csv", "library.csv"], FileProblem, "never written over"),
        (["a.csv", "b.xlsx"], FileProblem, "expected an output that ends in"),
    ],
)
def test_outputs_that_make_no_sense_are_refused(
    library_file: Path,
    length_model: Any,
    names: list[str],
    error: type[Exception],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(library_file.parent)
    with pytest.raises(error, match=message):
        screen(library_file, length_model, output=names, overwrite=True)
    assert list(library_file.parent.iterdir()) == [library_file]


@pytest.mark.parametrize("selection", SELECTIONS, ids=["all", "where", "top"])
@pytest.mark.parametrize("name", ["csv", "tsv", "sdf", "csv.gz"])
def test_standard_output_is_the_file_that_would_be_written(
    library_file: Path,
    length_model: Any,
    selection: dict[str, Any],
    name: str,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    output = library_file.with_name(f"out.{name}")
    screen(library_file, length_model, output=output, chunk_size=2, **selection)
    summary = screen(library_file, length_model, output="-", format=name, chunk_size=2, **selection)
    expected, written = output.read_bytes(), capsysbinary.readouterr().out
    if name.endswith(".gz"):
        expected, written = gzip.decompress(expected), gzip.decompress(written)
    assert written == expected
    assert str(summary).endswith("written to standard output")
    assert summary.written == expected.count(b"$$$$" if name == "sdf" else b"\n") - (name != "sdf")


def test_rows_are_written_to_standard_output_as_they_are_scored(
    library_file: Path, length_model: Any, capsysbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict, n_lines = length_model.predict, list[int]()

    def look(smiles: list[str]) -> Any:
        n_lines.append(capsysbinary.readouterr().out.count(b"\n"))
        return predict(smiles)

    monkeypatch.setattr(length_model, "predict", look)
    screen(library_file, length_model, output="-", chunk_size=1)
    assert n_lines == [1, 1, 1, 1]


def test_a_format_may_be_named_where_no_suffix_tells_it(
    library_file: Path, length_model: Any
) -> None:
    output = library_file.with_name("out.dat")
    screen(library_file, length_model, output=output, format="tsv")
    assert output.read_bytes().startswith(b"id\tsmiles\tstatus")


FRAME = pd.DataFrame(
    {
        "smiles": ["CCO", "x", "CC", None],
        "logp": [0.5, 1.5, float("nan"), 2.5],
        "n": pd.array([1, None, 3, 4], "Int64"),
        "when": pd.Timestamp("2024-05-01"),
        "series": pd.Categorical(["A", "B", "A", "B"]),
        "object": [(1, 2), None, {"a": 1}, "b"],
    },
    index=["w", "x", "y", "z"],
)


def test_a_dataframe_comes_back_with_its_own_columns_and_index(length_model: Any) -> None:
    before = FRAME.copy(deep=True)
    scored = screen(FRAME, length_model, chunk_size=3)
    pd.testing.assert_frame_equal(scored[FRAME.columns], FRAME)
    pd.testing.assert_frame_equal(FRAME, before)
    assert scored.columns.tolist()[-4:] == ["status", "reason", "length", "half"]
    assert scored["status"].tolist() == ["ok", "rejected", "ok", "rejected"]
    assert scored["half"].isna().tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("selection", "labels"),
    [
        ({"where": "logp < 1"}, ["w"]),
        ({"where": "series == 'A'"}, ["w", "y"]),
        ({"top": 5, "by": "length", "ascending": True}, ["y", "w"]),
        ({"where": "n > 1", "top": 1, "by": "length"}, ["y"]),
        ({"where": "length > 100"}, []),
    ],
)
def test_rows_of_a_dataframe_are_selected_as_those_of_a_file(
    length_model: Any, selection: dict[str, Any], labels: list[str]
) -> None:
    scored = screen(FRAME, length_model, columns=["n", "object", "logp", "series"], **selection)
    assert scored.index.tolist() == labels
    first = ["rank"] if "top" in selection else []
    assert scored.columns.tolist()[: len(first) + 3] == [*first, "smiles", "n", "object"]
    pd.testing.assert_series_equal(scored["n"], FRAME.loc[labels, "n"])
    if first:
        assert scored["rank"].tolist() == list(range(1, len(labels) + 1))


def test_a_dataframe_is_written_with_its_types(length_model: Any, tmp_path: Path) -> None:
    frame = FRAME.drop(columns=["object", "series"]).reset_index(drop=True)
    screen(frame, length_model, output=[tmp_path / "out.parquet", tmp_path / "out.csv"])
    again = pd.read_parquet(tmp_path / "out.parquet")
    assert again["logp"].dtype == "float64"
    assert again["when"].tolist() == frame["when"].tolist()
    assert again["n"].fillna(0).tolist() == [1, 0, 3, 4]
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == (
        "CCO,0.5,1,2024-05-01 00:00:00,ok,,3,1.5"
    )


def test_a_file_becomes_a_dataframe_of_the_types_that_it_has(
    library_file: Path, length_model: Any, tmp_path: Path
) -> None:
    text = screen(library_file, length_model)
    assert text["id"].tolist() == ["a", "b", "c", "d\udcff"]
    assert text.index.tolist() == [0, 1, 2, 3]
    FRAME[["smiles", "logp", "n", "when"]].to_parquet(tmp_path / "a.parquet")
    typed = screen(tmp_path / "a.parquet", length_model, columns=["logp", "n", "when"])
    assert typed["logp"].dtype == "float64"
    assert typed["n"].dtype == "Int64"
    assert str(typed["when"].dtype).startswith("datetime64")


def test_a_parquet_file_keeps_its_types_in_another(length_model: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"smiles": ["CCO", "CC"], "x": pd.Series([0.1, 1e-7], dtype="float32"), "n": [1, 2],
         "ok": [True, False], "when": pd.Timestamp("2024-05-01 10:11:12")}
    )  # fmt: skip
    frame.to_parquet(tmp_path / "in.parquet")
    screen(
        tmp_path / "in.parquet", length_model, output=tmp_path / "out.parquet", top=2, by="length"
    )
    again = pd.read_parquet(tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(again[frame.columns], frame)
