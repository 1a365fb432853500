"""Compare the time of an epoch of training: molgnn, chemprop and DGL-LifeSci on the same rows.

``python benchmarks/speed/training.py --programs 'molgnn-dmpnn,chemprop*'``
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.chemprop import VERSIONS
from benchmarks.datasets import make_case
from benchmarks.options import (
    WORKDIR,
    JsonOption,
    ShowOption,
    WorkdirOption,
    parse_numbers,
    pick,
)
from benchmarks.processes import warn_without_memory
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.speed.epoch_times import EpochTiming, ratios, time_epochs
from benchmarks.speed.training_programs import BATCH_SIZE, PROGRAMS, make_program
from benchmarks.tables import Table
from benchmarks.targets import Target
from molgnn.errors import MolgnnError


def main(
    case: Annotated[str, typer.Option(help="DATASET/SPLIT.")] = "tox21/kpgt0",
    programs: Annotated[str, typer.Option(help="Names or patterns, separated by commas.")] = "*",
    epochs: Annotated[str, typer.Option(help="Of a short and of a long run.")] = "2,12",
    slow_epochs: Annotated[str, typer.Option(help="The same, for dgllife.")] = "1,3",
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    threads: Annotated[int, typer.Option(min=1, help="For every program.")] = os.cpu_count() or 1,
    show: ShowOption = None,
    output: JsonOption = RESULTS / "training.json",
    workdir: WorkdirOption = WORKDIR,
) -> None:
    """Time whole processes that take turns; print the table and write every run as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    workdir = workdir.resolve()
    workdir.mkdir(parents=True, exist_ok=True)
    os.environ.update({f"{name}_NUM_THREADS": str(threads) for name in ("OMP", "MKL", "OPENBLAS")})
    lengths = _pair(epochs), _pair(slow_epochs)
    try:
        names, made = pick(programs, PROGRAMS, "program"), make_case(case, workdir)
    except (MolgnnError, FileNotFoundError) as error:
        raise typer.BadParameter(str(error)) from error
    warn_without_memory()
    entries = [make_program(name, workdir) for name in names]
    timings = time_epochs(entries, made, *lengths, repeats, workdir)
    measured = {
        "chemprop_environment": VERSIONS,
        "case": case,
        "batch_size": BATCH_SIZE,
        "threads": threads,
        "epochs": {name: timing.to_json() for name, timing in timings.items()},
    }
    print(to_table(write_record(output, measured)).to_markdown())


def _pair(text: str) -> tuple[int, int]:
    numbers = parse_numbers(text)
    if len(numbers) != 2 or not 0 < numbers[0] < numbers[1]:
        raise typer.BadParameter(
            f"expected two numbers of epochs but got {text!r}; fix: the smaller first, as in 2,12"
        )
    return numbers[0], numbers[1]


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per program, from what the JSON file holds."""
    timings = {name: EpochTiming.from_json(each) for name, each in record["epochs"].items()}
    table = Table(
        f"Training on {record['case']}, batches of {record['batch_size']}, {record['threads']} "
        f"threads, whole processes, median of the repeats ({record['date']}, "
        f"{record['machine']['cpu']})",
        ["program", "epochs", "s per epoch", "lowest", "highest", "long run, s", "GB"],
        [_cells(timing) for timing in timings.values()],
        [
            "s per epoch: a long run less a short one, by the epochs between them; empty where "
            "start-up scatters more than that: give more epochs. GB: peak of the summed PSS."
        ],
    )
    table.notes.extend(target.describe() for target in epoch_targets(timings))
    return table


def _cells(timing: EpochTiming) -> list[str]:
    each, peak = timing.epoch_seconds, timing.peak_bytes
    seconds = [
        f"{s:,.2f}" if timing.is_resolved else "" for s in (timing.epoch, min(each), max(each))
    ]
    length = "{}, {}".format(*timing.n_epochs)
    gigabytes = "" if peak is None else f"{peak / 1e9:.2f}"
    return [timing.title, length, *seconds, f"{timing.seconds:,.1f}", gigabytes]


def epoch_targets(timings: Mapping[str, EpochTiming]) -> Iterator[Target]:
    """Yield the ratios of the times of an epoch for which both programs were run."""
    for ratio in ratios(timings, "molgnn-dmpnn", "chemprop-cuik"):
        name = "D-MPNN, an epoch: times as fast as chemprop with its C++ featurizer"
        yield Target(name, ratio, 2, 4, "≥", "x")
    for ratio in ratios(timings, "molgnn-mpnn", "dgllife-mpnn"):
        yield Target("MPNN, an epoch: times as fast as dgllife", ratio, 10, 20, "≥", "x")


if __name__ == "__main__":
    typer.run(main)
