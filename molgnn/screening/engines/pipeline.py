"""Processes that featurize, feeding one process per device that runs the networks.

A network on a GPU waits for featurizing, which is done on processors: many of these feed one GPU.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.processes.pool import Pool
from molgnn.processes.worker import WorkerProcess
from molgnn.screening.chunks import Chunk, ScoredChunk
from molgnn.screening.engines.base import Engine, EngineOptions, score_in_order
from molgnn.screening.engines.models import ModelFiles, dedicate_process, find_model

if TYPE_CHECKING:
    from molgnn.predictor.predictions import Predictions
    from molgnn.predictor.predictor import Predictor
    from molgnn.predictor.schema import OutputColumn
    from molgnn.tasks import Tasks

CHUNKS_PER_DEVICE = 2  # one in the device's process, one ready for it


class PipelineEngine(Engine):
    """Featurizes in as many processes as there are workers, for every device that is there.

    With the device ``"cuda"``, or ``"auto"`` where torch sees a GPU, all GPUs are taken; any other
    name is that of a single device.
    """

    def __init__(self, model: str | Path | Predictor, options: EngineOptions) -> None:
        self._model = find_model(model, options)
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
        """Yield every chunk with its scores, in order."""
        preparers = [
            WorkerProcess(partial(load_preparing, self._model))
            for _ in range(self.options.n_workers)
        ]
        appliers = [
            WorkerProcess(partial(load_applying, self._model, replace(self.options, device=name)))
            for name in devices(self.options.device)
        ]
        n_threads = len(preparers) + CHUNKS_PER_DEVICE * len(appliers)
        with (
            ThreadPoolExecutor(n_threads) as executor,
            Pool(preparers) as preparing,
            Pool(appliers) as applying,
        ):

            def ask(smiles: list[str], seconds: float) -> Predictions:
                prepared = preparing.ask(smiles, seconds)
                predictions: Predictions = applying.ask((smiles, prepared), seconds)
                return predictions

            yield from score_in_order(executor, n_threads, chunks, self.isolate(ask).score)


def devices(name: str) -> list[str]:
    """Return the names of the devices that a user means by *name*."""
    if name not in ("auto", "cuda"):
        return [name]
    import torch

    return [f"cuda:{number}" for number in range(torch.cuda.device_count())] or [name]


def load_preparing(model: ModelFiles) -> Callable[[list[str]], bytes]:
    """Return what turns SMILES into molecules, pickled for a process that runs the networks.

    Raises
    ------
    BundleError
        If the model was changed since it was found.
    """
    from molgnn.chem.standardize import Standardizer
    from molgnn.graph.featurizer import Featurizer
    from molgnn.graph.presets.column import Preset
    from molgnn.predictor.description import read_feature_sets
    from molgnn.predictor.prepare import prepare_molecules

    description = model.read_description()
    standardizer = Standardizer.from_json(description["standardizer"])
    featurizer = Featurizer(
        Preset.from_json(description["preset"]), features=read_feature_sets(description)
    )

    def prepare(smiles: list[str]) -> bytes:
        return pickle.dumps(prepare_molecules(smiles, standardizer, featurizer))

    return prepare


def load_applying(
    model: ModelFiles, options: EngineOptions
) -> Callable[[tuple[list[str], bytes]], Predictions]:
    """Return what scores SMILES together with the molecules that another process made of them.

    Raises
    ------
    BundleError
        If the model was changed since it was found.
    """
    dedicate_process()
    predictor = model.load(options)

    def apply(task: tuple[list[str], bytes]) -> Predictions:
        smiles, prepared = task
        return predictor.predict_prepared(pickle.loads(prepared), smiles)

    return apply
