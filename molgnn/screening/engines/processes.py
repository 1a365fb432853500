"""Chunks shared out among worker processes, each with a copy of the model and one thread.

Processes rather than threads, since featurizing holds Python's lock. They are spawned, not forked:
the OpenMP threads of a parent that has computed already do not survive a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError, MolgnnError
from molgnn.screening.chunks import Chunk, ScoredChunk, Scores, score
from molgnn.screening.engines.base import Engine
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor

MOST_ON_WINDOWS = 61  # it waits for no more processes at once
CHUNKS_PER_WORKER = 3  # one at work, one waiting for it, one done and waiting for its turn
THREAD_LIMITS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class ProcessEngine(Engine):
    """Scores in as many processes as there are workers; this one never loads torch."""

    def __init__(self, model: str | Path | Predictor, workers: int, device: str = "auto") -> None:
        from molgnn.predictor.seal import read_description, read_weights
        from molgnn.zoo.store import resolve

        if not isinstance(model, str | Path):
            raise ConfigError(
                "expected a model's name or folder, for the workers to load, but got a model in "
                "memory; fix: give its name or folder, or screen with 1 worker"
            )
        self._folder, self._device = resolve(model), device
        self._workers = min(workers, MOST_ON_WINDOWS) if sys.platform == "win32" else workers
        description = read_description(self._folder)
        read_weights(self._folder, description)
        self._tasks = Tasks.from_json(description["tasks"])

    @property
    def tasks(self) -> Tasks:
        """What the model predicts."""
        return self._tasks

    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores, in order.

        Raises
        ------
        MolgnnError
            If a worker process dies, as it does when memory runs out.
        """
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self._workers, context, initializer=_prepare_worker)
        pending: deque[tuple[Chunk, Future[Scores]]] = deque()
        try:
            for chunk in chunks:
                scores = pool.submit(_score, self._folder, self._device, chunk.smiles)
                pending.append((chunk, scores))
                if len(pending) == CHUNKS_PER_WORKER * self._workers:
                    yield _finished(*pending.popleft())
            while pending:
                yield _finished(*pending.popleft())
        except BrokenProcessPool as error:
            raise MolgnnError(
                "a worker process died, perhaps for want of memory; fix: take fewer workers; in a "
                "script, call screen under `if __name__ == '__main__':`"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _finished(chunk: Chunk, scores: Future[Scores]) -> ScoredChunk:
    return ScoredChunk(chunk.rows, scores.result())


def _prepare_worker() -> None:
    """Set a new process up, before anything in it imports torch."""
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the parent's death, of which the queue of chunks tells nothing, and follow it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _score(folder: Path, device: str, smiles: list[str]) -> Scores:
    return score(_model(folder, device), smiles)


@cache
def _model(folder: Path, device: str) -> Predictor:
    """Load the model on a worker's first chunk, where an error travels back to the parent."""
    import torch

    from molgnn.zoo import load

    torch.set_num_threads(1)
    return load(folder, device=device)
