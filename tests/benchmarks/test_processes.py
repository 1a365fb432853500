from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from benchmarks.processes import (
    Run,
    can_measure_memory,
    measure,
    measure_without_cache,
    median_peak,
)

PRINT_PID_AND_SLEEP = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
PRINT_CACHE = "import os; print(os.listdir(os.environ['MOLGNN_CACHE']))"


def test_the_memory_of_a_run_is_that_of_all_its_processes(tmp_path: Path) -> None:
    if not can_measure_memory():
        pytest.skip("this system does not tell proportional set sizes")
    hold = "import time; held = b'x' * 50_000_000; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    run = measure([sys.executable, "-c", parent], tmp_path / "log")
    assert run.seconds > 0.5
    assert run.peak_bytes is not None
    assert run.peak_bytes > 50e6


def test_a_run_that_fails_ends_the_benchmark_with_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such molecule"):
        measure([sys.executable, "-c", "raise SystemExit('no such molecule')"], tmp_path / "log")


def test_a_run_that_is_interrupted_leaves_no_process_behind(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def interrupt(*_: object) -> None:
        if log.exists() and log.read_text():
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        with pytest.raises(KeyboardInterrupt):
            measure([sys.executable, "-c", PRINT_PID_AND_SLEEP], log)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)


def test_a_run_without_cache_finds_an_empty_one_that_is_removed_afterwards(tmp_path: Path) -> None:
    log = tmp_path / "log"
    measure_without_cache([sys.executable, "-c", PRINT_CACHE], log, tmp_path)
    assert log.read_text() == "[]\n"
    assert list(tmp_path.iterdir()) == [log]


def test_the_median_peak_is_that_of_the_runs_that_have_one() -> None:
    runs = [Run(1.0, 1.0, peak) for peak in (3, None, 1, 2)]
    assert median_peak(runs) == 2
    assert median_peak(runs[1:2]) is None
