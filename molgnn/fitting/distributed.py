"""Distributed training (DDP): processes started here, or by torchrun on several machines.

Every process holds the whole table and takes its share of each batch. Lightning's DDP averages the
gradients, so that what is learned does not depend on the number of processes, dropout and batch
statistics apart.
"""

from __future__ import annotations

import os
import pickle
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.multiprocessing.spawn import spawn

from molgnn.errors import ConfigError

STARTED_HERE = "started by molgnn"
MAX_SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class Processes:
    """Which processes share the training.

    Parameters
    ----------
    n
        How many processes share the work, one per GPU where there are GPUs.

    Raises
    ------
    ConfigError
        If there are fewer GPUs, or torchrun has started another number of processes already.
    """

    n: int = 1

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ConfigError(f"expected at least one device but got {self.n}")
        n_gpus = torch.cuda.device_count()
        if torch.cuda.is_available() and self.n > n_gpus:
            raise ConfigError(f"expected at most {n_gpus} devices, all GPUs here, but got {self.n}")
        if under_torchrun() and self.n not in (1, _number("LOCAL_WORLD_SIZE")):
            raise ConfigError(
                f"expected devices=… or torchrun but got both, {self.n} devices and "
                f"{_number('LOCAL_WORLD_SIZE')} processes; fix: leave devices=… out"
            )

    @property
    def is_first(self) -> bool:
        """Whether this process writes the run folder."""
        return not under_torchrun() or _number("RANK") == 0

    def run(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call a function in as many processes as there are to be, and wait for them.

        Raises
        ------
        Exception
            What the function raises here; a `torch.multiprocessing.ProcessRaisedException` for
            what it raises in another process. The others are then ended.
        """
        if self.n == 1 or under_torchrun():
            function(*arguments)
            return
        # Torch's own pickling would have all processes share, and change, the same weights.
        call = pickle.dumps((function, arguments))
        told = (self.n, _free_port(), call)
        started = spawn(_run_as, told, self.n, join=False)  # type: ignore[no-untyped-call]
        try:
            while not started.join():
                pass
        except BaseException:
            _end(started.processes)
            raise


def under_torchrun() -> bool:
    """Say whether this process is one of several, started by torchrun or by `Processes.run`."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def trainer_settings() -> dict[str, Any]:
    """Return the arguments of Lightning's trainer that say where it runs."""
    accelerator = "gpu" if torch.cuda.is_available() else "cpu"
    if not under_torchrun():
        return {"accelerator": accelerator, "devices": 1}
    n_here = _number("LOCAL_WORLD_SIZE")
    n_machines = _number("WORLD_SIZE") // n_here
    return {
        "accelerator": accelerator,
        "devices": n_here,
        "num_nodes": n_machines,
        "strategy": "ddp",
    }


def _run_as(rank: int, n: int, port: int, call: bytes) -> None:
    """Be one of the processes that torchrun would have started."""
    os.environ |= {
        "TORCHELASTIC_RUN_ID": STARTED_HERE,
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(n),
        "LOCAL_WORLD_SIZE": str(n),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    torch.set_num_threads(max(1, torch.get_num_threads() // n))
    function, arguments = pickle.loads(call)
    function(*arguments)
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


def _end(processes: list[Any]) -> None:
    """End processes, by force where they wait for one another."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(MAX_SECONDS_TO_END)
        if process.is_alive():
            process.kill()
            process.join()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _number(name: str) -> int:
    return int(os.environ[name])
