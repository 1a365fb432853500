"""Where molgnn's time goes: µs per molecule by stage, in one process of one thread.

``python benchmarks/stages.py LIBRARY -m dmpnn.tox21`` prints JSON. The stages are called one after
the other, each over all rows, so that none hides behind another; a screening overlaps them.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from molgnn.chem.reading import open_library
from molgnn.chem.records import Molecule
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore
from molgnn.nn.network import Network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.networks import BATCH_MOLS
from molgnn.predictor.predictor import Predictor
from molgnn.screening.chunks import ScoredChunk, score, split_into_chunks
from molgnn.screening.formats.delimited import CsvFormat
from molgnn.zoo.store import resolve

CHUNK_ROWS = 1024
WARM_UP_ROWS = 512


class Clock:
    """Adds up the seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Count what happens inside towards *stage*."""
        started = time.perf_counter()
        yield
        self.seconds[stage] += time.perf_counter() - started


def time_stages(library: Path, model: str, n_rows: int) -> dict[str, float]:
    """Return stage → µs per row; the parts of ``predict_store`` follow it, indented."""
    torch.set_num_threads(1)
    bundle = Bundle.load(resolve(model))
    predictor, featurizer = Predictor(bundle, device="cpu"), Featurizer(bundle.preset)
    clock = Clock()
    with open_library(library) as opened:
        predictor.predict([row.smiles for row in islice(opened, WARM_UP_ROWS)])
        with clock("reading"):
            rows = list(islice(opened, n_rows))
    with clock("standardizing"):
        outcome = bundle.standardizer.apply([(row.number, row.smiles) for row in rows])
    with clock("featurizing"):
        featurized = featurizer([each.smiles for each in outcome if isinstance(each, Molecule)])
    with clock("predict_store"):
        predictor.predict_store(featurized.molecules)
    for network in bundle.networks:
        logits = _run_by_parts(clock, network, featurized.molecules)
        with clock("  calibration"):
            bundle.calibration(bundle.tasks, logits)
    chunks = [
        ScoredChunk(chunk.rows, score(predictor, chunk.smiles))
        for chunk in split_into_chunks(rows, CHUNK_ROWS)
    ]
    with clock("formatting and writing"), open(os.devnull, "wb") as sink:
        table = CsvFormat(opened.columns, bundle.tasks.names)
        table.write_part(map(table.encode, chunks), sink)
    return {stage: 1e6 * seconds / len(rows) for stage, seconds in clock.seconds.items()}


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


def main(
    library: Path,
    model: Annotated[str, typer.Option("--model", "-m")] = "dmpnn.tox21",
    rows: int = 20_000,
) -> None:
    """Time the stages and print them as JSON."""
    print(json.dumps(time_stages(library, model, rows)))


if __name__ == "__main__":
    typer.run(main)
