"""Measure the peak memory of screening libraries of different sizes.

``python benchmarks/speed/screening_memory.py --library chembl.smi.gz --rows 100000,1000000``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.libraries import repeat_library
from benchmarks.options import (
    WORKDIR,
    JsonOption,
    LibraryOption,
    ShowOption,
    WorkdirOption,
    given_libraries,
    parse_numbers,
)
from benchmarks.processes import MOLGNN, Command, Run, measure, warn_without_memory
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.speed.screening_times import remove_output
from benchmarks.tables import Table
from benchmarks.targets import Target

MODEL = "dmpnn.tox21"
WORKERS = "2"
GB = 1e9


def main(
    library: LibraryOption = None,
    rows: Annotated[str, typer.Option(help="Sizes, separated by commas.")] = "100000,1000000",
    show: ShowOption = None,
    output: JsonOption = RESULTS / "screening_memory.json",
    workdir: WorkdirOption = WORKDIR,
) -> None:
    """Screen, print the table, and write every run as JSON."""
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
        "memory": {size: run_screening(sources, size, workdir).to_json() for size in sizes},
    }
    print(to_table(write_record(output, measured)).to_markdown())


def run_screening(sources: list[Path], n_rows: int, workdir: Path) -> Run:
    """Screen *n_rows* rows; where the libraries have fewer, these are repeated."""
    print(f"{n_rows:,} rows", file=sys.stderr)
    library = repeat_library(sources, n_rows, workdir)
    output = workdir / f"memory-{n_rows}.csv"
    remove_output(output)
    command: Command = [MOLGNN, "screen", library, "-m", MODEL, "-o", output]
    run = measure([*command, "--workers", WORKERS, "--overwrite"], output.with_suffix(".log"))
    remove_output(output)
    return run


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per size, from what the JSON file holds."""
    runs = {int(size): Run(**run) for size, run in record["memory"].items()}
    table = Table(
        f"molgnn screen, {MODEL}, {WORKERS} workers ({record['date']}, {record['machine']['cpu']})",
        ["rows", "seconds", "rows/s", "GB"],
        notes=["GB: peak of the summed PSS of all processes."],
    )
    for size, run in runs.items():
        peak = "" if run.peak_bytes is None else f"{run.peak_bytes / GB:.2f}"
        cells = [f"{size:,}", f"{run.seconds:,.1f}", f"{size / run.seconds:,.0f}", peak]
        table.rows.append(cells)
    peaks = {size: run.peak_bytes for size, run in runs.items()}
    table.notes.extend(target.describe() for target in memory_targets(peaks))
    return table


def memory_targets(peaks: Mapping[int, int | None]) -> Iterator[Target]:
    """Yield the highest peak, and by how much the peaks of different sizes differ."""
    known = {n_rows: peak for n_rows, peak in peaks.items() if peak}
    if not known:
        return
    largest, smallest = max(known), min(known)
    yield Target(f"peak memory, {largest:,} rows, GB", known[largest] / GB, 2.5, 1.5, "≤")
    if largest != smallest:
        growth = 100 * abs(known[largest] / known[smallest] - 1)
        name = f"peak memory, {largest:,} rows against {smallest:,}: difference"
        yield Target(name, growth, 5, None, "≤", "%")


if __name__ == "__main__":
    typer.run(main)
