"""What a screening costs beyond its engine: reading, ordering, bookkeeping and writing.

``python benchmarks/overhead.py LIBRARY -m dmpnn.tox21 --workers 2`` prints JSON: the wall time of
`screen`, from file to file, and of the same engine given the same chunks from memory, its scores
thrown away. Both include starting the engine.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from molgnn.chem.reading import open_library
from molgnn.screening import screen
from molgnn.screening.chunks import Chunk, split_into_chunks
from molgnn.screening.engines import EngineOptions, make_engine

CHUNK_ROWS = 1024  # as many as screen takes


def time_both(
    library: Path, model: str, workers: int, repeats: int, folder: Path
) -> dict[str, list[float]]:
    """Return the seconds of each repeat, file to file (``screen``) and in memory (``engine``)."""
    with open_library(library) as rows:
        chunks = list(split_into_chunks(rows, CHUNK_ROWS))
    seconds: dict[str, list[float]] = {"screen": [], "engine": []}
    run_engine(chunks[:1], model, workers)  # what is loaded once is loaded before the first
    for repeat in range(repeats):
        output = folder / f"{repeat}.csv"
        seconds["screen"].append(
            _seconds_of(partial(screen, library, model, output=output, workers=workers))
        )
        seconds["engine"].append(_seconds_of(partial(run_engine, chunks, model, workers)))
    return seconds


def run_engine(chunks: list[Chunk], model: str, workers: int) -> None:
    """Score chunks and forget the scores."""
    engine = make_engine("auto", model, EngineOptions(workers))
    for _ in engine.run(chunks):
        pass


def _seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main(
    library: Path,
    model: Annotated[str, typer.Option("--model", "-m")] = "dmpnn.tox21",
    workers: int = 2,
    repeats: int = 3,
) -> None:
    """Time both and print the seconds as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(time_both(library, model, workers, repeats, Path(folder))))


if __name__ == "__main__":
    typer.run(main)
