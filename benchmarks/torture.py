"""Kill a screening with SIGKILL again and again; what it writes in the end must be the same bytes.

``python benchmarks/torture.py --library pubchem.csv.gz --rows 200000 --kills 20 -m gcn.tox21``

An undisturbed run gives the bytes. Then the same command runs into another output, and at random
moments the main process or one of its workers is killed; a command that ended is given again and
goes on. An output that is complete before all kills are done is compared, and the next one begun.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from contestants import MOLGNN, Command
from libraries import messy_library, require_libraries
from processes import PROC, processes_of_session
from records import REPOSITORY

SHARE_BETWEEN_KILLS = 1 / 3  # of an undisturbed run, at most
SHARE_OF_WORKERS = 0.5  # among the victims
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


class Torturer:
    """Starts, kills and starts again, keeping count.

    Parameters
    ----------
    screening
        What to disturb.
    n_kills
        How many kills are to be done in all.
    longest_wait
        Seconds until the next kill, at most.
    chance
        What decides on moments and victims.
    """

    def __init__(
        self, screening: Screening, n_kills: int, longest_wait: float, chance: random.Random
    ) -> None:
        self._screening, self._n_kills = screening, n_kills
        self._longest_wait, self._chance = longest_wait, chance
        self.kills = 0
        self.faults: list[str] = []

    def complete(self, output: Path) -> None:
        """Bring *output* to its end, killing on the way while kills are left.

        Raises
        ------
        RuntimeError
            If the command fails without having been disturbed.
        """
        while True:
            process = self._screening.start(output)
            n_before = self.kills
            while self.kills < self._n_kills and not self._ends_by_itself(process):
                with suppress(ProcessLookupError):  # the worker has ended since it was found
                    self._kill_one(process, output)
            status = process.wait()
            self._expect_no_orphans(process.pid)
            if status == 0:
                return
            if self.kills == n_before:
                log = output.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"undisturbed, it ended with {status}:\n{log[-2000:]}")

    def _ends_by_itself(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the next kill is due; say whether the process was done before."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(self._chance.uniform(0, self._longest_wait))
        return process.returncode is not None

    def _kill_one(self, process: subprocess.Popen[bytes], output: Path) -> None:
        workers = _workers_of(process.pid)
        of_worker = bool(workers) and self._chance.random() < SHARE_OF_WORKERS
        os.kill(self._chance.choice(workers) if of_worker else process.pid, signal.SIGKILL)
        self.kills += 1
        victim = "a worker" if of_worker else "the main process"
        print(f"kill {self.kills} of {self._n_kills}: {victim}, {output.name}", flush=True)

    def _expect_no_orphans(self, session: int) -> None:
        """Note processes that outlive the command by far."""
        deadline = time.monotonic() + SECONDS_FOR_ORPHANS
        while left := [pid for pid in processes_of_session(session) if _command_of(pid)]:
            if time.monotonic() > deadline:
                self.faults.append(f"{len(left)} processes outlived their parent")
                return
            time.sleep(0.1)


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
    library: Annotated[
        list[Path] | None, typer.Option(help="Real molecules, in one file or several.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1)] = 200_000,
    kills: Annotated[int, typer.Option(min=1)] = 20,
    seed: int = 0,
    model: Annotated[str, typer.Option("--model", "-m")] = "gcn.tox21",
    workers: Annotated[int, typer.Option(min=1)] = 2,
    workdir: Annotated[Path, typer.Option(help="For outputs and logs.")] = REPOSITORY
    / "runs"
    / "torture",
) -> None:
    """Kill until it is enough; end with 1 if any output differs or any process is left."""
    if not PROC.is_dir():
        raise typer.BadParameter("finding a screening's workers needs /proc, as on Linux")
    workdir.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=workdir.resolve()))
    part = messy_library(require_libraries(library or []), rows, folder / "library.csv")
    screening = Screening(part, model, workers)
    started = time.perf_counter()
    Torturer(screening, 0, 0.0, random.Random()).complete(folder / "undisturbed.csv")
    seconds, expected = time.perf_counter() - started, _sha256(folder / "undisturbed.csv")
    print(f"undisturbed in {seconds:.1f} s: sha256 {expected}", flush=True)
    torturer = Torturer(screening, kills, seconds * SHARE_BETWEEN_KILLS, random.Random(seed))
    while torturer.kills < kills:
        output = folder / f"after-{torturer.kills}-kills.csv"
        torturer.complete(output)
        is_same = _sha256(output) == expected
        print(f"{output.name} is {'the same' if is_same else 'DIFFERENT'}", flush=True)
        if not is_same:
            torturer.faults.append(f"{output.name} differs")
        if left := [path.name for path in folder.iterdir() if path.suffix not in (".csv", ".log")]:
            torturer.faults.append(f"{output.name} has left {', '.join(left)} behind")
    print(f"{torturer.kills} kills, faults: {', '.join(torturer.faults) or 'none'}; see {folder}")
    raise typer.Exit(bool(torturer.faults))


if __name__ == "__main__":
    typer.run(main)
