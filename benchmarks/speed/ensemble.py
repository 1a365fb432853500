"""Compare the time of an ensemble, whose members train side by side, with trainings in turn.

``python benchmarks/speed/ensemble.py --members 4``
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.datasets import PART, SMILES, Case, make_case
from benchmarks.options import WORKDIR, JsonOption, ShowOption, WorkdirOption
from benchmarks.processes import MOLGNN, Command, Run, measure
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.tables import Table
from benchmarks.targets import Target
from molgnn.errors import MolgnnError

IN_TURN, SIDE_BY_SIDE = "trainings of one network, in turn", "one training of an ensemble"


def main(
    case: Annotated[str, typer.Option(help="DATASET/SPLIT.")] = "tox21/kpgt0",
    members: Annotated[int, typer.Option(min=2)] = 4,
    epochs: Annotated[int, typer.Option(min=1, help="Of each network.")] = 30,
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    show: ShowOption = None,
    output: JsonOption = RESULTS / "ensemble.json",
    workdir: WorkdirOption = WORKDIR,
) -> None:
    """Time whole processes that take turns; print the table and write every run as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    workdir = workdir.resolve()
    workdir.mkdir(parents=True, exist_ok=True)
    try:
        made = make_case(case, workdir)
    except (MolgnnError, FileNotFoundError) as error:
        raise typer.BadParameter(str(error)) from error
    runs: dict[str, list[dict[str, Any]]] = {IN_TURN: [], SIDE_BY_SIDE: []}
    for repeat in range(repeats):
        print(f"round {repeat + 1} of {repeats}", file=sys.stderr)
        in_turn = [
            train(made, ["--seed", str(seed)], epochs, workdir / f"single-{seed}")
            for seed in range(members)
        ]
        runs[IN_TURN].append(total(in_turn).to_json())
        together = train(made, ["--ensemble", str(members)], epochs, workdir / "ensemble")
        runs[SIDE_BY_SIDE].append(together.to_json())
    measured = {"case": case, "members": members, "epochs": epochs, "runs": runs}
    print(to_table(write_record(output, measured)).to_markdown())


def train(case: Case, options: list[str], n_epochs: int, folder: Path) -> Run:
    """Train with the defaults for so many epochs, without the report."""
    length = ["--epochs", str(n_epochs), "--patience", str(n_epochs), "--no-report"]
    rows = ["--smiles-column", SMILES, "--split", f"column:{PART}", "--overwrite"]
    command: Command = [MOLGNN, "train", case.path, "-o", folder, *rows, *length, *options]
    run = measure(command, folder.with_suffix(".log"), {"MOLGNN_CACHE": str(folder.parent)})
    shutil.rmtree(folder)
    return run


def total(runs: list[Run]) -> Run:
    """Return what runs cost together, one after the other."""
    peaks = [run.peak_bytes for run in runs if run.peak_bytes is not None]
    return Run(
        sum(run.seconds for run in runs),
        sum(run.cpu_seconds for run in runs),
        max(peaks) if peaks else None,
    )


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per way to train, from what the JSON file holds."""
    table = Table(
        f"{record['members']} networks on {record['case']}, {record['epochs']} epochs each, "
        f"{record['machine']['cores']} cores, median of the repeats ({record['date']}, "
        f"{record['machine']['cpu']})",
        ["way", "seconds", "lowest", "highest", "CPU s", "GB"],
        notes=["GB: peak of the summed PSS of all processes."],
    )
    seconds = {}
    for way, values in record["runs"].items():
        runs = [Run(**each) for each in values]
        walls = [run.seconds for run in runs]
        peaks = [run.peak_bytes for run in runs if run.peak_bytes is not None]
        seconds[way] = median(walls)
        figures = [seconds[way], min(walls), max(walls), median(run.cpu_seconds for run in runs)]
        peak = f"{max(peaks) / 1e9:.2f}" if peaks else ""
        table.rows.append([way, *(f"{figure:,.1f}" for figure in figures), peak])
    share = seconds[SIDE_BY_SIDE] / seconds[IN_TURN]
    name = "an ensemble: its time as a share of that of its networks in turn"
    table.notes.append(Target(name, share, 0.75, None, "≤").describe())
    return table


if __name__ == "__main__":
    typer.run(main)
