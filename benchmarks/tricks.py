"""What each trick of the engine is worth: µs per molecule with it and without it, one thread.

``python benchmarks/tricks.py LIBRARY --rows 8000`` takes a minute or two and prints one table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Annotated, Any
from unittest.mock import patch

import torch
import typer
from rich.console import Console
from rich.table import Table

from molgnn import load
from molgnn.chem import standardize
from molgnn.chem.reading import open_library
from molgnn.chem.records import Molecule
from molgnn.chem.standardize import Standardizer
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.encoders.mpnn import MPNN
from molgnn.nn.message_passing import using_kernels
from molgnn.screening.engines.models import dedicate_process

CHUNK_ROWS = 1024
REPEATS = 3
FEW = 2000  # molecules, where a trick is worth so much that more would take minutes

Work = Callable[[], object]


class Tricks:
    """Times one piece of work with and without each trick."""

    def __init__(self, smiles: list[str]) -> None:
        self.rows = smiles
        standardized = Standardizer().apply(list(enumerate(smiles)))
        self.smiles = [row.smiles for row in standardized if isinstance(row, Molecule)]
        self.store = Featurizer()(self.smiles).molecules
        self.few = self.store.select(slice(0, FEW))
        self.table = Table("trick", "without", "with", "times as fast")

    def compare(self, name: str, n_mols: int, without: Work, using: Work) -> None:
        """Add a row: the median of repeats that take turns."""
        seconds: tuple[list[float], list[float]] = ([], [])
        for _ in range(REPEATS):
            for work, times in zip((without, using), seconds, strict=True):
                started = time.perf_counter()
                work()
                times.append(time.perf_counter() - started)
        before, after = (median(times) / n_mols * 1e6 for times in seconds)
        self.table.add_row(name, f"{before:.1f}", f"{after:.1f}", f"{before / after:.2f}")


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


def measure(tricks: Tricks) -> None:
    """Take the other tricks one by one, in the order of the data."""
    store, few, n = tricks.store, tricks.few, len(tricks.store)
    shortening = standardize._PROCEDURES[standardize.Mode.PARENT]
    whole = patch.dict(
        standardize._PROCEDURES,
        {standardize.Mode.PARENT: standardize._Procedure(shortening.signs, shortening.change)},
    )
    clean = chunked(lambda rows: Standardizer().apply(list(enumerate(rows))), tricks.rows)
    tricks.compare(
        "salts: counter-ions by text", len(tricks.rows), under(lambda: whole, clean), clean
    )

    python, cpp = Featurizer(backend="rdkit"), Featurizer()
    texts = tricks.smiles[:FEW]
    tricks.compare("featurizing in C++", len(texts), chunked(python, texts), chunked(cpp, texts))

    no_sharing = patch.object(Encoder, "shares_rows", property(lambda _: False))
    for model in ("dmpnn.tox21", "gcn.tox21", "mpnn.tox21"):
        shared = predicting(model, few)
        apart = under(lambda: no_sharing, predicting(model, few, batch=64))
        tricks.compare(f"{model}: equal surroundings once", len(few), apart, shared)
        tricks.compare(
            f"{model}: batches of 1,024, not 64", n, predicting(model, store, batch=64),
            predicting(model, store),
        )  # fmt: skip

    some = few.select(slice(0, 100))
    mpnn = predicting("mpnn.tox21", some, batch=64)
    tricks.compare(
        "mpnn.tox21: a matrix per kind of bond", 100, under(each_bond_its_own, mpnn), mpnn
    )

    dmpnn = predicting("dmpnn.tox21", store)
    by_dgl = under(lambda: using_kernels("dgl"), dmpnn)
    tricks.compare("dmpnn.tox21: gathering in one pass, not by DGL", n, by_dgl, dmpnn)
    rounded = predicting("dmpnn.tox21", store, precision="bf16")
    tricks.compare("dmpnn.tox21: --precision bf16", n, dmpnn, rounded)


def measure_kept_memory(tricks: Tricks) -> None:
    """Compare the allocator as it is with what worker processes make of it, for good."""
    work, seconds = predicting("dmpnn.tox21", tricks.store), []
    for is_kept in (False, True):
        if is_kept:
            dedicate_process()
        work()
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    before, after = (each / len(tricks.store) * 1e6 for each in seconds)
    ratio = f"{before / after:.2f}"
    tricks.table.add_row("freed memory is kept", f"{before:.1f}", f"{after:.1f}", ratio)


def main(
    library: Path, rows: Annotated[int, typer.Option(help="How many, from the first on.")] = 8000
) -> None:
    """Print one table."""
    torch.set_num_threads(1)
    with open_library(library) as opened:
        tricks = Tricks([row.smiles for row in islice(opened, rows)])
    measure_kept_memory(tricks)
    measure(tricks)
    tricks.table.title = f"µs per molecule, {rows:,} rows of {library.name}, one thread"
    Console(width=100).print(tricks.table)


if __name__ == "__main__":
    typer.run(main)
