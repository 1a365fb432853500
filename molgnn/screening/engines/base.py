"""What an engine is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError
from molgnn.screening.chunks import Chunk, ScoredChunk

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor
    from molgnn.tasks import Tasks


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How an engine is to work.

    Parameters
    ----------
    workers
        How many chunks are worked at, at a time.
    device
        Where a model that is given by its name or folder runs.
    row_timeout
        The seconds that one row may take; one that takes longer is rejected.
    address
        The Ray cluster to work on; one of this computer alone is started where there is none.
    precision
        How exactly a model that is given by its name or folder multiplies.

    Raises
    ------
    ConfigError
        If *workers* is below 1, or *row_timeout* not above 0.
    """

    workers: int = 1
    device: str = "auto"
    row_timeout: float = 60.0
    address: str | None = None
    precision: str = "fp32"

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ConfigError(f"expected workers of at least 1 but got {self.workers}")
        if not self.row_timeout > 0:
            raise ConfigError(f"expected a row timeout above 0 s but got {self.row_timeout:g} s")


class Engine(ABC):
    """Scores chunks, wherever its work is done.

    All engines score a chunk on one thread each, so that they give the same bytes.

    Parameters
    ----------
    model
        A model's name or folder, or a model in memory.
    options
        How it is to work.

    Raises
    ------
    ConfigError
        If the engine cannot work with this model or these options.
    UnknownName, BundleError
        If there is no such model, or its files are not as they were saved.
    """

    @abstractmethod
    def __init__(self, model: str | Path | Predictor, options: EngineOptions) -> None: ...

    @property
    @abstractmethod
    def tasks(self) -> Tasks:
        """What the model predicts."""

    @abstractmethod
    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores, in order, holding a bounded number at a time.

        A row that cannot be scored is rejected with the reason. Closing the generator ends what is
        still at work.

        Raises
        ------
        MolgnnError
            If workers cannot start, or nothing can be scored at all.
        """
