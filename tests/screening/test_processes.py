from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from molgnn.errors import BundleError, MolgnnError
from molgnn.processes import worker
from molgnn.processes.worker import WorkerProcess
from molgnn.screening.engines import EngineOptions
from molgnn.screening.engines.processes import ProcessEngine
from molgnn.screening.engines.serial import SerialEngine


@pytest.fixture
def engine(tiny_bundle: Path, faults: Any) -> ProcessEngine:
    """Return an engine of two workers that score lengths and have faults."""
    engine = ProcessEngine(tiny_bundle, EngineOptions(workers=2, row_timeout=1))
    engine._load = faults.load_lengths
    return engine


def kill_one(rng: random.Random) -> None:
    """Kill one of the workers, as an impatient user or a short memory does."""
    with worker._process_list:
        workers = multiprocessing.active_children()
    if workers:
        rng.choice(workers).kill()


def test_chunks_come_back_in_order_whichever_is_done_first(tiny_bundle: Path, faults: Any) -> None:
    engine = ProcessEngine(tiny_bundle, EngineOptions(workers=2))
    engine._load = faults.load_lengths
    chunks = faults.chunks_of(["slow"], ["C"], ["CC", "CCC"])
    scored = list(engine.run(chunks))
    assert [row.number for chunk in scored for row in chunk.rows] == [0, 1, 2, 3]
    assert [chunk.predictions.values[:, 0].tolist() for chunk in scored] == [[4], [1], [2, 3]]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("segfault", "crash: its process was killed by signal SIGSEGV"),
        ("exit", "crash: its process ended with exit code 3"),
        ("killed", "crash: its process was killed by signal SIGKILL"),
        ("hang", "timeout: no result after 1 s"),
        ("raise", "error: ValueError: no such element"),
    ],
)
def test_a_row_with_a_fault_costs_that_row(
    engine: ProcessEngine, faults: Any, fault: str, reason: str
) -> None:
    chunks = faults.chunks_of(["C", "CC"], ["CCC", fault, "", "CCCC"], ["C"])
    first, second, third = engine.run(chunks)
    assert first.predictions.rejected == third.predictions.rejected == {}
    reasons = [why.reason for why in second.predictions.rejected.values()]
    assert reasons == [reason, "blank: it is"]
    assert second.predictions.values[[0, 3], 1].tolist() == [3, 4]


def test_workers_that_are_killed_at_any_moment_change_nothing(
    engine: ProcessEngine, faults: Any
) -> None:
    rng = random.Random(0)
    chunks = [["brief", *("C" * rng.randint(1, 50) for _ in range(5))] for _ in range(60)]
    scored = []
    for number, chunk in enumerate(engine.run(faults.chunks_of(*chunks))):
        scored.append(chunk)
        if number % 6 == 0:  # at work, or still at loading after the kill before
            threading.Event().wait(rng.uniform(0, 0.05))
            kill_one(rng)
    assert [chunk.predictions.values[:, 0].tolist() for chunk in scored] == [
        [len(text) for text in chunk] for chunk in chunks
    ]
    assert not any(chunk.predictions.rejected for chunk in scored)


@pytest.mark.slow
def test_a_model_scores_the_same_bytes_though_workers_are_killed(
    tiny_bundle: Path, library: Path, faults: Any
) -> None:
    lines = library.read_text(encoding="utf-8").splitlines()[1:121]
    chunks = [[line.split(",")[1] for line in lines[i : i + 20]] for i in range(0, 120, 20)]
    undisturbed, disturbed = (
        engine(tiny_bundle, options).run(faults.chunks_of(*chunks))
        for engine, options in [
            (SerialEngine, EngineOptions()),
            (ProcessEngine, EngineOptions(workers=2)),
        ]
    )
    rng = random.Random(1)
    for expected in undisturbed:
        scored = next(disturbed)
        kill_one(rng)
        assert scored.predictions.values.tobytes() == expected.predictions.values.tobytes()
        assert scored.predictions.rejected == expected.predictions.rejected


@pytest.mark.parametrize(
    "chunk", [["break", "C", "CC"], ["C", "break", "", "CC"], ["C", "CC", "break"], ["break"] * 3]
)
def test_a_row_after_which_a_worker_fails_at_all_costs_that_row(
    engine: ProcessEngine, faults: Any, chunk: list[str]
) -> None:
    engine._load = faults.load_breakable
    scored = list(engine.run(faults.chunks_of(["C"], chunk, ["C"])))
    guilty = [
        chunk.rows[row].smiles
        for chunk in scored
        for row, why in chunk.predictions.rejected.items()
        if why.reason == "error: RuntimeError: device lost"
    ]
    assert guilty == ["break"] * chunk.count("break")


def test_workers_that_have_no_result_for_anything_end_the_job(
    engine: ProcessEngine, faults: Any
) -> None:
    engine._load = faults.load_broken
    with pytest.raises(MolgnnError, match=r"no row can be scored.*device lost"):
        list(engine.run(faults.chunks_of(["C", "CC"], ["CCC"])))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("load", "error", "message"),
    [
        ("load_nothing", BundleError, "the weights are not as they were"),
        (
            "load_badly",
            MolgnnError,
            r"could not load the model: OSError: no such library \(.*faults\.py:\d+\); fix:",
        ),
    ],
)
def test_an_error_on_loading_reaches_the_user(
    engine: ProcessEngine, faults: Any, load: str, error: type[Exception], message: str
) -> None:
    engine._load = getattr(faults, load)
    with pytest.raises(error, match=message) as caught:
        list(engine.run(faults.chunks_of(["C"], ["CC"])))
    assert "\n" not in str(caught.value)
    assert not hasattr(caught.value, "__notes__")
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_workers_that_die_while_they_load_end_the_job(
    engine: ProcessEngine, faults: Any, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STARTS", 3)
    engine._load = partial(faults.load_and_die, number)
    with pytest.raises(MolgnnError, match=rf"died while it started.*{number.name}.*fewer workers"):
        list(engine.run(faults.chunks_of(["C"])))
    assert multiprocessing.active_children() == []


def test_a_worker_that_is_killed_while_it_loads_is_started_again(
    engine: ProcessEngine, faults: Any, tmp_path: Path
) -> None:
    engine._load = partial(faults.load_once_in_peace, tmp_path / "stone")
    (chunk,) = engine.run(faults.chunks_of(["C"]))
    assert chunk.predictions.rejected == {}


def test_closing_it_leaves_no_process_however_busy_they_are(tiny_bundle: Path, faults: Any) -> None:
    engine = ProcessEngine(tiny_bundle, EngineOptions(workers=2))
    engine._load = faults.load_lengths
    scored = engine.run(faults.chunks_of(["C"], *[["hang"]] * 8))
    next(scored)
    assert multiprocessing.active_children()
    scored.close()
    assert multiprocessing.active_children() == []


def test_no_more_chunks_are_held_than_the_workers_need(engine: ProcessEngine, faults: Any) -> None:
    drawn = 0

    def chunks() -> Iterator[Any]:
        nonlocal drawn
        for chunk in faults.chunks_of(*[["C"]] * 100):
            drawn += 1
            yield chunk

    scored = engine.run(chunks())
    next(scored)
    assert drawn == 6
    scored.close()


def test_a_worker_is_started_when_it_is_needed(engine: ProcessEngine, faults: Any) -> None:
    scored = engine.run(faults.chunks_of(["C"]))
    next(scored)
    assert len(multiprocessing.active_children()) == 1
    scored.close()


def test_a_worker_that_is_closed_stays_so(faults: Any) -> None:
    closed = WorkerProcess(faults.load_lengths)
    closed.close()
    with pytest.raises(CancelledError):
        closed.ask(["C"], 1)


SCRIPT = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {folder!r})
import faults
from molgnn.screening.engines import EngineOptions
from molgnn.screening.engines.processes import ProcessEngine

def run():
    engine = ProcessEngine(Path({bundle!r}), EngineOptions(workers=1))
    engine._load = faults.load_lengths
    scored = engine.run(faults.chunks_of(["C"], ["hang"]))
    next(scored)
    import multiprocessing
    print(multiprocessing.active_children()[0].pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

{guard}run()
"""


def run_script(tmp_path: Path, tiny_bundle: Path, guard: str) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "script.py"
    folder = str(Path(__file__).parent)
    script.write_text(SCRIPT.format(folder=folder, bundle=str(tiny_bundle), guard=guard))
    return subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)


def test_workers_do_not_outlive_this_process(tmp_path: Path, tiny_bundle: Path) -> None:
    ended = run_script(tmp_path, tiny_bundle, guard="if __name__ == '__main__': ")
    pid = int(ended.stdout)
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        threading.Event().wait(0.1)
    pytest.fail(f"worker {pid} goes on though its parent was killed")


def test_a_script_without_a_guard_is_told_so(tmp_path: Path, tiny_bundle: Path) -> None:
    ended = run_script(tmp_path, tiny_bundle, guard="")
    assert "call molgnn under `if __name__ == '__main__':`" in ended.stderr.splitlines()[-1]
