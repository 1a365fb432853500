from __future__ import annotations

import csv
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molgnn.chem.records import Row
from molgnn.errors import BundleError, ConfigError, MolgnnError
from molgnn.screening import screen
from molgnn.screening.chunks import Chunk
from molgnn.screening.engines import ENGINES
from molgnn.screening.engines.processes import ProcessEngine
from molgnn.screening.engines.serial import SerialEngine


def one_row(number: int) -> Chunk:
    return Chunk((Row(number, number + 1, "C" * (number + 1), ()),))


def test_one_engine_in_this_process_and_one_in_several() -> None:
    assert list(ENGINES) == ["serial", "processes"]


def test_the_serial_engine_scores_a_chunk_when_it_is_asked_for(length_model: Any) -> None:
    drawn: list[int] = []

    def chunks() -> Iterator[Chunk]:
        for number in range(3):
            drawn.append(number)
            yield one_row(number)

    scored = SerialEngine(length_model).run(chunks())
    assert next(scored).scores.values.tolist() == [[1, 0.5]]
    assert drawn == [0]
    assert [chunk.rows[0].number for chunk in scored] == [1, 2]


def test_several_processes_write_the_same_bytes_as_one(
    library: Path, tiny_bundle: Path, tmp_path: Path
) -> None:
    with library.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[:300]
    few = tmp_path / "few.csv"
    with few.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    outputs = [tmp_path / "serial.csv", tmp_path / "processes.csv"]
    for workers, output in enumerate(outputs, start=1):
        screen(few, tiny_bundle, output=output, workers=workers, chunk_size=32)
    serial, processes = (output.read_bytes() for output in outputs)
    assert serial.count(b"\n") == 300
    assert processes == serial


def test_a_worker_that_dies_is_one_clear_error(tiny_bundle: Path) -> None:
    def chunks() -> Iterator[Chunk]:
        yield one_row(0)
        for process in multiprocessing.active_children():
            process.kill()
        yield one_row(1)

    with pytest.raises(MolgnnError, match=r"a worker process died.*fix: take fewer workers"):
        list(ProcessEngine(tiny_bundle, 1).run(chunks()))
    assert multiprocessing.active_children() == []


def test_workers_cannot_share_a_model_in_memory(length_model: Any) -> None:
    with pytest.raises(ConfigError, match="give its name or folder"):
        ProcessEngine(length_model, 2)


def test_windows_waits_for_61_workers_at_most(
    tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("molgnn.screening.engines.processes.sys.platform", "win32")
    assert ProcessEngine(tiny_bundle, 96)._workers == 61


@pytest.mark.parametrize("workers", [1, 2])
def test_a_device_that_is_not_there_is_refused(
    tiny_bundle: Path, library: Path, tmp_path: Path, workers: int
) -> None:
    with pytest.raises(ConfigError, match="got 'abacus'"):
        screen(library, tiny_bundle, output=tmp_path / "out.csv", workers=workers, device="abacus")
    assert list(tmp_path.iterdir()) == []


def test_an_altered_model_is_found_before_any_process_is_started(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    for path in tiny_bundle.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "weights.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\xff")
    with pytest.raises(BundleError, match="is not as molgnn saved it"):
        ProcessEngine(tmp_path, 2)
