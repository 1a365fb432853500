"""What an engine is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError
from molgnn.processes.cores import usable_cores
from molgnn.processes.pool import map_in_order
from molgnn.screening.chunks import Chunk, ScoredChunk
from molgnn.screening.engines.isolation import Isolation

if TYPE_CHECKING:
    from molgnn.chem.records import Rejected
    from molgnn.predictor.annotators import Annotation
    from molgnn.predictor.predictions import Predictions
    from molgnn.predictor.predictor import Predictor
    from molgnn.predictor.schema import OutputColumn
    from molgnn.tasks import Tasks

MAX_WORKERS = 8  # where nobody says how many: each holds a model and torch in memory
MAX_ROW_TIMEOUT = 86_400.0  # a day; poll overflows at some weeks


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How an engine is to work.

    Parameters
    ----------
    workers
        How many chunks are worked at, at a time; by default as many as make sense.
    device
        Where a model that is given by its name or folder runs.
    row_timeout
        The seconds that one row may take. Engines that score in other processes reject one that
        takes longer.
    address
        The Ray cluster to work on; by default one of this computer alone is started.
    precision
        How exactly a model that is given by its name or folder multiplies.
    add
        The columns to add to the predictions, besides those that the model declares.

    Raises
    ------
    ConfigError
        If *workers* is below 1, or *row_timeout* is not above 0 and at most a day.
    """

    workers: int | None = None
    device: str = "auto"
    row_timeout: float = 60.0
    address: str | None = None
    precision: str = "fp32"
    add: tuple[Annotation, ...] = ()

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise ConfigError(
                f"expected at least 1 worker but got {self.workers}; fix: give none, for as many "
                "as make sense"
            )
        if not 0 < self.row_timeout <= MAX_ROW_TIMEOUT:
            raise ConfigError(
                f"expected a row timeout above 0 and up to {MAX_ROW_TIMEOUT:g} s but got "
                f"{self.row_timeout:g} s; fix: a minute is plenty for any molecule"
            )

    @property
    def n_workers(self) -> int:
        """How many workers an engine has that may have several."""
        return self.workers or min(usable_cores(), MAX_WORKERS)


class Engine(ABC):
    """Scores chunks, wherever its work is done.

    On processors, all engines score a chunk on one thread, so that they give the same bytes.

    Every engine rejects a row for which Python raises an exception. A row that crashes or hangs is
    rejected only by those that score in other processes; in this one, it ends or halts the run.

    Parameters
    ----------
    model
        A model's name or folder, or a model in memory.
    options
        How it is to work.

    Raises
    ------
    ConfigError
        If the engine cannot work with this model or these options.
    UnknownName, BundleError
        If there is no such model or column to add, or its files are not as they were saved.
    """

    options: EngineOptions

    @abstractmethod
    def __init__(self, model: str | Path | Predictor, options: EngineOptions) -> None: ...

    @property
    @abstractmethod
    def tasks(self) -> Tasks:
        """What the model predicts."""

    @property
    @abstractmethod
    def added(self) -> tuple[OutputColumn, ...]:
        """The columns that annotators add to the predictions."""

    def isolate(self, ask: Callable[[list[str], float], Predictions]) -> Isolation:
        """Return what keeps the rows that fail apart when *ask* scores a chunk."""

        def blank(smiles: str, why: Rejected) -> Predictions:
            from molgnn.predictor.predictions import Predictions

            return Predictions.blank([smiles], self.tasks, self.added, why)

        return Isolation(ask, blank, self.options.row_timeout)

    @abstractmethod
    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores, in order, holding a bounded number at a time.

        A row that cannot be scored is rejected with the reason. Closing the generator ends what is
        still at work.

        Raises
        ------
        MolgnnError
            If workers cannot start, or nothing can be scored at all, or not any more.
        """


def score_in_order(
    executor: Executor,
    n_threads: int,
    chunks: Iterable[Chunk],
    score: Callable[[list[str]], Predictions],
) -> Generator[ScoredChunk]:
    """Yield the chunks in order, each scored by a thread of *executor*, holding a few at a time."""
    for chunk, predictions in map_in_order(
        executor, n_threads, lambda chunk: score(chunk.smiles), chunks
    ):
        yield ScoredChunk(chunk.rows, predictions)
