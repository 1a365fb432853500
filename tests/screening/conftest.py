"""Models that need no network, for what screening does around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from molgnn.chem.records import Rejected, Row, Stage
from molgnn.predictor.columns import numpy_type
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.schema import OutputColumn, OutputColumns, Role
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.table import OutputTable
from molgnn.tasks import Task, Tasks


class LengthModel:
    """Predicts the length of a SMILES, and rejects those without a C."""

    tasks = Tasks([Task("length"), Task("half")])
    columns = OutputColumns(map(OutputColumn.of_task, tasks))

    def predict(self, smiles: Sequence[str]) -> Predictions:
        values = np.array([[len(text), len(text) / 2] for text in smiles], dtype=np.float32)
        rejected = {
            i: Rejected(i, text, Stage.PARSE, "no carbon: no C in it" if text else "blank: it is")
            for i, text in enumerate(smiles)
            if "C" not in text
        }
        values[list(rejected)] = np.nan
        return Predictions(tuple(smiles), self.tasks, values, rejected)


@pytest.fixture
def length_model() -> LengthModel:
    return LengthModel()


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return faults.py, from a place where worker processes find it, too."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return import_module("faults")


def make_table(
    columns: Sequence[str],
    tasks: Sequence[str],
    added: Sequence[OutputColumn] = (),
    *,
    id_index: int | None = None,
    types: Mapping[str, str] | None = None,
) -> OutputTable:
    """Return the columns of an output; those of the library are text unless *types* says more."""
    library = [
        OutputColumn(name, Role.INPUT, dtype=(types or {}).get(name, "text")) for name in columns
    ]
    return OutputTable(tuple(library), Tasks([*map(Task, tasks)]), tuple(added), id_index)


def make_scored_chunk(
    rows: Sequence[tuple[str, ...]],
    values: Sequence[Sequence[float]],
    reasons: Mapping[int, str] | None = None,
    *,
    smiles_index: int = 0,
    first: int = 0,
    added: Mapping[OutputColumn, Sequence[object]] | None = None,
) -> ScoredChunk:
    """Return these cells and scores as rows from number *first* on; a reason rejects its row."""
    reasons = reasons or {}
    scores = np.array(values, dtype=np.float32).reshape(len(rows), -1 if rows else 2)
    scores[list(reasons)] = np.nan
    smiles = tuple(fields[smiles_index] for fields in rows)
    predictions = Predictions(
        smiles=smiles,
        tasks=Tasks([Task(f"task {number}") for number in range(scores.shape[1])]),
        values=scores,
        rejected={i: Rejected(i, smiles[i], Stage.PARSE, why) for i, why in reasons.items()},
        added={
            column: np.array(cells, dtype=numpy_type(column))
            for column, cells in (added or {}).items()
        },
    )
    return ScoredChunk(
        tuple(
            Row(number, number + 2, text, fields)
            for number, (text, fields) in enumerate(zip(smiles, rows, strict=True), first)
        ),
        predictions,
    )


@pytest.fixture(scope="session")
def scored() -> Callable[..., ScoredChunk]:
    return make_scored_chunk


@pytest.fixture(scope="session")
def table_of() -> Callable[..., OutputTable]:
    return make_table


@pytest.fixture
def library_file(tmp_path: Path) -> Path:
    path = tmp_path / "library.csv"
    path.write_bytes(b"id,smiles\na,CCO\nb,\nc,O\nd\xff,CC\n")
    return path


@pytest.fixture
def long_library(tmp_path: Path, hostile_smi: Path) -> Path:
    """Return hostile lines over and over, enough for several parts of a few rows each.

    Without the one of thousands of atoms, which takes longer than all the others.
    """
    path = tmp_path / "long.smi"
    lines = hostile_smi.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([line for line in lines if len(line) < 1_000]) * 3)
    return path


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("molgnn.screening.job.PART_CHUNKS", 2)


Interrupted = Callable[[int], AbstractContextManager[pytest.ExceptionInfo[KeyboardInterrupt]]]


@pytest.fixture
def interrupted_after(monkeypatch: pytest.MonkeyPatch) -> Interrupted:
    """Return a block in which Ctrl-C is pressed when so many chunks are scored, and ends it."""
    from molgnn.screening.engines import serial

    @contextmanager
    def interrupted(n_chunks: int) -> Iterator[pytest.ExceptionInfo[KeyboardInterrupt]]:
        remaining = iter(range(n_chunks))

        def score_or_stop(*args: Any) -> Any:
            if next(remaining, None) is None:
                raise KeyboardInterrupt
            return score(*args)

        score = serial.run_task
        with monkeypatch.context() as patch:
            patch.setattr(serial, "run_task", score_or_stop)
            with pytest.raises(KeyboardInterrupt) as caught:
                yield caught

    return interrupted
