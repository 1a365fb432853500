"""One chunk after the other, in this process, with all the threads that torch takes."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError
from molgnn.screening.chunks import Chunk, ScoredChunk, score
from molgnn.screening.engines.base import Engine

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor
    from molgnn.tasks import Tasks


class SerialEngine(Engine):
    """Scores in this process."""

    def __init__(
        self, model: str | Path | Predictor, workers: int = 1, device: str = "auto"
    ) -> None:
        from molgnn.zoo import load

        if workers != 1:
            raise ConfigError(f"expected 1 worker with the serial engine but got {workers}")
        if isinstance(model, str | Path):
            model = load(model, device=device)
        self._predictor = model

    @property
    def tasks(self) -> Tasks:
        """What the model predicts."""
        return self._predictor.tasks

    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores."""
        for chunk in chunks:
            yield ScoredChunk(chunk.rows, score(self._predictor, chunk.smiles))
