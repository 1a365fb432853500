"""Measure whole processes: wall time, processor time, and peak memory of all their children."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

PYTHON = Path(sys.executable)
MOLGNN = PYTHON.with_name("molgnn")
PROC = Path("/proc")
SECONDS_BETWEEN_SAMPLES = 0.2
LINES_SHOWN = 15

Command = list[str | Path]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command, from its start to its end.

    Parameters
    ----------
    seconds
        Wall time.
    cpu_seconds
        Processor time of the process and of the children that it waited for.
    peak_bytes
        Highest sum of the proportional set sizes of all its processes, which counts shared memory
        once; None where the system has no ``/proc/PID/smaps_rollup``.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int | None

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def median_peak(runs: Sequence[Run]) -> float | None:
    """Return the median of the runs' peaks in bytes; None where none was measured."""
    peaks = [run.peak_bytes for run in runs if run.peak_bytes is not None]
    return median(peaks) if peaks else None


def measure(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
) -> Run:
    """Run a command to its end.

    Parameters
    ----------
    command
        The program and its arguments.
    log
        Where its output goes.
    environment
        Variables on top of this process's own.

    Raises
    ------
    RuntimeError
        If it fails, with the last lines of its log.
    """
    used_before, started = _cpu_seconds_of_children(), time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # the session tells its processes from all others
        )
        watch = MemoryWatch(process.pid)
        try:
            status = process.wait()
        except BaseException:  # Ctrl-C does not reach another session
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        seconds = time.perf_counter() - started
        peak = watch.stop()
    if status:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-LINES_SHOWN:])
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {status}:\n{tail}")
    return Run(seconds, _cpu_seconds_of_children() - used_before, peak)


def measure_without_cache(command: Command, log: Path, workdir: Path) -> Run:
    """Run a command with an empty cache of molgnn, so that it finds nothing already featurized."""
    with tempfile.TemporaryDirectory(dir=workdir, prefix="cache-") as folder:
        return measure(command, log, {"MOLGNN_CACHE": folder})


class MemoryWatch:
    """Samples the memory of all processes of a session, from its creation to `stop`."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        if can_measure_memory():
            self._thread.start()

    def stop(self) -> int | None:
        """Return the highest sum, in bytes; None where it cannot be measured."""
        self._ended.set()
        if not can_measure_memory():
            return None
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while True:
            self._peak = max(self._peak, memory_of_session(self._session))
            if self._ended.wait(SECONDS_BETWEEN_SAMPLES):
                return


def can_measure_memory() -> bool:
    """Say whether the system tells proportional set sizes; Linux alone does."""
    return (PROC / "self" / "smaps_rollup").exists()


def warn_without_memory() -> None:
    """Say on standard error if memory cannot be measured here."""
    if not can_measure_memory():
        print("Memory is not measured: it needs Linux's /proc/PID/smaps_rollup.", file=sys.stderr)


def memory_of_session(session: int) -> int:
    """Return the sum of the proportional set sizes of a session's processes, in bytes."""
    return sum(map(memory_of_process, processes_of_session(session)))


def processes_of_session(session: int) -> list[int]:
    """Return the processes that were started in a session, orphans included."""
    found = []
    for pid in (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()):
        with suppress(OSError):  # it has ended since
            if os.getsid(pid) == session:
                found.append(pid)
    return found


def memory_of_process(pid: int) -> int:
    """Return a process's proportional set size in bytes; 0 if it has ended."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _cpu_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
