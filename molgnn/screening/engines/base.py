"""What an engine is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.screening.chunks import Chunk, ScoredChunk

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor
    from molgnn.tasks import Tasks


class Engine(ABC):
    """Scores chunks, wherever its work is done.

    Parameters
    ----------
    model
        A model's name or folder, or a model in memory.
    workers
        How many chunks are scored at a time.
    device
        Where a model that is given by its name or folder runs.

    Raises
    ------
    ConfigError
        If the engine cannot work with this model or this many workers.
    UnknownName, BundleError
        If there is no such model, or its files are not as they were saved.
    """

    @abstractmethod
    def __init__(self, model: str | Path | Predictor, workers: int, device: str) -> None: ...

    @property
    @abstractmethod
    def tasks(self) -> Tasks:
        """What the model predicts."""

    @abstractmethod
    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores, in order, holding a bounded number at a time.

        Closing the generator ends what is still at work.
        """
