"""Measure what each optimization of molgnn is worth: the time with it and without it, one thread.

``python benchmarks/speed/ablation.py --library chembl.csv.gz`` takes a minute or two.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated, Any
from unittest.mock import patch

os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")})
sys.path.append(str(Path(__file__).resolve().parents[2]))

import torch
import typer

from benchmarks.libraries import take_evenly
from benchmarks.options import JsonOption, LibraryOption, ShowOption, given_libraries
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.tables import Table
from molgnn import Featurizer, Standardizer, load
from molgnn.chem import standardize
from molgnn.chem.records import Molecule
from molgnn.graph.store import MoleculeStore
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.encoders.mpnn import MPNN
from molgnn.nn.message_passing import using_kernels
from molgnn.screening.engines.models import dedicate_process

MODELS = ("dmpnn.tox21", "gcn.tox21", "mpnn.tox21")
CHUNK_ROWS = 1024
REPEATS = 3
FEW = 2000  # molecules, where an optimization is worth so much that more would take minutes

Work = Callable[[], object]


class Ablation:
    """Times pieces of work with and without an optimization.

    Parameters
    ----------
    smiles
        Rows of a library.

    Attributes
    ----------
    times
        Optimization to µs per molecule ``without`` and ``with`` it.
    """

    def __init__(self, smiles: list[str]) -> None:
        self.rows = smiles
        cleaned = Standardizer().apply(list(enumerate(smiles)))
        self.smiles = [row.smiles for row in cleaned if isinstance(row, Molecule)]
        self.store = Featurizer()(self.smiles).molecules
        self.few = self.store.select(slice(0, FEW))
        self.times: dict[str, dict[str, float]] = {}

    def compare(self, name: str, n_mols: int, without: Work, using: Work) -> None:
        """Add an optimization: the median of repeats that take turns."""
        seconds: tuple[list[float], list[float]] = ([], [])
        for _ in range(REPEATS):
            for work, times in zip((without, using), seconds, strict=True):
                times.append(_seconds_of(work))
        self.add(name, n_mols, *map(median, seconds))

    def add(self, name: str, n_mols: int, without: float, using: float) -> None:
        """Add an optimization, given the seconds for *n_mols* molecules without and with it."""
        self.times[name] = {"without": without / n_mols * 1e6, "with": using / n_mols * 1e6}


def _seconds_of(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def chunked(work: Callable[[list[Any]], object], items: list[Any]) -> Work:
    """Return what does *work* chunk by chunk, as a screening does."""
    return lambda: [work(items[i : i + CHUNK_ROWS]) for i in range(0, len(items), CHUNK_ROWS)]


def predicting(model: str, store: MoleculeStore, *, batch: int = 1024, **options: str) -> Work:
    """Return what runs a model's network on *store*."""
    predictor = load(model, device="cpu", **options)
    predictor.batch_size = batch
    return lambda: predictor.predict_store(store)


def under(context: Callable[[], Any], work: Work) -> Work:
    """Return what does *work* inside a context."""

    def run() -> None:
        with context():
            work()

    return run


@contextmanager
def each_bond_its_own() -> Iterator[None]:
    """Have the MPNN make a matrix of every bond, as others do."""
    with patch.object(MPNN, "_distinct_bonds", lambda _, codes: (codes, torch.arange(len(codes)))):
        yield


def measure_kept_memory(ablation: Ablation) -> None:
    """Compare the allocator as it is with what worker processes set it to, for good."""
    work, seconds = predicting("dmpnn.tox21", ablation.store), []
    for is_kept in (False, True):
        if is_kept:
            dedicate_process()
        work()
        seconds.append(_seconds_of(work))
    ablation.add("D-MPNN: freed memory is kept for the next chunk", len(ablation.store), *seconds)


def measure_preparing(ablation: Ablation) -> None:
    """Compare ways to clean up and to featurize."""
    rows, texts = ablation.rows, ablation.smiles[:FEW]
    standardizer = Standardizer()
    procedures = standardize._PROCEDURES[standardizer.version]
    parsing_salts = replace(procedures[standardizer.mode], shorten=str)
    parsing = patch.dict(procedures, {standardizer.mode: parsing_salts})
    clean = chunked(lambda chunk: standardizer.apply(list(enumerate(chunk))), rows)
    name = "clean-up: a salt's counter-ions are left out without parsing it"
    ablation.compare(name, len(rows), under(lambda: parsing, clean), clean)
    python, cpp = Featurizer(backend="rdkit"), Featurizer()
    ablation.compare("featurizing in C++", len(texts), chunked(python, texts), chunked(cpp, texts))


def measure_networks(ablation: Ablation) -> None:
    """Compare ways to run the networks, and the precisions of one."""
    store, few, n = ablation.store, ablation.few, len(ablation.store)
    repeating = patch.object(Encoder, "shares_rows", property(lambda _: False))
    for model in MODELS:
        whole, some = predicting(model, store), predicting(model, few)
        apart = under(lambda: repeating, predicting(model, few, batch=64))
        ablation.compare(f"{model}: equal surroundings are computed once", len(few), apart, some)
        small = predicting(model, store, batch=64)
        ablation.compare(f"{model}: batches of 1,024 molecules, not 64", n, small, whole)
    hundred = few.select(slice(0, 100))
    mpnn = predicting("mpnn.tox21", hundred, batch=64)
    name = "mpnn.tox21: a matrix per kind of bond, not per bond"
    ablation.compare(name, len(hundred), under(each_bond_its_own, mpnn), mpnn)
    dmpnn = predicting("dmpnn.tox21", store)
    by_dgl = under(partial(using_kernels, "dgl"), dmpnn)
    ablation.compare("dmpnn.tox21: torch's kernels, not DGL's", n, by_dgl, dmpnn)
    rounded = predicting("dmpnn.tox21", store, precision="bf16")
    ablation.compare("dmpnn.tox21: --precision bf16", n, dmpnn, rounded)


def main(
    library: LibraryOption = None,
    rows: Annotated[int, typer.Option(min=1, help="How many, evenly spread.")] = 8000,
    show: ShowOption = None,
    output: JsonOption = RESULTS / "ablation.json",
) -> None:
    """Measure, print the table and write the times as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    sources = given_libraries(library)
    torch.set_num_threads(1)
    ablation = Ablation(take_evenly(sources, rows))
    for measure in (measure_kept_memory, measure_preparing, measure_networks):
        measure(ablation)
    measured = {
        "sources": [path.name for path in sources],
        "n_rows": rows,
        "us_per_molecule": ablation.times,
    }
    print(to_table(write_record(output, measured)).to_markdown())


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per optimization, from what the JSON file holds."""
    table = Table(
        f"µs per molecule, {record['n_rows']:,} rows of {', '.join(record['sources'])}, one thread "
        f"({record['date']}, {record['machine']['cpu']})",
        ["optimization", "without", "with", "times as fast"],
    )
    for name, times in record["us_per_molecule"].items():
        before, after = times["without"], times["with"]
        table.rows.append([name, f"{before:,.1f}", f"{after:,.1f}", f"{before / after:.1f}"])
    return table


if __name__ == "__main__":
    typer.run(main)
