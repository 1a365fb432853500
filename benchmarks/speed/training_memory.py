"""Measure the time and peak memory of ``molgnn train`` on a large table.

``python benchmarks/speed/training_memory.py --library moses.csv --rows 1000000``

The molecules are real. The 12 labels say whether a part, such as ``C#N``, is written in the SMILES;
a fifth of them is missing.
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.libraries import read_rows, repeat_library
from benchmarks.options import (
    WORKDIR,
    JsonOption,
    LibraryOption,
    ShowOption,
    WorkdirOption,
    given_libraries,
    parse_numbers,
)
from benchmarks.processes import (
    MOLGNN,
    Command,
    Run,
    measure_without_cache,
    warn_without_memory,
)
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.tables import Table
from benchmarks.targets import Target

# One task each: is this written in the SMILES? Some are rare, some common, as in real tables.
SUBSTRINGS = ("N", "F", "Cl", "S", "C#N", "c1ccccc1", "C(=O)N", "OC", "n1", "Br", "[nH]", "C=C")
GAP_EVERY = 5  # a fifth of the labels is missing
GB = 1e9


def main(
    library: LibraryOption = None,
    rows: Annotated[str, typer.Option(help="Sizes, separated by commas.")] = "1000000",
    show: ShowOption = None,
    output: JsonOption = RESULTS / "training_memory.json",
    workdir: WorkdirOption = WORKDIR,
) -> None:
    """Train for one epoch, print the table, and write every run as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    sizes = parse_numbers(rows)
    sources = given_libraries(library)
    warn_without_memory()
    workdir = workdir.resolve()
    workdir.mkdir(parents=True, exist_ok=True)
    measured = {
        "sources": [path.name for path in sources],
        "memory": {size: run_training(sources, size, workdir).to_json() for size in sizes},
    }
    print(to_table(write_record(output, measured)).to_markdown())


def run_training(sources: list[Path], n_mols: int, workdir: Path) -> Run:
    """Train for one epoch with the defaults, report included."""
    print(f"{n_mols:,} molecules", file=sys.stderr)
    library = repeat_library(sources, n_mols, workdir)
    table = write_labelled_table(library, workdir / f"labelled-{n_mols}.csv", n_mols)
    folder = workdir / f"memory-{n_mols}"
    command: Command = [MOLGNN, "train", table, "-o", folder, "--epochs", "1", "--overwrite"]
    run = measure_without_cache(command, folder.with_suffix(".log"), workdir)
    shutil.rmtree(folder)
    return run


def write_labelled_table(library: Path, path: Path, n_rows: int) -> Path:
    """Write *n_rows* rows of a cleaned library with a label per task, or a gap.

    Parameters
    ----------
    library
        With the columns ``id`` and ``smiles``.
    path
        Where the table goes, with ``smiles`` and twelve tasks; there once it is complete.
    n_rows
        How many rows; all of the library where it has fewer.
    """
    staged = path.with_suffix(".part")
    with staged.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["smiles", *(f"task_{i + 1}" for i in range(len(SUBSTRINGS)))])
        for number, (_, smiles) in enumerate(islice(read_rows(library), n_rows)):
            writer.writerow([smiles, *labels_of(smiles, number)])
    return staged.replace(path)


def labels_of(smiles: str, number: int) -> list[str]:
    """Return a row's labels as text: ``1`` where the SMILES has the task's part, else ``0``.

    The gaps move on by one task from row to row, so that no task and no row is without labels.
    """
    return [
        "" if (number + i) % GAP_EVERY == 0 else str(int(part in smiles))
        for i, part in enumerate(SUBSTRINGS)
    ]


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per size, from what the JSON file holds."""
    table = Table(
        f"molgnn train, one epoch, 12 tasks ({record['date']}, {record['machine']['cpu']})",
        ["molecules", "seconds", "GB"],
        notes=["GB: peak of the summed PSS of all processes."],
    )
    for size, values in record["memory"].items():
        run = Run(**values)
        peak = "" if run.peak_bytes is None else f"{run.peak_bytes / GB:.2f}"
        table.rows.append([f"{int(size):,}", f"{run.seconds:,.1f}", peak])
        if run.peak_bytes is not None:
            name = f"memory of training on {int(size):,} molecules, GB"
            table.notes.append(Target(name, run.peak_bytes / GB, 4, 2, "≤").describe())
    return table


if __name__ == "__main__":
    typer.run(main)
