"""One chunk after the other, in this process."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError
from molgnn.screening.chunks import Chunk, ScoredChunk, Scores, score
from molgnn.screening.engines.base import Engine, EngineOptions
from molgnn.screening.engines.isolation import Failure, Isolation, answer
from molgnn.screening.engines.models import load_predictor

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor
    from molgnn.tasks import Tasks


class SerialEngine(Engine):
    """Scores in this process, which a fault in C++ ends, and which waits for a row that hangs."""

    def __init__(self, model: str | Path | Predictor, options: EngineOptions) -> None:
        if options.workers != 1:
            raise ConfigError(f"expected 1 worker with the serial engine but got {options.workers}")
        if isinstance(model, str | Path):
            model = load_predictor(model, options)
        self._predictor = model
        self._row_timeout = options.row_timeout

    @property
    def tasks(self) -> Tasks:
        """What the model predicts."""
        return self._predictor.tasks

    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores."""
        isolation = Isolation(self._ask, len(self.tasks), self._row_timeout)
        for chunk in chunks:
            yield ScoredChunk(chunk.rows, isolation.score(chunk.smiles))

    def _ask(self, smiles: list[str], _: float) -> Scores:
        """Score on one thread, and give torch back those it had."""
        import torch

        n_threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            result: Scores | Failure = answer(self._score, smiles)
        finally:
            torch.set_num_threads(n_threads)
        if isinstance(result, Failure):
            raise result
        return result

    def _score(self, smiles: list[str]) -> Scores:
        return score(self._predictor, smiles)
