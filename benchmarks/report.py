"""The findings as a table."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from findings import Findings
from race import Entry
from rich.console import Console
from rich.table import Table
from verdicts import bar_table

WIDTH = 118


def show(findings: Findings) -> None:
    """Print all that was measured."""
    console = Console(width=WIDTH)
    machine = findings.machine
    console.print(
        f"{findings.date}, {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, Python {machine['python']}, commit {machine['commit']}"
    )
    if findings.race:
        console.print(_race_table(findings.race, findings.n_rows))
    if findings.stages:
        console.print(_stage_table(findings.stages))
    console.print(bar_table(findings.bars()))


def _race_table(race: Mapping[str, Entry], n_rows: int) -> Table:
    table = Table(
        title=f"{n_rows:,} rows, whole processes, median of the repeats",
        caption="Every row is one that RDKit parses, since a single other ends chemprop's job. "
        "Memory: peak of the summed PSS of all processes. x parsing: against MolFromSmiles alone "
        "in 2 processes. ~: from runs on fewer rows and on a single row.",
    )
    table.add_column("contestant")
    for heading in ("rows", "seconds", "spread", "mol/s", "µs/mol", "CPU s", "GB", "x parsing"):
        table.add_column(heading, justify="right")
    floor = race["floor-2"].seconds if "floor-2" in race else None
    for entry in race.values():
        table.add_row(*_race_cells(entry, n_rows, floor))
    return table


def _race_cells(entry: Entry, n_rows: int, floor: float | None) -> list[str]:
    seconds, peak = entry.seconds_for(n_rows), entry.peak_bytes
    runs = [run.seconds for run in entry.runs]
    mark = "~" if entry.start_ups else ""
    return [
        entry.contestant.title,
        f"{entry.n_rows:,}",
        f"{mark}{seconds:,.1f}",
        f"{100 * (max(runs) - min(runs)) / entry.seconds:.0f}%",
        f"{mark}{n_rows / seconds:,.0f}",
        f"{mark}{1e6 * seconds / n_rows:,.0f}",
        f"{median(run.cpu_seconds for run in entry.runs):,.1f}",
        "" if peak is None else f"{peak / 1e9:.2f}",
        "" if floor is None else f"{mark}{seconds / floor:.2f}",
    ]


def _stage_table(stages: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table(
        title="molgnn: µs per molecule by stage, one process of one thread",
        caption="Indented: the parts of predict_store.",
    )
    table.add_column("stage")
    for model in stages:
        table.add_column(model, justify="right")
    for stage in next(iter(stages.values())):
        table.add_row(stage, *(f"{timed[stage]:,.1f}" for timed in stages.values()))
    table.add_section()
    sums = [sum(us for stage, us in timed.items() if stage[0] != " ") for timed in stages.values()]
    table.add_row("all", *(f"{us:,.1f}" for us in sums))
    return table
