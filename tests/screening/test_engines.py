from __future__ import annotations

import json
import math
import multiprocessing
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from molgnn.errors import BundleError, ConfigError, UnknownName
from molgnn.predictor.description import to_text
from molgnn.predictor.predictor import Predictor
from molgnn.processes.cores import usable_cores
from molgnn.screening.chunks import Chunk, ScoredChunk
from molgnn.screening.engines import ENGINES, EngineOptions, make_engine, models, pipeline
from molgnn.screening.engines.actor import load_from_files
from molgnn.screening.engines.models import find_model, load_scoring
from molgnn.screening.engines.pipeline import (
    PipelineEngine,
    devices,
    load_applying,
    load_preparing,
)
from molgnn.screening.engines.processes import ProcessEngine
from molgnn.screening.engines.serial import SerialEngine

LOCAL = ["serial", "processes", "pipeline"]


def rows(scored: list[ScoredChunk]) -> list[tuple[int, bytes, str]]:
    """Return number, bytes of the values and reason of each row."""
    return [
        (row.number, values.tobytes(), getattr(chunk.predictions.rejected.get(i), "reason", ""))
        for chunk in scored
        for i, (row, values) in enumerate(zip(chunk.rows, chunk.predictions.values, strict=True))
    ]


@pytest.fixture
def pieces(library: Path, hostile_smi: Path) -> list[list[str]]:
    """Return chunks of drugs, and one of everything that can be wrong with a line."""
    drugs = [line.split(",")[1] for line in library.read_text("utf-8").splitlines()[1:101]]
    hostile = hostile_smi.read_text("utf-8", "surrogateescape").split("\n")
    return [drugs[:40], hostile, drugs[40:]]


def test_there_are_four_engines() -> None:
    assert list(ENGINES) == ["serial", "processes", "pipeline", "ray"]


@pytest.mark.parametrize("name", ["processes", "pipeline"])
def test_every_engine_gives_the_bytes_of_the_serial_one(
    name: str, tiny_bundle: Path, pieces: list[list[str]], faults: Any
) -> None:
    serial = SerialEngine(tiny_bundle, EngineOptions(device="cpu"))
    expected = rows(list(serial.run(faults.chunks_of(*pieces))))
    engine = ENGINES[name](tiny_bundle, EngineOptions(workers=2, device="cpu"))
    assert rows(list(engine.run(faults.chunks_of(*pieces)))) == expected
    assert engine.tasks == serial.tasks
    assert multiprocessing.active_children() == []


def test_the_serial_engine_scores_a_chunk_when_it_is_asked_for(
    length_model: Any, faults: Any
) -> None:
    drawn: list[int] = []

    def chunks() -> Iterator[Chunk]:
        for chunk in faults.chunks_of(["C"], ["CC"], ["CCC"]):
            drawn.append(chunk.rows[0].number)
            yield chunk

    scored = SerialEngine(length_model, EngineOptions()).run(chunks())
    assert next(scored).predictions.values.tolist() == [[1, 0.5]]
    assert drawn == [0]
    assert [chunk.rows[0].number for chunk in scored] == [1, 2]


def test_the_serial_engine_takes_one_thread_and_gives_back_the_others(
    length_model: Any, faults: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    predict, seen, before = length_model.predict, [], torch.get_num_threads()

    def look(smiles: list[str]) -> Any:
        seen.append(torch.get_num_threads())
        return predict(smiles)

    monkeypatch.setattr(length_model, "predict", look)
    torch.set_num_threads(2)
    try:
        for _ in SerialEngine(length_model, EngineOptions()).run(faults.chunks_of(["C"], ["C"])):
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert seen == [1, 1]


def test_a_row_that_raises_in_the_serial_engine_costs_that_row(
    length_model: Any, faults: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = length_model.predict

    def fail_at_chlorine(smiles: list[str]) -> Any:
        if any("Cl" in text for text in smiles):
            raise RuntimeError("no chlorine")
        return predict(smiles)

    monkeypatch.setattr(length_model, "predict", fail_at_chlorine)
    (chunk,) = SerialEngine(length_model, EngineOptions()).run(faults.chunks_of(["C", "CCl"]))
    assert chunk.predictions.rejected[1].reason == "error: RuntimeError: no chlorine"
    assert chunk.predictions.values[0].tolist() == [1, 0.5]


def test_the_pipeline_keeps_a_row_that_crashes_in_either_of_its_stages_to_itself(
    tiny_bundle: Path, faults: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("molgnn.screening.engines.pipeline.load_preparing", faults.load_crashing)
    monkeypatch.setattr("molgnn.screening.engines.pipeline.load_applying", faults.load_applying)
    engine = PipelineEngine(tiny_bundle, EngineOptions(workers=2, device="cpu"))
    chunks = faults.chunks_of(["C", "crash at first", "CC"], ["segfault", "CCC"])
    first, second = engine.run(chunks)
    assert {**first.predictions.rejected}.keys() == {1}
    assert {**second.predictions.rejected}.keys() == {0}
    assert first.predictions.values[[0, 2], 0].tolist() == [1, 2]
    assert second.predictions.values[1, 0] == 3


@pytest.mark.parametrize(
    ("name", "n_gpus", "expected"),
    [
        ("auto", 2, ["cuda:0", "cuda:1"]),
        ("cuda", 2, ["cuda:0", "cuda:1"]),
        ("cuda:1", 2, ["cuda:1"]),
        ("auto", 0, ["auto"]),
        ("cpu", 2, ["cpu"]),
    ],
)
def test_the_pipeline_feeds_every_gpu_unless_one_device_is_named(
    name: str, n_gpus: int, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: n_gpus)
    assert devices(name) == expected


@pytest.mark.parametrize("name", ["processes", "pipeline", "ray"])
def test_workers_cannot_share_a_model_in_memory(name: str, length_model: Any) -> None:
    if name == "ray":
        pytest.importorskip("ray")
    with pytest.raises(ConfigError, match="give its name or folder"):
        ENGINES[name](length_model, EngineOptions(workers=2))


def test_the_serial_engine_is_one_worker(length_model: Any) -> None:
    with pytest.raises(ConfigError, match="expected 1 worker"):
        SerialEngine(length_model, EngineOptions(workers=2))


@pytest.mark.parametrize(
    "options",
    [{"workers": 0}, *({"row_timeout": seconds} for seconds in (0, -1, 1e7, math.inf, math.nan))],
)
def test_options_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"expected.* but got .*; fix:"):
        EngineOptions(**options)


def test_a_row_may_take_a_day(tiny_bundle: Path, faults: Any) -> None:
    engine = ProcessEngine(tiny_bundle, EngineOptions(workers=1, row_timeout=86_400))
    engine._load = faults.load_lengths
    (chunk,) = engine.run(faults.chunks_of(["C", "raise"]))
    assert [*chunk.predictions.rejected] == [1]


@pytest.mark.parametrize(
    ("name", "is_in_memory", "options", "expected"),
    [
        ("auto", False, EngineOptions(device="cpu"), "processes"),
        ("auto", False, EngineOptions(workers=2, device="cpu"), "processes"),
        ("auto", False, EngineOptions(workers=1, device="cpu"), "serial"),
        ("auto", False, EngineOptions(device="cuda"), "pipeline"),
        ("auto", True, EngineOptions(), "serial"),
        ("auto", True, EngineOptions(workers=1), "serial"),
        ("serial", False, EngineOptions(device="cpu"), "serial"),
        ("processes", False, EngineOptions(workers=1), "processes"),
    ],
)
def test_auto_is_this_process_for_one_worker_and_for_a_model_in_memory(
    name: str,
    is_in_memory: bool,
    options: EngineOptions,
    expected: str,
    tiny_bundle: Path,
    length_model: Any,
) -> None:
    engine = make_engine(name, length_model if is_in_memory else tiny_bundle, options)
    assert type(engine) is ENGINES[expected]


def test_there_are_as_many_workers_as_asked_for_or_as_make_sense() -> None:
    assert EngineOptions(workers=20).n_workers == 20
    assert EngineOptions().n_workers == min(usable_cores(), 8)


@pytest.mark.parametrize("name", ["auto", *LOCAL])
def test_an_address_is_for_ray_alone(name: str, tiny_bundle: Path) -> None:
    options = EngineOptions(workers=1, device="cpu", address="127.0.0.1:6379")
    with pytest.raises(ConfigError, match=r"'127.0.0.1:6379'; fix: choose the engine ray"):
        make_engine(name, tiny_bundle, options)


def test_there_is_no_other_engine(tiny_bundle: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean serial"):
        make_engine("cereal", tiny_bundle, EngineOptions())


@pytest.mark.parametrize("options", [{"precision": "bf16"}, {"device": "cuda"}])
def test_a_model_in_memory_keeps_its_device_and_precision(
    options: dict[str, Any], tiny_bundle: Path
) -> None:
    predictor = Predictor.load(tiny_bundle, device="cpu")
    with pytest.raises(ConfigError, match=r"of the model in memory.* but got .*; fix: load it"):
        SerialEngine(predictor, EngineOptions(**options))
    SerialEngine(predictor, EngineOptions(precision="fp32", device="cpu"))
    predictor.precision = "bf16"
    SerialEngine(predictor, EngineOptions(precision="bf16"))


@pytest.mark.parametrize("name", ["processes", "pipeline", "ray"])
def test_a_model_that_is_replaced_during_the_run_is_refused(
    name: str, tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (models, pipeline):
        monkeypatch.setattr(module, "dedicate_process", lambda: None)
    copytree(tiny_bundle, tmp_path, dirs_exist_ok=True)
    model = find_model(tmp_path, EngineOptions())
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    description = json.loads(files["bundle.json"])
    del description["sha256"]
    description["card"]["summary"] = "another model"
    files["bundle.json"] = to_text(description).encode()
    (tmp_path / "bundle.json").write_bytes(files["bundle.json"])
    options = EngineOptions(device="cpu")
    loads: dict[str, list[Callable[[], Any]]] = {
        "processes": [partial(load_scoring, model, options)],
        "pipeline": [partial(load_preparing, model), partial(load_applying, model, options)],
        "ray": [partial(load_from_files, model, files, options)],
    }
    for load in loads[name]:
        with pytest.raises(BundleError, match=r"was changed during the run; fix:"):
            load()


@pytest.mark.parametrize(
    "name", ["serial", "processes", pytest.param("pipeline", marks=pytest.mark.slow)]
)
def test_a_device_that_is_not_there_is_refused(name: str, tiny_bundle: Path, faults: Any) -> None:
    options = EngineOptions(device="abacus", workers=1)
    with pytest.raises(ConfigError, match="got 'abacus'"):
        list(ENGINES[name](tiny_bundle, options).run(faults.chunks_of(["C"], ["CC"])))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("name", [*LOCAL, "ray"])
def test_an_altered_model_is_found_before_any_worker_is_started(
    name: str, tiny_bundle: Path, tmp_path: Path
) -> None:
    if name == "ray":
        pytest.importorskip("ray")
    for path in tiny_bundle.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "weights.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\xff")
    with pytest.raises(BundleError, match="is not as molgnn saved it"):
        ENGINES[name](tmp_path, EngineOptions())
