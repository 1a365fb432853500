"""Find a model's files and load them in the process that scores."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from molgnn.errors import BundleError, ConfigError
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    from molgnn.predictor.predictions import Predictions
    from molgnn.predictor.predictor import Predictor
    from molgnn.predictor.schema import OutputColumn
    from molgnn.screening.engines.base import EngineOptions

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3  # malloc.h


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model for workers to load, now and again, which must stay the same meanwhile.

    Parameters
    ----------
    folder
        Where it is.
    sha256
        Of its description, in which that of the weights stands.
    tasks
        What it predicts.
    added
        The columns that annotators add to the predictions.
    """

    folder: Path
    sha256: str
    tasks: Tasks
    added: tuple[OutputColumn, ...]

    def read_description(self, place: Path | None = None) -> dict[str, Any]:
        """Return the contents of ``bundle.json``, in *place* if its files were copied there.

        Raises
        ------
        BundleError
            If it is that of another model by now, or not as it was saved.
        """
        from molgnn.predictor.description import read_model_description

        description = read_model_description(place or self.folder)
        if description["sha256"] != self.sha256:
            raise BundleError(
                f"the model in {self.folder} was changed during the run; fix: put the earlier one "
                "back and go on, or screen again with restart=…"
            )
        return description

    def load(self, options: EngineOptions, place: Path | None = None) -> Predictor:
        """Return the model, ready to predict; raises what `read_description` does."""
        predictor = load_predictor(place or self.folder, options)
        self.read_description(place)  # after loading, or it could be changed in between
        return predictor


def find_model(model: str | Path | Predictor, options: EngineOptions) -> ModelFiles:
    """Check every byte of a model that workers are to load, without loading torch.

    Raises
    ------
    ConfigError
        If *model* is in memory, or a column to add says nothing of such a model.
    UnknownName, BundleError
        If there is no such model or column, or its files are not as they were saved.
    """
    from molgnn.predictor.annotators import added_columns
    from molgnn.predictor.description import (
        read_annotators,
        read_model_description,
        read_weights,
    )
    from molgnn.zoo.store import resolve

    if not isinstance(model, str | Path):
        raise ConfigError(
            "expected a model's name or folder, for the workers to load, but got a model in "
            "memory; fix: give its name or folder, or screen with 1 worker"
        )
    folder = resolve(model)
    description = read_model_description(folder)
    read_weights(folder, description)
    tasks = Tasks.from_json(description["tasks"])
    added = added_columns(read_annotators(description, options.add))
    return ModelFiles(folder, description["sha256"], tasks, tuple(added))


def load_predictor(model: str | Path, options: EngineOptions) -> Predictor:
    """Load a model as the options say."""
    from molgnn.zoo import load

    return load(model, device=options.device, precision=options.precision, add=options.add)


def load_scoring(
    model: ModelFiles, options: EngineOptions, place: Path | None = None
) -> Callable[[list[str]], Predictions]:
    """Load a model into a process that is there for it alone; return what scores SMILES.

    Raises
    ------
    BundleError
        If the model was changed since it was found.
    """
    dedicate_process()
    return model.load(options, place).predict


def dedicate_process() -> None:
    """Set a process up that does nothing but run networks, chunk after chunk, on one thread.

    The GNU allocator gives every large tensor back to the system as soon as it is freed, unless it
    is told otherwise, and the next chunk gets its memory page by page again.
    """
    import torch

    torch.set_num_threads(1)
    with suppress(AttributeError, OSError, TypeError):  # another allocator, another system
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        mallopt(_M_TRIM_THRESHOLD, 512 << 20)
        mallopt(_M_TOP_PAD, 64 << 20)
