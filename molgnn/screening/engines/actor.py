"""A Ray actor that works for this process, and is replaced when it dies or hangs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from molgnn.errors import MolgnnError
from molgnn.processes.failures import Failure, Stopped, TimedOut, in_one_line, run_task
from molgnn.processes.pool import WorkerLost
from molgnn.processes.worker import STARTS, THREAD_LIMITS, as_loading_error
from molgnn.screening.engines.base import EngineOptions
from molgnn.screening.engines.models import ModelFiles, load_scoring

if TYPE_CHECKING:
    from molgnn.predictor.predictions import Predictions

SECONDS_TO_LOAD = 300.0
SECONDS_TO_FIND_ROOM = 30.0

LoadFiles = Callable[[dict[str, bytes], EngineOptions], Callable[[Any], Any]]


class RayWorker:
    """A worker in a Ray actor, as `Worker` describes.

    Whether an actor died of a fault or with its computer cannot be told, so it counts as stopped.

    Parameters
    ----------
    load
        Called in the actor with *files* and *options*; it returns what turns a task into its
        result.
    files
        The model's files in the object store, by name.
    options
        How it is to work.
    """

    def __init__(self, load: LoadFiles, files: Any, options: EngineOptions) -> None:
        self._arguments = load, files, options
        self._needs = resources_of_one(options)
        self._actor: Any = None
        self._is_loaded = False
        self._is_closed = False

    def ask(self, task: Any, seconds: float) -> Any:
        """Return the result of *task*."""
        import ray

        if not self._is_loaded:
            self._start()
        try:
            result = ray.get(self._actor.work.remote(task), timeout=seconds)
        except ray.exceptions.GetTimeoutError:
            self.end()
            raise TimedOut(seconds) from None
        except ray.exceptions.RayError:
            self.end()
            raise Stopped("crash: its Ray actor died") from None
        if isinstance(result, Failure):
            raise result
        return result

    def end(self) -> None:
        """End the actor; another starts when it is asked again."""
        import ray

        self._is_loaded = False
        ray.kill(self._actor)
        if self._is_closed:
            raise CancelledError

    def close(self) -> None:
        """End the actor for good."""
        import ray

        self._is_closed = True
        if self._actor is not None:
            ray.kill(self._actor)

    def _start(self) -> None:
        import ray

        create = ray.remote(_Actor).options(num_cpus=1, num_gpus=self._needs.get("GPU", 0)).remote
        for _ in range(STARTS):
            self._await_room()
            self._actor = create()
            try:
                error = ray.get(self._actor.load.remote(*self._arguments), timeout=SECONDS_TO_LOAD)
            except ray.exceptions.GetTimeoutError:
                self.end()
                raise WorkerLost(
                    f"no Ray actor had loaded the model after {SECONDS_TO_LOAD:g} s; fix: see "
                    "`ray status` for what the cluster is short of"
                ) from None
            except ray.exceptions.RayActorError:
                self.end()
                continue
            except ray.exceptions.RayTaskError as error:
                raise MolgnnError(
                    f"a Ray actor could not load the model: {in_one_line(error.cause)}; fix: "
                    "install the same molgnn on every computer of the cluster"
                ) from error
            if error is not None:
                raise error
            self._is_loaded = True
            if self._is_closed:  # while this one was not there yet to be killed
                self.end()
            return
        raise WorkerLost(
            f"a Ray actor died {STARTS} times while it loaded the model, perhaps for want of "
            "memory; fix: take fewer workers, or see the logs of Ray"
        )

    def _await_room(self) -> None:
        """Wait until Ray knows of a processor that is free; that of a lost computer never is."""
        import ray

        deadline = time.monotonic() + SECONDS_TO_FIND_ROOM
        while True:
            if self._is_closed:
                raise CancelledError
            free = ray.available_resources()
            if all(free.get(name, 0) >= n for name, n in self._needs.items()):
                return
            if time.monotonic() > deadline:
                raise WorkerLost(
                    f"the Ray cluster has had no free {' and '.join(self._needs)} for "
                    f"{SECONDS_TO_FIND_ROOM:g} s; fix: take fewer workers, or wait until it is "
                    "less busy"
                )
            time.sleep(0.2)


class _Actor:
    """What runs on the cluster."""

    def load(self, load: LoadFiles, files: dict[str, bytes], options: EngineOptions) -> Any:
        os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
        try:
            self._work = load(files, options)
        except Exception as error:
            return as_loading_error(error)
        return None

    def work(self, task: Any) -> Any:
        return run_task(self._work, task)


def load_from_files(
    model: ModelFiles, files: dict[str, bytes], options: EngineOptions
) -> Callable[[list[str]], Predictions]:
    """Load a model whose files are at hand as bytes, as `load_scoring` does."""
    with TemporaryDirectory(prefix="molgnn-") as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        return load_scoring(model, options, place=Path(folder))


def resources_of_one(options: EngineOptions) -> dict[str, int]:
    """Return what Ray must set aside for a worker."""
    return {"CPU": 1, "GPU": 1} if options.device.startswith("cuda") else {"CPU": 1}
