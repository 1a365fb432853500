"""A process that works for this one, and is replaced when it dies or hangs.

It is spawned, not forked: the OpenMP threads of a parent that has computed already do not survive
a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, nullcontext
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Any

from molgnn.errors import MolgnnError
from molgnn.processes.failures import (
    Crashed,
    Failure,
    Stopped,
    TimedOut,
    in_one_line,
    run_task,
)

Load = Callable[[], Callable[[Any], Any]]

THREAD_LIMITS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
FROM_OUTSIDE = {"SIGKILL", "SIGTERM", "SIGHUP"}  # no program sends these to itself
STARTS = 20  # in a row that are stopped from outside: loading takes seconds, and many kills
SECONDS_TO_EXIT = 5  # for a process that has closed its pipe already

# The list that multiprocessing keeps of its children is not made for threads.
_process_list = threading.Lock()


class WorkerProcess:
    """A worker in a process of its own, as `Worker` describes.

    Parameters
    ----------
    load
        Called in the process, at its start; it returns what turns a task into its result. It is
        pickled.
    imports_main
        Whether the process imports the script that is running, as Python has it by default: it
        must where *load*, or a task, is of something that the script defines. A script that does
        its work outside of ``if __name__ == "__main__":`` would run once more in there.
    """

    def __init__(self, load: Load, *, imports_main: bool = True) -> None:
        self._load, self._imports_main = load, imports_main
        self._process: Any = None
        self._pipe: Connection[Any, Any] | None = None
        self._is_closed = False

    def ask(self, task: Any, seconds: float | None) -> Any:
        """Return the result of *task*; None for *seconds* waits for as long as it takes."""
        pipe = self._pipe or self._start()
        try:
            pipe.send(task)
            if seconds is not None and not pipe.poll(seconds):
                self.end()
                raise TimedOut(seconds)
            result = pipe.recv()
        except (EOFError, OSError):
            raise self._why_it_died() from None
        if isinstance(result, Failure):
            raise result
        return result

    def end(self) -> None:
        """End the process, which starts afresh when it is asked again."""
        with _process_list:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._is_closed:
            raise CancelledError

    def close(self) -> None:
        """End the process for good."""
        self._is_closed = True
        with _process_list:
            if self._process is not None:
                self._process.kill()
                self._process.join()

    def _start(self) -> Connection[Any, Any]:
        """Start the process and wait until it has loaded."""
        for _ in range(STARTS):
            pipe = self._spawn()
            try:
                error = pipe.recv()
            except (EOFError, OSError):
                death = self._why_it_died()
                if isinstance(death, Crashed):
                    break
                continue
            if error is not None:
                self.end()
                raise error
            self._pipe = pipe
            return pipe
        raise MolgnnError(
            f"a worker process died while it started ({death.reason}), perhaps for want of memory; "
            "fix: take fewer workers; in a script, call molgnn under `if __name__ == '__main__':`"
        )

    def _spawn(self) -> Connection[Any, Any]:
        context = multiprocessing.get_context("spawn")
        with _process_list:
            if self._is_closed:
                raise CancelledError
            ours, theirs = context.Pipe()
            # In bytes: to unpickle it may import torch, whose threads are to be limited before.
            arguments = theirs, pickle.dumps(self._load)
            self._process = context.Process(target=serve, args=arguments, daemon=True)
            with nullcontext() if self._imports_main else _main_left_out():
                self._process.start()
        theirs.close()
        return ours

    def _why_it_died(self) -> Crashed | Stopped:
        """Return what the process died of."""
        wait([self._process.sentinel], SECONDS_TO_EXIT)
        self.end()
        code = self._process.exitcode
        if code >= 0:
            return Crashed(f"crash: its process ended with exit code {code}")
        name = signal.Signals(-code).name
        kind = Stopped if name in FROM_OUTSIDE else Crashed
        return kind(f"crash: its process was killed by signal {name}")


@contextmanager
def _main_left_out() -> Iterator[None]:
    """Have a process that starts meanwhile know nothing of the script that is running."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def serve(pipe: Connection[Any, Any], pickled_load: bytes) -> None:
    """Load, say so or why not, then answer every task that comes."""
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))  # before anything imports torch
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work = pickle.loads(pickled_load)()
    except Exception as error:
        pipe.send(as_loading_error(error))
        return
    pipe.send(None)
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(run_task(work, task))


def _end_with_parent() -> None:
    """Wait for the parent's death, which one at work does not see in its pipe, and follow it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def as_loading_error(error: Exception) -> MolgnnError:
    """Return what a user is to read of an error on loading."""
    if isinstance(error, MolgnnError):
        return error
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    return MolgnnError(
        f"a worker could not load the model: {in_one_line(error)} "
        f"({frame.f_code.co_filename}:{line}); fix: see whether `molgnn doctor` finds the cause"
    )
