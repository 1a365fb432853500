"""Added columns: a new annotator reaches Python, every format, --where, --top and every engine."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet
from rdkit import Chem

from molgnn.errors import ConfigError, FileProblem, UnknownName
from molgnn.predictor.annotators import ANNOTATORS, Annotation, Annotator, ModelFacts, Scored
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.predictor import Predictor
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.screening import screen
from molgnn.screening.engines import ENGINES, EngineOptions
from molgnn.screening.engines.serial import SerialEngine


class Composition(Annotator):
    """Counts atoms and says what they are."""

    columns = (
        OutputColumn("n_atoms", Role.PROPERTY, dtype="int64", description="heavy atoms"),
        OutputColumn("has_nitrogen", Role.ALERT, dtype="bool", description="any nitrogen"),
        OutputColumn("largest", Role.NOTE, dtype="text", description="its longest side, if known"),
    )

    def __init__(self, model: ModelFacts) -> None:
        """Take any model."""

    def annotate(self, scored: Scored) -> Sequence[np.ndarray]:
        """Look at the standardized SMILES and the atoms."""
        largest = [text if len(text) > 2 else None for text in scored.smiles]
        return [
            scored.molecules.n_atoms,
            np.array(["N" in text for text in scored.smiles], dtype=bool),
            np.array(largest, dtype=object),
        ]


@pytest.fixture
def _composition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANNOTATORS, "composition", Composition)


@pytest.fixture
def library_file(tmp_path: Path) -> Path:
    path = tmp_path / "library.csv"
    path.write_text("id,smiles,logp\na,CCO,-0.1\nb,no,1\nc,CN.Cl,\nd,CCCN,0.5\n", encoding="utf-8")
    return path


EXPECTED = {
    "n_atoms": ["3", "", "2", "4"],
    "has_nitrogen": ["False", "", "True", "True"],
    "largest": ["CCO", "", "", "CCCN"],
}


@pytest.mark.usefixtures("_composition")
class TestNewAnnotator:
    """One class and one line of the registry."""

    def test_it_is_seen_in_python(self, tiny_bundle: Path) -> None:
        predictions = Predictor.load(tiny_bundle).predict(["CCO", "no"], add=["composition"])
        assert predictions["n_atoms"].tolist() == [3, None]
        assert predictions.columns["n_atoms"].description == "heavy atoms"
        assert predictions.to_frame()["largest"].tolist()[0] == "CCO"

    def test_it_is_seen_in_csv(self, library_file: Path, tiny_bundle: Path) -> None:
        output = library_file.with_name("out.csv")
        screen(library_file, tiny_bundle, output=output, add=["composition"])
        with output.open() as file:
            rows = list(csv.DictReader(file))
        assert {name: [row[name] for row in rows] for name in EXPECTED} == EXPECTED

    def test_it_is_seen_in_parquet_with_its_types(
        self, library_file: Path, tiny_bundle: Path
    ) -> None:
        output = library_file.with_name("out.parquet")
        screen(library_file, tiny_bundle, output=output, add=["composition"])
        table = parquet.read_table(output).select([*EXPECTED])
        assert table.schema.types == [pa.int64(), pa.bool_(), pa.string()]
        assert table.to_pydict() == {
            "n_atoms": [3, None, 2, 4],
            "has_nitrogen": [False, None, True, True],
            "largest": ["CCO", None, None, "CCCN"],
        }

    def test_it_is_seen_in_sdf(self, library_file: Path, tiny_bundle: Path) -> None:
        output = library_file.with_name("out.sdf")
        screen(library_file, tiny_bundle, output=output, add=["composition"])
        mols = list(Chem.SDMolSupplier(str(output)))
        for name, cells in EXPECTED.items():
            assert [m.GetProp(name) if m.HasProp(name) else "" for m in mols] == cells

    @pytest.mark.parametrize(
        ("selection", "ids"),
        [
            ({"where": "has_nitrogen and n_atoms > 2"}, ["d"]),
            ({"where": "largest == 'CCO'"}, ["a"]),
            ({"where": "n_atoms > 2 and logp < 0"}, ["a"]),
            ({"top": 2, "by": "n_atoms"}, ["d", "a"]),
            ({"top": 2, "by": "n_atoms", "ascending": True, "where": "not has_nitrogen"}, ["a"]),
        ],
    )
    def test_it_can_be_selected_by(
        self, library_file: Path, tiny_bundle: Path, selection: dict[str, Any], ids: list[str]
    ) -> None:
        frame = screen(library_file, tiny_bundle, add=["composition"], **selection)
        assert frame["id"].tolist() == ids
        rows = dict(zip("abcd", zip(*EXPECTED.values(), strict=True), strict=True))
        assert frame["n_atoms"].tolist() == [int(rows[name][0]) for name in ids]
        assert frame["n_atoms"].dtype == "int64"

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".sdf"])
    @pytest.mark.parametrize("selection", [{}, {"top": 3, "by": "n_atoms"}], ids=["all", "top"])
    def test_interrupted_it_is_resumed_to_the_byte(
        self,
        library_file: Path,
        tiny_bundle: Path,
        suffix: str,
        selection: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("molgnn.screening.job.PART_CHUNKS", 1)
        options = {"add": ["composition", "any"], "chunk_size": 1, **selection}
        whole, resumed = (library_file.with_name(f"{name}{suffix}") for name in "ab")
        screen(library_file, tiny_bundle, output=whole, **options)
        with monkeypatch.context() as patch:
            interrupt_at(patch, "CCCN")
            with pytest.raises(KeyboardInterrupt):
                screen(library_file, tiny_bundle, output=resumed, **options)
        with pytest.raises(FileProblem, match=r"the option added columns was .*any"):
            screen(library_file, tiny_bundle, output=resumed, **{**options, "add": ["composition"]})
        assert screen(library_file, tiny_bundle, output=resumed, **options).resumed == 3
        assert resumed.read_bytes() == whole.read_bytes()


def interrupt_at(monkeypatch: pytest.MonkeyPatch, smiles: str) -> None:
    """Have Ctrl-C pressed when this row comes."""
    from molgnn.screening.engines import serial

    run_task = serial.run_task

    def stop_at(work: Any, task: list[str]) -> Any:
        if smiles in task:
            raise KeyboardInterrupt
        return run_task(work, task)

    monkeypatch.setattr(serial, "run_task", stop_at)


@pytest.fixture(scope="module")
def declaring(tiny_ensemble: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an ensemble that declares a derived output."""
    folder = tmp_path_factory.mktemp("declaring") / "model"
    declared = Annotation("any", {"tasks": ["NR-AR", "SR-p53"], "column": "toxic"})
    replace(Bundle.load(tiny_ensemble), annotators=(declared,)).save(folder)
    return folder


@pytest.mark.parametrize("name", ["processes", pytest.param("pipeline", marks=pytest.mark.slow)])
def test_every_engine_adds_the_columns_of_the_serial_one_to_the_bit(
    name: str, declaring: Path, faults: Any
) -> None:
    chunks = [["CCO", "no", "CCN"], ["C"], ["", "c1ccccc1O"]]
    options = EngineOptions(device="cpu", add=(Annotation("spread"),))
    serial = SerialEngine(declaring, options)
    other = ENGINES[name](declaring, replace(options, workers=1))
    assert [column.name for column in other.added] == [
        "toxic", "NR-AR_spread", "SR-p53_spread", "logS_spread",
    ]  # fmt: skip
    assert other.added == serial.added
    for ours, theirs in zip(
        serial.run(faults.chunks_of(*chunks)), other.run(faults.chunks_of(*chunks)), strict=True
    ):
        for column, cells in ours.predictions.added.items():
            assert cells.tobytes() == theirs.predictions.added[column].tobytes()
            assert np.isnan(cells).tolist() == (~ours.predictions.ok).tolist()


def test_a_row_that_fails_has_none_of_the_added_columns(
    declaring: Path, monkeypatch: pytest.MonkeyPatch, faults: Any
) -> None:
    engine = SerialEngine(declaring, EngineOptions(add=(Annotation("spread"),)))
    predict = engine._predictor.predict

    def fail_at_nitrogen(smiles: list[str]) -> Any:
        if any("N" in text for text in smiles):
            raise RuntimeError("no nitrogen")
        return predict(smiles)

    monkeypatch.setattr(engine._predictor, "predict", fail_at_nitrogen)
    [chunk] = engine.run(faults.chunks_of(["C", "CN", "CO"]))
    assert chunk.predictions.rejected[1].reason == "error: RuntimeError: no nitrogen"
    for cells in chunk.predictions.added.values():
        assert np.isnan(cells).tolist() == [False, True, False]


def test_a_model_in_memory_adds_what_is_asked_for(library_file: Path, declaring: Path) -> None:
    frame = screen(library_file, Predictor.load(declaring), add=["max"], where="toxic > 0")
    assert frame.columns.tolist()[-2:] == ["toxic", "max"]
    assert len(frame) == 3


@pytest.mark.parametrize(
    ("add", "error", "message"),
    [
        (["spred"], UnknownName, "unknown column to add 'spred': did you mean spread"),
        (["spread"], ConfigError, "several members"),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
def test_what_cannot_be_added_is_refused_before_any_work(
    library_file: Path,
    tiny_bundle: Path,
    add: list[str],
    error: type[Exception],
    message: str,
    workers: int,
) -> None:
    output = library_file.with_name("out.csv")
    with pytest.raises(error, match=message):
        screen(library_file, tiny_bundle, output=output, add=add, workers=workers)
    assert list(library_file.parent.iterdir()) == [library_file]


def test_a_gap_that_an_annotator_leaves_is_an_empty_cell(
    library_file: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Sometimes(Composition):
        columns = (OutputColumn("sometimes", Role.UNCERTAINTY),)

        def annotate(self, scored: Scored) -> Sequence[np.ndarray]:
            return [np.array([0.5 if "N" in text else math.nan for text in scored.smiles])]

    monkeypatch.setitem(ANNOTATORS, "sometimes", Sometimes)
    for suffix in (".csv", ".parquet"):
        output = library_file.with_name(f"out{suffix}")
        screen(library_file, tiny_bundle, output=output, add=["sometimes"])
        frame = pd.read_csv(output) if suffix == ".csv" else pd.read_parquet(output)
        assert frame["sometimes"].isna().tolist() == [True, True, False, False]
