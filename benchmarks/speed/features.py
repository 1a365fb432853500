"""Time molecule features: µs per molecule of each set, and of each of RDKit's 2D descriptors.

Each molecule is timed several times and its fastest time counts, so that other programs on the
machine disturb little; RDKit's descriptors are timed on a tenth of the molecules. Parsing is a row
of its own: where sets are computed together, it is done once.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.libraries import take_evenly
from benchmarks.options import JsonOption, LibraryOption, ShowOption, given_libraries
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.tables import Table
from benchmarks.targets import Target
from molgnn.chem.descriptors import FEATURE_SETS, feature_set
from molgnn.chem.descriptors.compute import read_molecule
from molgnn.chem.descriptors.rdkit2d import LEFT_OUT

Times = dict[str, float]

SLOWEST = 20
EVERY = 10
"""One of so many molecules is enough for RDKit's descriptors, of which there are over 200."""
TOGETHER = ("morgan", "atom_pair", "torsion", "maccs", "rdkit2d", "toxicophores")


def main(
    library: LibraryOption = None,
    rows: Annotated[int, typer.Option(min=1, help="Molecules, evenly spread.")] = 2000,
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    show: ShowOption = None,
    output: JsonOption = RESULTS / "features.json",
) -> None:
    """Measure, print the table, and write every measurement as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    smiles = take_evenly(given_libraries(library), rows)
    measured = {
        "rows": len(smiles),
        "repeats": repeats,
        "us_per_molecule": {
            "sets": time_sets(smiles, repeats),
            "descriptors": time_descriptors(smiles[::EVERY], repeats),
        },
    }
    print(to_table(write_record(output, measured)).to_markdown())


def time_sets(smiles: Sequence[str], repeats: int) -> Times:
    """Return the µs per molecule of parsing, and of each feature set."""
    times = {"parsing": time_each(read_molecule, lambda: iter(smiles), repeats)}
    for name in FEATURE_SETS:
        compute = feature_set(name).compute
        times[name] = time_each(compute, lambda: map(read_molecule, smiles), repeats)
    return times


def time_descriptors(smiles: Sequence[str], repeats: int) -> Times:
    """Return the µs per molecule of each descriptor by RDKit's own function, on a fresh molecule.

    Descriptors of one family share what RDKit keeps with a molecule: alone, each costs as much as
    the whole family.
    """
    return {
        name: time_each(function, lambda: map(Chem.MolFromSmiles, smiles), repeats)
        for name, function in Descriptors.descList
    }


def time_each(work: Callable[[Any], Any], items: Callable[[], Any], repeats: int) -> float:
    """Return the mean over the items of the fastest µs of *repeats* that *work* takes for each."""
    times = [[_time(work, item) for item in items()] for _ in range(repeats)]
    return float(np.min(times, axis=0).mean() * 1e6)


def _time(work: Callable[[Any], Any], item: Any) -> float:
    started = time.process_time()
    try:
        work(item)
    except Exception:  # some descriptors of RDKit know no metals
        return time.process_time() - started
    return time.process_time() - started


def to_table(record: dict[str, Any]) -> Table:
    """Return one row per set, then the slowest descriptors, from what the JSON file holds."""
    times, n_rows = record["us_per_molecule"], record["rows"]
    title = (
        f"µs per molecule, one core of {record['machine']['cpu']}, {n_rows:,} molecules, "
        f"fastest of {record['repeats']}"
    )
    table = Table(title, ["what", "µs"])
    table.rows += [[name, f"{value:,.0f}"] for name, value in times["sets"].items()]
    slowest = sorted(times["descriptors"].items(), key=lambda item: -item[1])[:SLOWEST]
    for name, value in slowest:
        mark = ", left out" if name in LEFT_OUT else ""
        table.rows.append([f"RDKit's {name}{mark}", f"{value:,.0f}"])
    total = times["sets"]["parsing"] + sum(times["sets"][name] for name in TOGETHER)
    targets = [
        Target("rdkit2d", times["sets"]["rdkit2d"] / 1000, 3, None, "≤", " ms"),
        Target(" + ".join(TOGETHER), total / 1000, 5, None, "≤", " ms"),
    ]
    table.notes += [target.describe() for target in targets]
    return table


if __name__ == "__main__":
    with rdBase.BlockLogs():
        typer.run(main)
