"""One chunk after the other, in this process."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError
from molgnn.processes.failures import Failure, run_task
from molgnn.screening.chunks import Chunk, ScoredChunk
from molgnn.screening.engines.base import Engine, EngineOptions
from molgnn.screening.engines.models import load_predictor

if TYPE_CHECKING:
    from molgnn.predictor.predictions import Predictions
    from molgnn.predictor.predictor import Predictor
    from molgnn.predictor.schema import OutputColumn
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
            model = model.with_added(options.add) if options.add else model
        self._predictor = model
        self.options = options

    @property
    def tasks(self) -> Tasks:
        """What the model predicts."""
        return self._predictor.tasks

    @property
    def added(self) -> tuple[OutputColumn, ...]:
        """The columns that annotators add."""
        return tuple(self._predictor.columns[len(self.tasks) :])

    def run(self, chunks: Iterable[Chunk]) -> Generator[ScoredChunk]:
        """Yield every chunk with its scores, each scored when it is asked for."""
        isolation = self.isolate(self._ask)
        for chunk in chunks:
            yield ScoredChunk(chunk.rows, isolation.score(chunk.smiles))

    def _ask(self, smiles: list[str], _seconds: float) -> Predictions:
        """Score on one thread, however long it takes, and give torch back those it had."""
        from molgnn.nn.threads import using_threads

        with using_threads(1):
            result: Predictions | Failure = run_task(self._predictor.predict, smiles)
        if isinstance(result, Failure):
            raise result
        return result


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
