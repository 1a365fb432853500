"""A process that works for this one takes one thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial

import pytest
import torch

from molgnn.processes.worker import WorkerProcess


def load_counting_threads(_: torch.dtype) -> Callable[[object], int]:
    return lambda _: torch.get_num_threads()


def test_a_worker_has_one_thread_even_if_what_it_is_started_with_loads_torch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with closing(WorkerProcess(partial(load_counting_threads, torch.float32))) as worker:
        assert worker.ask("how many?", None) == 1
