"""Workers that are asked from many threads, one of which each is asked by at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Executor, Future
from queue import LifoQueue
from types import TracebackType
from typing import Any, Protocol, Self

from molgnn.errors import MolgnnError
from molgnn.screening.chunks import Chunk, ScoredChunk, Scores

CHUNKS_PER_THREAD = 3  # one at work, one waiting for it, one done and waiting for its turn


class Gone(MolgnnError):
    """A worker that cannot be started again, as its machine is lost."""


class Worker(Protocol):
    """Works at one task at a time, somewhere else."""

    def ask(self, task: Any, seconds: float) -> Any:
        """Return the result of *task*.

        It starts by itself, at first and after a failure.

        Raises
        ------
        Failure
            If there is none, or none after *seconds*.
        Gone
            If it cannot start any more but others may.
        MolgnnError
            If it cannot start, and neither can others.
        CancelledError
            If it is closed meanwhile.
        """

    def close(self) -> None:
        """End it at once, whatever it is at."""


class Pool:
    """Gives each task to a worker that is idle, by preference one that was at work just now.

    Leaving its block ends the workers.
    """

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers
        self._n_left = len(workers)
        self._lock = threading.Lock()
        self._idle: LifoQueue[Worker] = LifoQueue()
        for worker in workers:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.close()

    def ask(self, task: Any, seconds: float) -> Any:
        """Return the result of *task*, waiting for a worker first; raises what `Worker.ask` does.

        A worker that is gone is left out, and its task given to another as long as there is one.
        """
        while True:
            worker = self._idle.get()
            is_left_out = False
            try:
                return worker.ask(task, seconds)
            except Gone:
                is_left_out = self._leave_out_one()
                if not is_left_out:
                    raise
            finally:
                if not is_left_out:
                    self._idle.put(worker)

    def _leave_out_one(self) -> bool:
        """Count one worker less unless it is the last, from whom all threads learn of the end."""
        with self._lock:
            if self._n_left == 1:
                return False
            self._n_left -= 1
            return True


def score_in_order(
    executor: Executor,
    n_threads: int,
    chunks: Iterable[Chunk],
    score: Callable[[list[str]], Scores],
) -> Generator[ScoredChunk]:
    """Yield the chunks in order, each scored by a thread of *executor*, holding a few at a time."""
    pending: deque[tuple[Chunk, Future[Scores]]] = deque()
    try:
        for chunk in chunks:
            pending.append((chunk, executor.submit(score, chunk.smiles)))
            if len(pending) == CHUNKS_PER_THREAD * n_threads:
                yield _finished(*pending.popleft())
        while pending:
            yield _finished(*pending.popleft())
    finally:
        for _, scores in pending:
            scores.cancel()


def _finished(chunk: Chunk, scores: Future[Scores]) -> ScoredChunk:
    return ScoredChunk(chunk.rows, scores.result())
