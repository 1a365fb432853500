"""Chunks shared out among worker processes, each with a model and one thread.

Processes rather than threads, since featurizing holds Python's lock. A worker loads the model once;
no task carries weights.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.processes.pool import Pool
from molgnn.processes.worker import Load, WorkerProcess
from molgnn.screening.chunks import Chunk, ScoredChunk
from molgnn.screening.engines.base import Engine, EngineOptions, score_in_order
from molgnn.screening.engines.models import find_model, load_scoring

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor
    from molgnn.predictor.schema import OutputColumn
    from molgnn.tasks import Tasks


class ProcessEngine(Engine):
    """Scores in as many processes as there are workers; this one never loads torch."""

    def __init__(self, model: str | Path | Predictor, options: EngineOptions) -> None:
        self._model = find_model(model, options)
        self._load: Load = partial(load_scoring, self._model, options)
        self.options = options

    @property
    def tasks(self) -> Tasks:
        """What the model predicts."""
        return self._model.tasks

    @property
    def added(self) -> tuple[OutputColumn, ...]:
        """The columns that annotators add."""
        return self._model.added

    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores, in order."""
        n = self.options.n_workers
        workers = [WorkerProcess(self._load) for _ in range(n)]
        with ThreadPoolExecutor(n) as executor, Pool(workers) as pool:
            yield from score_in_order(executor, n, chunks, self.isolate(pool.ask).score)
