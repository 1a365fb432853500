"""Kill a screening with SIGKILL again and again; what it writes in the end must be the same bytes.

``python benchmarks/speed/kill_and_resume.py --library pubchem.csv.gz --rows 200000 --kills 20``

An undisturbed run gives the bytes. Then the same command runs into another output, and at random
moments the main process or one of its workers is killed; a command that ended is given again and
resumes. An output that is complete before all kills are done is compared, and the next one begun.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.libraries import copy_rows
from benchmarks.options import (
    WORKDIR,
    JsonOption,
    LibraryOption,
    ShowOption,
    WorkdirOption,
    given_libraries,
)
from benchmarks.processes import MOLGNN, PROC, Command, processes_of_session
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.tables import Table

SHARE_BETWEEN_KILLS = 1 / 3  # of an undisturbed run, at most
SHARE_OF_WORKERS = 0.5  # of the processes that are killed
SECONDS_FOR_ORPHANS = 10.0


@dataclass(frozen=True)
class Screening:
    """A command that can be killed and given again."""

    library: Path
    model: str
    workers: int

    def start(self, output: Path) -> subprocess.Popen[bytes]:
        """Start it, its messages going to a log beside the output."""
        options: Command = ["-m", self.model, "--workers", str(self.workers)]
        command: Command = [MOLGNN, "screen", self.library, "-o", output, *options]
        with output.with_suffix(".log").open("ab") as log:
            return subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@dataclass(frozen=True, slots=True)
class Outcome:
    """An output that was completed, and what was done to the processes that wrote it.

    Parameters
    ----------
    output
        The name of the file.
    main_kills, worker_kills
        How often the main process, and one of its workers, was killed.
    is_same
        Whether it has the bytes of the undisturbed run.
    orphans
        Processes that outlived their parent.
    leftovers
        Names of files that stayed beside the output.
    """

    output: str
    main_kills: int
    worker_kills: int
    is_same: bool
    orphans: int
    leftovers: list[str]

    @property
    def is_right(self) -> bool:
        """Whether nothing went wrong."""
        return self.is_same and not self.orphans and not self.leftovers


class Interrupter:
    """Starts a screening, kills it and starts it again, keeping count.

    Parameters
    ----------
    screening
        What to disturb.
    n_kills
        How many kills are to be done in all.
    longest_wait
        Seconds until the next kill, at most.
    chance
        What decides on moments and processes.
    """

    def __init__(
        self, screening: Screening, n_kills: int, longest_wait: float, chance: random.Random
    ) -> None:
        self._screening, self._n_kills = screening, n_kills
        self._longest_wait, self._chance = longest_wait, chance
        self.kills: Counter[str] = Counter()
        self.orphans = 0

    @property
    def is_done(self) -> bool:
        """Whether all kills are done."""
        return self.kills.total() >= self._n_kills

    def complete(self, output: Path) -> None:
        """Bring *output* to its end, killing on the way while kills are left.

        Raises
        ------
        RuntimeError
            If the command fails without having been disturbed.
        """
        while True:
            process = self._screening.start(output)
            n_before = self.kills.total()
            while not self.is_done and not self._ends_by_itself(process):
                with suppress(ProcessLookupError):  # the worker has ended since it was found
                    self._kill_one(process, output)
            status = process.wait()
            self.orphans += count_orphans(process.pid)
            if status == 0:
                return
            if self.kills.total() == n_before:
                log = output.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"undisturbed, it ended with {status}:\n{log[-2000:]}")

    def _ends_by_itself(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the next kill is due; say whether the process was done before."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(self._chance.uniform(0, self._longest_wait))
        return process.returncode is not None

    def _kill_one(self, process: subprocess.Popen[bytes], output: Path) -> None:
        workers = _workers_of(process.pid)
        kills_worker = bool(workers) and self._chance.random() < SHARE_OF_WORKERS
        os.kill(self._chance.choice(workers) if kills_worker else process.pid, signal.SIGKILL)
        killed = "worker" if kills_worker else "main"
        self.kills[killed] += 1
        print(
            f"kill {self.kills.total()} of {self._n_kills}: {killed}, {output.name}",
            file=sys.stderr,
        )


def count_orphans(session: int) -> int:
    """Return how many of a session's processes are left long after its main process has ended."""
    deadline = time.monotonic() + SECONDS_FOR_ORPHANS
    while left := [pid for pid in processes_of_session(session) if _command_of(pid)]:
        if time.monotonic() > deadline:
            return len(left)
        time.sleep(0.1)
    return 0


def _workers_of(pid: int) -> list[int]:
    """Return the processes of a session that score: spawned, and not the tracker of resources."""
    return [
        each
        for each in processes_of_session(pid)
        if each != pid and "spawn_main" in _command_of(each)
    ]


def _command_of(pid: int) -> str:
    """Return a process's command line; empty if it has ended, waited for or not."""
    with suppress(OSError):
        return (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    return ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(
    library: LibraryOption = None,
    rows: Annotated[int, typer.Option(min=1)] = 200_000,
    kills: Annotated[int, typer.Option(min=1)] = 20,
    seed: int = 0,
    model: Annotated[str, typer.Option("--model", "-m")] = "gcn.tox21",
    workers: Annotated[int, typer.Option(min=1)] = 2,
    show: ShowOption = None,
    output: JsonOption = RESULTS / "kill_and_resume.json",
    workdir: WorkdirOption = WORKDIR,
) -> None:
    """Kill and resume, print the table; end with 1 if any output differs or any process is left."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    if not PROC.is_dir():
        raise typer.BadParameter("finding a screening's workers needs /proc, as on Linux")
    sources = given_libraries(library)
    workdir.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=workdir.resolve(), prefix="kill-and-resume-"))
    part = copy_rows(sources, rows, folder / "library.csv")
    outcomes = list(interrupt(Screening(part, model, workers), kills, random.Random(seed), folder))
    measured = {"n_rows": rows, "model": model, "outputs": [asdict(each) for each in outcomes]}
    print(to_table(write_record(output, measured)).to_markdown())
    raise typer.Exit(not all(outcome.is_right for outcome in outcomes))


def interrupt(
    screening: Screening, n_kills: int, chance: random.Random, folder: Path
) -> Iterator[Outcome]:
    """Screen once undisturbed, then into new outputs until all kills are done; yield each."""
    started = time.perf_counter()
    Interrupter(screening, 0, 0.0, chance).complete(folder / "undisturbed.csv")
    longest_wait = (time.perf_counter() - started) * SHARE_BETWEEN_KILLS
    expected = _sha256(folder / "undisturbed.csv")
    interrupter = Interrupter(screening, n_kills, longest_wait, chance)
    while not interrupter.is_done:
        output = folder / f"after-{interrupter.kills.total()}-kills.csv"
        before, orphans = interrupter.kills.copy(), interrupter.orphans
        interrupter.complete(output)
        done = interrupter.kills - before
        yield Outcome(
            output.name,
            done["main"],
            done["worker"],
            _sha256(output) == expected,
            interrupter.orphans - orphans,
            [path.name for path in folder.iterdir() if path.suffix not in (".csv", ".log")],
        )


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per output, from what the JSON file holds."""
    table = Table(
        f"{record['n_rows']:,} rows, {record['model']}, killed with SIGKILL ({record['date']})",
        ["output", "main killed", "workers killed", "same bytes", "orphans", "files left"],
    )
    for values in record["outputs"]:
        outcome = Outcome(**values)
        counts = map(str, (outcome.main_kills, outcome.worker_kills))
        is_same = "yes" if outcome.is_same else "NO"
        left = (str(outcome.orphans), str(len(outcome.leftovers)))
        table.rows.append([outcome.output, *counts, is_same, *left])
    return table


if __name__ == "__main__":
    typer.run(main)
