"""Compare the speed and memory of screening: molgnn, chemprop, DGL-LifeSci, and parsing alone.

``python benchmarks/speed/screening.py --library pubchem.csv.gz --library chembl.smi.gz``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.chemprop import VERSIONS
from benchmarks.libraries import clean_library, count_rows, read_rows, require_libraries
from benchmarks.options import (
    WORKDIR,
    JsonOption,
    LibraryOption,
    ShowOption,
    WorkdirOption,
    pick,
)
from benchmarks.processes import warn_without_memory
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.speed.screening_programs import PROGRAMS, make_program
from benchmarks.speed.screening_times import Timing, output_of, time_programs
from benchmarks.tables import Table
from benchmarks.targets import Target
from molgnn.chem.records import Molecule
from molgnn.errors import MolgnnError
from molgnn.predictor.bundle import Bundle
from molgnn.zoo.store import resolve


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two programs' probabilities lie apart, on so many rows."""

    n_compared: int
    largest_difference: float


def main(
    library: LibraryOption = None,
    rows: Annotated[int, typer.Option(min=2)] = 100_000,
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    programs: Annotated[
        str, typer.Option(help="Names or patterns, separated by commas: 'molgnn-*,parse-only-2'.")
    ] = "*",
    slow_rows: Annotated[
        int, typer.Option(min=2, help="Rows for programs that need a millisecond or more for each.")
    ] = 5000,
    show: ShowOption = None,
    output: JsonOption = RESULTS / "screening.json",
    workdir: WorkdirOption = WORKDIR,
) -> None:
    """Time whole processes that take turns; print the table and write every run as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    try:
        names, sources = pick(programs, PROGRAMS, "program"), require_libraries(library or [])
    except (MolgnnError, FileNotFoundError) as error:
        raise typer.BadParameter(str(error)) from error
    warn_without_memory()
    workdir = workdir.resolve()
    workdir.mkdir(parents=True, exist_ok=True)
    cleaned = clean_library(sources, rows, workdir)
    made = [make_program(name, cleaned, workdir) for name in names]
    timings = time_programs(made, cleaned, slow_rows, repeats, workdir)
    measured = {
        "chemprop_environment": VERSIONS,
        "sources": [path.name for path in sources],
        "n_rows": count_rows(cleaned),
        "programs": {name: timing.to_json() for name, timing in timings.items()},
        "agreements": {m: asdict(found) for m, found in compare_outputs(names, workdir).items()},
    }
    print(to_table(write_record(output, measured)).to_markdown())


def compare_outputs(programs: list[str], workdir: Path) -> dict[str, Agreement]:
    """Compare the tables that molgnn and dgllife wrote last with the same weights, by model."""
    found = {}
    for network in ("gcn", "mpnn"):
        ours = [name for name in programs if name.startswith(f"molgnn-{network}-")]
        theirs = f"dgllife-{network}"
        if ours and theirs in programs:
            tables = output_of(ours[0], workdir), output_of(theirs, workdir)
            found[f"{network}.tox21"] = compare_tables(*tables, f"{network}.tox21")
    return found


def compare_tables(ours: Path, theirs: Path, model: str) -> Agreement:
    """Compare molgnn's table with another's, row by row of the same id.

    Only rows that the model's standardizer leaves as they are can agree: dgllife has none.

    Parameters
    ----------
    ours, theirs
        Tables that begin with id and SMILES and end with the tasks.
    model
        The name of the model in both.
    """
    bundle = Bundle.load(resolve(model))
    n_tasks = len(bundle.tasks)
    peer = {row[0]: row for row in read_rows(theirs)}
    shared = [row for row in read_rows(ours) if row[0] in peer and row[-1]]
    outcome = bundle.standardizer.apply([(i, row[1]) for i, row in enumerate(shared)])
    same = [
        row
        for row, molecule in zip(shared, outcome, strict=True)
        if isinstance(molecule, Molecule) and molecule.smiles == row[1]
    ]
    left = np.array([row[-n_tasks:] for row in same], dtype=float)
    right = np.array([peer[row[0]][-n_tasks:] for row in same], dtype=float)
    return Agreement(len(same), float(np.abs(left - right).max()))


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per program, from what the JSON file holds."""
    n_rows = record["n_rows"]
    timings = {name: Timing.from_json(each) for name, each in record["programs"].items()}
    parsing = timings["parse-only-2"].seconds if "parse-only-2" in timings else None
    headings = "program rows seconds spread mol/s µs/mol CPU_s GB times_parsing"
    table = Table(
        f"Screening {n_rows:,} rows, whole processes, median of the repeats "
        f"({record['date']}, {record['machine']['cpu']}, {record['machine']['cores']} cores)",
        [heading.replace("_", " ") for heading in headings.split()],
        [_cells(timing, n_rows, parsing) for timing in timings.values()],
        ["~: from runs on fewer rows and on a single row. GB: peak of the summed PSS."],
    )
    targets = [*time_targets(timings, n_rows), *agreement_targets(record["agreements"])]
    table.notes.extend(target.describe() for target in targets)
    return table


def _cells(timing: Timing, n_rows: int, parsing: float | None) -> list[str]:
    seconds, peak = timing.seconds_for(n_rows), timing.peak_bytes
    mark = "~" if timing.start_ups else ""
    return [
        timing.title,
        f"{timing.n_rows:,}",
        f"{mark}{seconds:,.1f}",
        f"{100 * timing.spread:.0f}%",
        f"{mark}{n_rows / seconds:,.0f}",
        f"{mark}{1e6 * seconds / n_rows:,.0f}",
        f"{median(run.cpu_seconds for run in timing.runs):,.1f}",
        "" if peak is None else f"{peak / 1e9:.2f}",
        "" if parsing is None else f"{mark}{seconds / parsing:.2f}",
    ]


def time_targets(timings: Mapping[str, Timing], n_rows: int) -> Iterator[Target]:
    """Yield the ratios of wall times for which both programs were run."""
    seconds = {name: timing.seconds_for(n_rows) for name, timing in timings.items()}

    def fastest(prefix: str) -> float | None:
        return min((s for name, s in seconds.items() if name.startswith(prefix)), default=None)

    dmpnn, chemprop = fastest("molgnn-dmpnn-"), fastest("chemprop")
    if dmpnn and chemprop:
        name = "D-MPNN: times as fast as chemprop's fastest mode"
        yield Target(name, chemprop / dmpnn, 3, 5, "≥", "x")
    mpnn, dgllife = fastest("molgnn-mpnn-"), fastest("dgllife-mpnn")
    if mpnn and dgllife:
        yield Target("MPNN: times as fast as dgllife", dgllife / mpnn, 15, 25, "≥", "x")
    gcn, parsing = seconds.get("molgnn-gcn-2"), seconds.get("parse-only-2")
    if gcn and parsing:
        name = "GCN, 2 workers: times as long as parsing alone"
        yield Target(name, gcn / parsing, 1.8, 1.3, "≤", "x")


def agreement_targets(agreements: Mapping[str, Mapping[str, Any]]) -> Iterator[Target]:
    """Yield the differences between outputs that should be the same."""
    for model, found in agreements.items():
        name = f"{model}: largest difference to dgllife, {found['n_compared']:,} rows"
        yield Target(name, found["largest_difference"], 1e-5, None, "≤")


if __name__ == "__main__":
    typer.run(main)
