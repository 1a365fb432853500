"""From a library of any size to a table of predictions, row by row."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from molgnn.chem.reading import open_library
from molgnn.errors import ConfigError
from molgnn.screening.chunks import ScoredChunk, split_into_chunks
from molgnn.screening.engines import ENGINES, EngineOptions
from molgnn.screening.output import check_output, new_file
from molgnn.screening.progress import show_progress
from molgnn.screening.writer import TableWriter, delimiter_of

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor


@dataclass(frozen=True, slots=True)
class ScreeningSummary:
    """What became of a library.

    Parameters
    ----------
    output
        Where the table lies.
    scored
        How many rows have predictions.
    rejected
        Kind of reason to how many rows have none for it, the commonest first.
    seconds
        From the first row to the last.
    """

    output: Path
    scored: int
    rejected: dict[str, int]
    seconds: float

    @property
    def read(self) -> int:
        """How many rows the library has, and the table."""
        return self.scored + sum(self.rejected.values())

    @property
    def rows_per_second(self) -> float:
        """How fast it went, the loading of the model aside."""
        return self.read / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        reasons = [f"  {kind:<24} {n:>12,}" for kind, n in self.rejected.items()]
        return "\n".join(
            [
                f"rows read                  {self.read:>12,}",
                f"scored                     {self.scored:>12,}",
                f"rejected                   {self.read - self.scored:>12,}",
                *reasons,
                f"{self.seconds:,.1f} s, {self.rows_per_second:,.0f} rows per second",
                f"written to {self.output}",
            ]
        )


def screen(
    library: str | Path,
    model: str | Path | Predictor = "tox21",
    *,
    output: str | Path,
    smiles_column: str | None = None,
    workers: int = 1,
    device: str = "auto",
    chunk_size: int = 1024,
    overwrite: bool = False,
    progress: bool = False,
) -> ScreeningSummary:
    """Score every row of a file, in a bounded memory, into a file of as many rows in that order.

    The output holds the library's columns, then ``status`` (``ok`` or ``rejected``) and
    ``reason``, then one column per task, empty for rejected rows. A name that the library has
    already gets ``_pred`` behind it. It appears at its place when it is complete.

    Parameters
    ----------
    library
        What `molgnn.chem.reading.open_library` reads.
    model
        A model's name or folder, or a loaded one.
    output
        Ends in ``.csv``, ``.tsv``, ``.csv.gz`` or ``.tsv.gz``.
    smiles_column
        Found by its name where not given.
    workers
        1 scores in this process; more, in as many processes of one thread each.
    device
        Where the model runs, unless it is loaded already; several workers share it.
    chunk_size
        Rows that are read, scored and written at a time.
    overwrite
        Whether an existing output may be replaced; the library never is.
    progress
        Show how far it has come, on stderr.

    Raises
    ------
    FileProblem, TableError
        If the library cannot be read or the output cannot be written.
    UnknownName, BundleError
        If there is no such model, or its files are not as they were saved.
    ConfigError
        If *workers* or *chunk_size* is below 1, workers cannot load *model*, or torch has no
        such *device*.
    """
    for name, value in (("workers", workers), ("chunk_size", chunk_size)):
        if value < 1:
            raise ConfigError(f"expected {name} of at least 1 but got {value}")
    library, output = Path(library), Path(output)
    delimiter_of(output)  # a suffix that is not known is refused before any work
    with open_library(library, smiles_column) as rows, _termination_unwinds():
        check_output(output, library, overwrite=overwrite)
        with new_file(output) as write:
            engine = ENGINES["serial" if workers == 1 else "processes"](
                model, EngineOptions(workers=workers, device=device)
            )
            writer = TableWriter(output, rows.columns, engine.tasks.names)
            write(writer.header())
            tally = _Tally()
            chunks = engine.run(split_into_chunks(rows, chunk_size))
            with closing(show_progress(chunks) if progress else chunks) as scored:
                for chunk in scored:
                    write(writer.rows(chunk))
                    tally.add(chunk)
    return tally.summary(output)


class _Tally:
    """Counts what becomes of the rows, from its creation on."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._scored = 0
        self._rejected: Counter[str] = Counter()

    def add(self, chunk: ScoredChunk) -> None:
        self._scored += len(chunk.rows) - len(chunk.scores.rejected)
        self._rejected.update(rejected.kind for rejected in chunk.scores.rejected.values())

    def summary(self, output: Path) -> ScreeningSummary:
        seconds = time.perf_counter() - self._started
        return ScreeningSummary(output, self._scored, dict(self._rejected.most_common()), seconds)


@contextmanager
def _termination_unwinds() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the program as an exception does, so that files are cleaned up.

    Where they have a handler or are ignored already, as under nohup, that is left alone.
    """
    if threading.current_thread() is not threading.main_thread():  # no other may handle signals
        yield
        return

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    names = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    taken = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
