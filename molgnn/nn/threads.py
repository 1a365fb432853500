"""How many threads PyTorch and DGL compute with on a CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def using_threads(n: int) -> Iterator[None]:
    """Let PyTorch and DGL compute on so many threads in the block, and then on as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(n)  # DGL shares PyTorch's OpenMP
    try:
        yield
    finally:
        torch.set_num_threads(before)
