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
    """Scores in this process, which ends with a row that crashes and waits for one that hangs.

    A model in memory is used as it is, with its own device and precision.
    """

    def __init__(self, model: str | Path | Predictor, options: EngineOptions) -> None:
        if options.workers not in (None, 1):
            raise ConfigError(
                f"expected 1 worker with the serial engine but got {options.workers}; fix: choose "
                "the engine processes"
            )
        if isinstance(model, str | Path):
            model = load_predictor(model, options)
        else:
            _check_is_as_asked(model, options)
        self._predictor = model
        self._row_timeout = options.row_timeout

    @property
    def tasks(self) -> Tasks:
        """What the model predicts."""
        return self._predictor.tasks

    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores, each scored when it is asked for."""
        isolation = Isolation(self._ask, len(self.tasks), self._row_timeout)
        for chunk in chunks:
            yield ScoredChunk(chunk.rows, isolation.score(chunk.smiles))

    def _ask(self, smiles: list[str], _seconds: float) -> Scores:
        """Score on one thread, however long it takes, and give torch back those it had."""
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


def _check_is_as_asked(model: Predictor, options: EngineOptions) -> None:
    """Refuse what a model in memory could only ignore."""
    if options.precision != "fp32" and options.precision != model.precision:
        raise ConfigError(
            f"expected the precision of the model in memory, {model.precision!r}, but got "
            f"{options.precision!r}; fix: load it with that precision, or give its name or folder"
        )
    if options.device != "auto" and options.device not in (str(model.device), model.device.type):
        raise ConfigError(
            f"expected the device of the model in memory, '{model.device}', but got "
            f"{options.device!r}; fix: load it onto that device, or give its name or folder"
        )
