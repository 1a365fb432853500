"""Time of an epoch beside chemprop and DGL-LifeSci, and memory of training on a million molecules.

``python benchmarks/training.py --json figures.json``
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from cases import make_case
from contestants import CHEMPROP, MOLGNN, TORCH_OF_CHEMPROP, Command, measure_afresh
from epochs import Course, ratios, time_epochs
from libraries import clean_library, count_rows, repeat_library, require_libraries
from planted import plant_labels
from processes import Run, can_measure_memory
from records import REPOSITORY, describe_machine, installed_versions
from rich.console import Console
from rich.table import Table
from trainers import BATCH_SIZE, build, choose
from verdicts import Bar, bar_table

from molgnn.errors import MolgnnError

WIDTH = 118
GB = 1e9


@dataclass
class Findings:
    """What was measured; a part that was not asked for is empty.

    Parameters
    ----------
    case
        The data set and its split, for the epochs.
    threads
        How many every contestant was given.
    courses
        Trainer to its runs.
    memory
        Number of molecules to a run of ``molgnn train`` over one epoch.
    """

    case: str
    threads: int
    courses: dict[str, Course] = field(default_factory=dict)
    memory: dict[int, Run] = field(default_factory=dict)

    def bars(self) -> Iterator[Bar]:
        """Hold all that took part against what it must reach."""
        for ratio in ratios(self.courses, "molgnn-dmpnn", "chemprop-cuik"):
            title = "D-MPNN, an epoch: times as fast as chemprop with its C++ featurizer"
            yield Bar(title, ratio, 2, 4, "≥", "x")
        for ratio in ratios(self.courses, "molgnn-mpnn", "dgllife-mpnn"):
            yield Bar("MPNN, an epoch: times as fast as dgllife", ratio, 10, 20, "≥", "x")
        for n_mols, run in self.memory.items():
            if run.peak_bytes is not None:
                title = f"memory of training on {n_mols:,} molecules, 12 tasks, GB"
                yield Bar(title, run.peak_bytes / GB, 4, 2, "≤", "")

    def to_json(self) -> dict[str, Any]:
        """Return plain data, every single run included."""
        return {
            "date": date.today().isoformat(),
            "machine": describe_machine(),
            "versions": installed_versions(),
            "chemprop_environment": {"chemprop": CHEMPROP, "torch": TORCH_OF_CHEMPROP},
            "case": self.case,
            "batch_size": BATCH_SIZE,
            "threads": self.threads,
            "epochs": {name: course.to_json() for name, course in self.courses.items()},
            "memory": {n: asdict(run) for n, run in self.memory.items()},
            "bars": [bar.to_json() for bar in self.bars()],
        }


def main(
    library: Annotated[
        list[Path] | None, typer.Option(help="Real molecules for the memory, such as MOSES.")
    ] = None,
    case: Annotated[str, typer.Option(help="DATASET/SPLIT for the epochs.")] = "tox21/kpgt0",
    trainers: Annotated[
        str, typer.Option(help="Names or patterns, separated by commas; '' for none.")
    ] = "*",
    epochs: Annotated[str, typer.Option(help="Of a short and of a long run.")] = "2,12",
    slow_epochs: Annotated[str, typer.Option(help="The same, for dgllife.")] = "1,3",
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    memory_rows: Annotated[str, typer.Option(help="Sizes; '' for none.")] = "1000000",
    threads: Annotated[int, typer.Option(min=1, help="For everyone.")] = os.cpu_count() or 1,
    output: Annotated[Path | None, typer.Option("--json", help="For every single run.")] = None,
    workdir: Annotated[
        Path, typer.Option(help="For tables, models, logs and chemprop's environment.")
    ] = REPOSITORY / "runs" / "training",
) -> None:
    """Measure, print the tables, and write every run as JSON."""
    workdir = workdir.resolve()
    workdir.mkdir(parents=True, exist_ok=True)
    os.environ.update({f"{name}_NUM_THREADS": str(threads) for name in ("OMP", "MKL", "OPENBLAS")})
    sizes = [int(size) for size in memory_rows.split(",") if size]
    try:
        names = choose(trainers) if trainers else []
        made = make_case(case, workdir)
        sources = require_libraries(library or []) if sizes else []
        lengths = _pair(epochs), _pair(slow_epochs)
    except (MolgnnError, FileNotFoundError) as error:
        raise typer.BadParameter(str(error)) from error
    if not can_measure_memory():
        print("Without Linux's summed PSS, memory stays unmeasured.", file=sys.stderr)
    findings = Findings(case, threads)
    entrants = [build(name, workdir) for name in names]
    findings.courses = time_epochs(entrants, made, *lengths, repeats, workdir)
    findings.memory = {size: measure_memory(sources, size, workdir) for size in sizes}
    show(findings)
    if output:
        output.write_text(json.dumps(findings.to_json(), indent=1) + "\n", encoding="utf-8")


def _pair(text: str) -> tuple[int, int]:
    few, _, many = text.partition(",")
    if not (few.isdigit() and many.isdigit() and 1 < int(many) > int(few) > 0):
        raise typer.BadParameter(f"expected two numbers of epochs, as 2,12, but got {text!r}")
    return int(few), int(many)


def measure_memory(sources: list[Path], n_mols: int, workdir: Path) -> Run:
    """Train for one epoch, with the defaults, on molecules with planted labels.

    Where the libraries have fewer, theirs are repeated.
    """
    print(f"memory, {n_mols:,} molecules", file=sys.stderr)
    cleaned = clean_library(sources, n_mols, workdir)
    if count_rows(cleaned) < n_mols:
        cleaned = repeat_library(cleaned, n_mols)
    table = plant_labels(cleaned, workdir / f"planted-{n_mols}.csv", n_mols)
    folder = workdir / f"memory-{n_mols}"
    command: Command = [MOLGNN, "train", table, "-o", folder, "--epochs", "1", "--overwrite"]
    run = measure_afresh(command, folder.with_suffix(".log"), workdir)
    shutil.rmtree(folder)
    return run


def show(findings: Findings) -> None:
    """Print all that was measured."""
    console = Console(width=WIDTH)
    if findings.courses:
        console.print(_epoch_table(findings))
    bars = list(findings.bars())
    if bars:
        console.print(bar_table(bars))


def _epoch_table(findings: Findings) -> Table:
    table = Table(
        title=f"{findings.case}, batches of {BATCH_SIZE}, {findings.threads} threads, whole "
        "processes, median of the repeats",
        caption="Seconds per epoch: a long run less a short one, by the epochs between them. "
        "Memory: peak of the summed PSS of all processes.",
    )
    table.add_column("trainer")
    for heading in ("epochs", "s per epoch", "lowest", "highest", "long run, s", "GB"):
        table.add_column(heading, justify="right")
    for course in findings.courses.values():
        each, peak = course.epoch_seconds, course.peak_bytes
        figures = [f"{s:,.2f}" for s in (course.epoch, min(each), max(each), course.seconds)]
        length = "{}, {}".format(*course.n_epochs)
        mark = "" if course.is_resolved else " (lost in the noise: give more epochs)"
        table.add_row(
            course.trainer.title + mark, length, *figures, f"{peak / GB:.2f}" if peak else ""
        )
    return table


if __name__ == "__main__":
    typer.run(main)
