"""What engines load."""

from __future__ import annotations

from collections.abc import Callable
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

    return load(model, device=options.device)


def load_scoring(folder: Path, options: EngineOptions) -> Callable[[list[str]], Scores]:
    """Load a model into a process that is there for it alone; return what scores SMILES."""
    import torch

    torch.set_num_threads(1)
    return partial(score, load_predictor(folder, options))
