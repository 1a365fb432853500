"""Chunks shared out over the computers of a Ray cluster.

Actors hold the model, one processor each. They need share no disk with this process: the model's
files go into Ray's object store, once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from molgnn.distribution import install_extra
from molgnn.errors import ConfigError, MissingDependency
from molgnn.processes.pool import Pool
from molgnn.screening.chunks import Chunk, ScoredChunk
from molgnn.screening.engines.actor import RayWorker, load_from_files, resources_of_one
from molgnn.screening.engines.base import Engine, EngineOptions, score_in_order
from molgnn.screening.engines.models import find_model

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor
    from molgnn.predictor.schema import OutputColumn
    from molgnn.tasks import Tasks

OBJECT_STORE_BYTES = 256 * 2**20  # it holds the model; chunks are small enough to go without
SECONDS_TO_ANSWER = 10.0


class RayEngine(Engine):
    """Scores on the cluster at the address given, or on one of this computer for the time being.

    Where Ray is connected to a cluster already, it works on that.

    Raises
    ------
    MissingDependency
        If Ray is not installed.
    """

    def __init__(self, model: str | Path | Predictor, options: EngineOptions) -> None:
        try:
            import ray  # noqa: F401
        except ImportError as error:
            raise MissingDependency(
                "expected Ray for the engine 'ray' but got no such package; "
                f"fix: {install_extra('ray')}"
            ) from error
        from molgnn.predictor.description import DESCRIPTION, WEIGHTS

        self._model = find_model(model, options)
        self._files = {
            name: (self._model.folder / name).read_bytes() for name in (DESCRIPTION, WEIGHTS)
        }
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
        """Yield every chunk with its scores, in order.

        Raises
        ------
        ConfigError
            If there is no cluster at the address, or it has no processor.
        """
        import ray

        with connected(self.options):
            n = _n_workers(self.options)
            files = ray.put(self._files)
            load = partial(load_from_files, self._model)
            workers = [RayWorker(load, files, self.options) for _ in range(n)]
            with ThreadPoolExecutor(n) as executor, Pool(workers) as pool:
                yield from score_in_order(executor, n, chunks, self.isolate(pool.ask).score)


@contextmanager
def connected(options: EngineOptions) -> Iterator[None]:
    """Connect to the cluster, or start one; what was not there before is ended with the block."""
    import ray

    if ray.is_initialized():
        yield
        return
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    if options.address is None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a screening is nobody's business
        ray.init(
            address="local",
            num_cpus=options.n_workers,
            object_store_memory=OBJECT_STORE_BYTES,
            include_dashboard=False,
            **quiet,
        )
    else:
        try:
            _check_reachable(options.address)
            ray.init(address=options.address, **quiet)
        except (OSError, ValueError, RuntimeError) as error:
            raise ConfigError(
                f"expected a Ray cluster at {options.address!r} but could not connect: {error}; "
                "fix: give the address that `ray start --head` showed, or none to work on this "
                "computer"
            ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Raise `OSError` if nobody answers at once, where Ray would try again for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if port.isdigit():
        socket.create_connection((host, int(port)), SECONDS_TO_ANSWER).close()


def _n_workers(options: EngineOptions) -> int:
    import ray

    there, needs = ray.cluster_resources(), resources_of_one(options)
    n = min(options.n_workers, *(int(there.get(name, 0)) for name in needs))
    if n == 0:
        raise ConfigError(
            f"expected a Ray cluster with {' and '.join(needs)} but it has {', '.join(there)}; "
            "fix: choose another device, or another cluster"
        )
    return n
