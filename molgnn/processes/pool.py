"""Workers that many threads ask, each of them one at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Executor, Future
from queue import LifoQueue
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from molgnn.errors import MolgnnError
from molgnn.processes.failures import Raised

Item = TypeVar("Item")
Result = TypeVar("Result")

ITEMS_PER_THREAD = 3  # one at work, one waiting for it, one done and waiting for its turn


class WorkerLost(MolgnnError):
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
        WorkerLost
            If it cannot start any more but others may.
        MolgnnError
            If it cannot start, and neither can others.
        CancelledError
            If it is closed meanwhile.
        """

    def end(self) -> None:
        """End it while it is idle; it starts afresh when it is asked again."""

    def close(self) -> None:
        """End it at once and for good, whatever it is at."""


class Pool:
    """Gives each task to a worker that is idle, by preference one that was at work just now.

    What a worker raises is believed if it had a result for the task before. If not, it may be unfit
    for any, as after a failure of its GPU, and a fresh one is given the same task.

    Leaving its block ends the workers.
    """

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers
        self._n_left = len(workers)
        self._lock = threading.Lock()
        self._suspects: set[Worker] = set()
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
                return self._ask(worker, task, seconds)
            except WorkerLost:
                is_left_out = self._leave_out_one()
                if not is_left_out:
                    raise
            finally:
                if not is_left_out:
                    self._idle.put(worker)

    def _ask(self, worker: Worker, task: Any, seconds: float) -> Any:
        is_suspect = worker in self._suspects
        self._suspects.add(worker)
        try:
            result = worker.ask(task, seconds)
        except Raised:
            if not is_suspect:
                raise
            worker.end()
            result = worker.ask(task, seconds)
        self._suspects.remove(worker)
        return result

    def _leave_out_one(self) -> bool:
        """Count one worker less unless it is the last, from whom all threads learn of the end."""
        with self._lock:
            if self._n_left == 1:
                return False
            self._n_left -= 1
            return True


def map_in_order(
    executor: Executor, n_threads: int, work: Callable[[Item], Result], items: Iterable[Item]
) -> Generator[tuple[Item, Result]]:
    """Yield each item with its result, in order, holding a few at a time.

    Parameters
    ----------
    executor
        Whose threads do the work.
    n_threads
        How many it has.
    work
        From an item to its result.
    items
        Taken as they are needed.
    """
    pending: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            pending.append((item, executor.submit(work, item)))
            if len(pending) == ITEMS_PER_THREAD * n_threads:
                first, future = pending.popleft()
                yield first, future.result()
        while pending:
            first, future = pending.popleft()
            yield first, future.result()
    finally:
        for _, future in pending:
            future.cancel()
