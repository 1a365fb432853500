"""What engines load."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError
from molgnn.screening.chunks import Scores, score
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor
    from molgnn.screening.engines.base import EngineOptions


def find_model(model: str | Path | Predictor) -> tuple[Path, Tasks]:
    """Return the folder of a model for workers to load, and its tasks, without loading torch.

    Raises
    ------
    ConfigError
        If *model* is in memory.
    UnknownName, BundleError
        If there is no such model, or its files are not as they were saved.
    """
    from molgnn.predictor.seal import read_description, read_weights
    from molgnn.zoo.store import resolve

    if not isinstance(model, str | Path):
        raise ConfigError(
            "expected a model's name or folder, for the workers to load, but got a model in "
            "memory; fix: give its name or folder, or screen with 1 worker"
        )
    folder = resolve(model)
    description = read_description(folder)
    read_weights(folder, description)
    return folder, Tasks.from_json(description["tasks"])


def load_predictor(model: str | Path, options: EngineOptions) -> Predictor:
    """Load a model as the options say."""
    from molgnn.zoo import load

    return load(model, device=options.device, precision=options.precision)


def load_scoring(folder: Path, options: EngineOptions) -> Callable[[list[str]], Scores]:
    """Load a model into a process that is there for it alone; return what scores SMILES."""
    dedicate_process()
    return partial(score, load_predictor(folder, options))


def dedicate_process() -> None:
    """Set a process up that does nothing but run networks, chunk after chunk, on one thread.

    The GNU allocator would give every large tensor back to the system as soon as it is freed, and
    the next chunk would get its memory page by page, at half the cost of computing.
    """
    import torch

    torch.set_num_threads(1)
    with suppress(AttributeError, OSError, TypeError):  # another allocator, another system
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        mallopt(_M_TRIM_THRESHOLD, 512 << 20)
        mallopt(_M_TOP_PAD, 64 << 20)


_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3  # malloc.h
