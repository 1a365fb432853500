"""Time the steps of a screening: reading, clean-up, featurizing, the network's parts, writing.

``python benchmarks/speed/screening_steps.py --library pubchem.csv.gz``

The steps are called one after the other, each over all rows, in one thread, so that none hides
behind another; a screening overlaps them. What a whole screening costs beyond its engine (reading,
ordering and writing) is the wall time of `screen` from file to file, less that of the same engine
given the same chunks from memory, its scores thrown away; both include starting the engine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Annotated, Any

os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")})
sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
import typer

from benchmarks.libraries import clean_library, count_rows
from benchmarks.options import (
    WORKDIR,
    JsonOption,
    LibraryOption,
    ShowOption,
    WorkdirOption,
    given_libraries,
)
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.tables import Table
from benchmarks.targets import Target
from molgnn import Featurizer, load, screen
from molgnn.chem.reading import open_library
from molgnn.chem.records import Molecule
from molgnn.graph.store import MoleculeStore
from molgnn.nn.network import Network
from molgnn.predictor.networks import BATCH_MOLS
from molgnn.screening.chunks import Chunk, ScoredChunk, split_into_chunks
from molgnn.screening.engines import EngineOptions, make_engine
from molgnn.screening.formats.delimited import CsvFormat
from molgnn.screening.table import OutputTable

MODELS = ("dmpnn.tox21", "mpnn.tox21", "gcn.tox21")
CHUNK_ROWS = 1024  # as many as screen takes
WARM_UP_ROWS = 512
WORKERS = 2

Overhead = dict[str, list[float]]


def main(
    library: LibraryOption = None,
    rows: Annotated[int, typer.Option(min=1, help="For the steps.")] = 20_000,
    screened_rows: Annotated[int, typer.Option(min=1, help="For whole screenings.")] = 100_000,
    repeats: Annotated[int, typer.Option(min=1, help="Of whole screenings.")] = 3,
    models: Annotated[str, typer.Option(help="Separated by commas.")] = ",".join(MODELS),
    show: ShowOption = None,
    output: JsonOption = RESULTS / "screening_steps.json",
    workdir: WorkdirOption = WORKDIR,
) -> None:
    """Time the steps and whole screenings; print the table and write the times as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    sources = given_libraries(library)
    workdir.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    cleaned, names = clean_library(sources, screened_rows, workdir), models.split(",")
    measured = {
        "sources": [path.name for path in sources],
        "n_rows": count_rows(cleaned),
        "us_per_molecule": {model: time_steps(cleaned, model, rows) for model in names},
        "overhead_seconds": {model: time_overhead(cleaned, model, repeats) for model in names},
    }
    print(to_table(write_record(output, measured)).to_markdown())


class Clock:
    """Adds up the seconds of each step."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Count what happens inside towards *step*."""
        started = time.perf_counter()
        yield
        self.seconds[step] += time.perf_counter() - started


def time_steps(library: Path, model: str, n_rows: int) -> dict[str, float]:
    """Return step to µs per row; the parts of ``predict_store`` follow it, indented."""
    predictor, clock = load(model, device="cpu"), Clock()
    bundle, featurizer = predictor.bundle, Featurizer(predictor.preset)
    with open_library(library) as opened:
        predictor.predict([row.smiles for row in islice(opened, WARM_UP_ROWS)])
        with clock("reading"):
            rows = list(islice(opened, n_rows))
    with clock("standardizing"):
        outcome = predictor.standardizer.apply([(row.number, row.smiles) for row in rows])
    with clock("featurizing"):
        featurized = featurizer([each.smiles for each in outcome if isinstance(each, Molecule)])
    with clock("predict_store"):
        predictor.predict_store(featurized.molecules)
    for network in bundle.networks:
        logits = _run_by_parts(clock, network, featurized.molecules)
        with clock("  calibration"):
            bundle.calibration(bundle.tasks, logits)
    chunks = [
        ScoredChunk(chunk.rows, predictor.predict(chunk.smiles))
        for chunk in split_into_chunks(rows, CHUNK_ROWS)
    ]
    with clock("formatting and writing"), open(os.devnull, "wb") as sink:
        table = CsvFormat(OutputTable.of(opened, predictor.tasks))
        table.write_part(map(table.encode, chunks), sink)
    return {step: 1e6 * seconds / len(rows) for step, seconds in clock.seconds.items()}


@torch.inference_mode()
def _run_by_parts(clock: Clock, network: Network, molecules: MoleculeStore) -> np.ndarray:
    """Return a network's logits, its parts called one by one."""
    logits = []
    for start in range(0, len(molecules), BATCH_MOLS):
        with clock("  batching"):
            batch = molecules.batch(slice(start, start + BATCH_MOLS))
        with clock("  encoder"):
            atoms = network.encoder(batch)
        with clock("  readout"):
            mols = network.readout(batch, atoms)
        with clock("  head"):
            logits.append(network.head(mols).numpy())
    return np.concatenate(logits)


def time_overhead(library: Path, model: str, repeats: int) -> Overhead:
    """Return the seconds of each repeat, file to file (``screen``) and in memory (``engine``)."""
    with open_library(library) as rows:
        chunks = list(split_into_chunks(rows, CHUNK_ROWS))
    seconds: Overhead = {"screen": [], "engine": []}
    run_engine(chunks[:1], model)  # what is loaded once is loaded before the first
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(repeats):
            output = Path(folder) / f"{repeat}.csv"
            whole = partial(screen, library, model, output=output, workers=WORKERS)
            seconds["screen"].append(_seconds_of(whole))
            seconds["engine"].append(_seconds_of(partial(run_engine, chunks, model)))
    return seconds


def run_engine(chunks: list[Chunk], model: str) -> None:
    """Score chunks and forget the scores."""
    for _ in make_engine("auto", model, EngineOptions(WORKERS)).run(chunks):
        pass


def _seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per step and one column per model, from what the JSON file holds."""
    steps: Mapping[str, Mapping[str, float]] = record["us_per_molecule"]
    table = Table(
        f"Screening, µs per molecule by step, one thread ({record['date']}, "
        f"{record['machine']['cpu']})",
        ["step", *steps],
        notes=["Indented: the parts of predict_store."],
    )
    for step in next(iter(steps.values())):
        table.rows.append([step, *(f"{times[step]:,.1f}" for times in steps.values())])
    sums = (sum(us for step, us in times.items() if step[0] != " ") for times in steps.values())
    table.rows.append(["all", *(f"{us:,.1f}" for us in sums)])
    table.notes.extend(t.describe() for t in overhead_targets(record["overhead_seconds"]))
    return table


def overhead_targets(seconds: Mapping[str, Overhead]) -> Iterator[Target]:
    """Yield the share of a screening's wall time that is not its engine's."""
    for model, timed in seconds.items():
        whole, engine = median(timed["screen"]), median(timed["engine"])
        name = f"{model}, {WORKERS} workers: reading, ordering and writing, of the wall time"
        yield Target(name, 100 * (whole - engine) / whole, 10, 5, "≤", "%")


if __name__ == "__main__":
    typer.run(main)
