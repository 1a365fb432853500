"""Screening speed and memory beside chemprop, DGL-LifeSci and parsing alone, in one command.

``python benchmarks/screening.py --library pubchem.csv.gz --json figures.json``
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from contestants import MOLGNN, PYTHON, Command, build, choose
from findings import Findings
from libraries import clean_library, count_rows, repeat_library, require_libraries
from outputs import Agreement, compare
from processes import Run, can_measure_memory, measure
from race import Entry, clear, race
from records import REPOSITORY
from report import show

from molgnn.errors import MolgnnError, unknown_name

HERE = Path(__file__).resolve().parent
PARTS = ("race", "stages", "overhead", "memory")
MODELS = ("dmpnn.tox21", "mpnn.tox21", "gcn.tox21")
OVERHEAD_MODELS = ("dmpnn.tox21", "gcn.tox21")
MEMORY_MODEL = "dmpnn.tox21"
WORKERS = "2"
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}


def main(
    library: Annotated[
        list[Path] | None,
        typer.Option(help="Real molecules; several files are drawn from evenly."),
    ] = None,
    rows: Annotated[int, typer.Option(min=2)] = 100_000,
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    contestants: Annotated[
        str, typer.Option(help="Names or patterns, separated by commas: 'molgnn-*,floor-2'.")
    ] = "*",
    slow_rows: Annotated[
        int, typer.Option(min=2, help="Rows for who needs a millisecond or more for each.")
    ] = 5000,
    stage_rows: Annotated[int, typer.Option(min=1)] = 20_000,
    memory_rows: Annotated[str, typer.Option(help="Sizes, separated by commas.")] = (
        "100000,1000000"
    ),
    parts: Annotated[str, typer.Option(help="What to measure.")] = ",".join(PARTS),
    output: Annotated[Path | None, typer.Option("--json", help="For every single run.")] = None,
    workdir: Annotated[
        Path, typer.Option(help="For libraries, outputs, logs and chemprop's environment.")
    ] = REPOSITORY / "runs" / "benchmarks",
) -> None:
    """Measure, print the table, and write every run as JSON."""
    workdir = workdir.resolve()
    workdir.mkdir(parents=True, exist_ok=True)
    try:
        asked, names, sources = _parts(parts), choose(contestants), require_libraries(library or [])
    except (MolgnnError, FileNotFoundError) as error:
        raise typer.BadParameter(str(error)) from error
    if not can_measure_memory():
        print("Without Linux's summed PSS, memory stays unmeasured.", file=sys.stderr)
    cleaned = clean_library(sources, rows, workdir)
    findings = Findings(sources, count_rows(cleaned))
    if "race" in asked:
        entrants = [build(name, cleaned, workdir) for name in names]
        findings.race = race(entrants, cleaned, slow_rows, repeats, workdir)
        findings.agreements = _compare_outputs(findings.race)
    if "stages" in asked:
        findings.stages = {model: _stages(cleaned, model, stage_rows, workdir) for model in MODELS}
    if "overhead" in asked:
        findings.overhead = {m: _overhead(cleaned, m, repeats, workdir) for m in OVERHEAD_MODELS}
    if "memory" in asked:
        sizes = map(int, memory_rows.split(","))
        findings.memory = {size: _memory(sources, size, workdir) for size in sizes}
    show(findings)
    if output:
        output.write_text(json.dumps(findings.to_json(), indent=1) + "\n", encoding="utf-8")


def _parts(text: str) -> list[str]:
    asked = text.split(",")
    for part in asked:
        if part not in PARTS:
            raise unknown_name("part of the benchmark", part, PARTS)
    return asked


def _compare_outputs(entries: dict[str, Entry]) -> dict[str, Agreement]:
    """Hold the tables that molgnn and dgllife wrote in the last round against one another."""
    return {
        f"{network}.tox21": compare(ours.output, theirs.output, f"{network}.tox21")
        for network in ("gcn", "mpnn")
        if (theirs := entries.get(f"dgllife-{network}"))
        and (ours := entries.get(f"molgnn-{network}-1") or entries.get(f"molgnn-{network}-2"))
    }


def _stages(library: Path, model: str, n_rows: int, workdir: Path) -> dict[str, float]:
    arguments: Command = [library, "-m", model, "--rows", str(n_rows)]
    stages: dict[str, float] = _run_json("stages.py", arguments, workdir, ONE_THREAD)
    return stages


def _overhead(library: Path, model: str, repeats: int, workdir: Path) -> dict[str, list[float]]:
    arguments: Command = [library, "-m", model, "--workers", WORKERS, "--repeats", str(repeats)]
    seconds: dict[str, list[float]] = _run_json("overhead.py", arguments, workdir)
    return seconds


def _run_json(
    script: str,
    arguments: list[str | Path],
    workdir: Path,
    environment: dict[str, str] | None = None,
) -> Any:
    """Run a script in a process of its own; return what its last line says."""
    print(f"{script} {' '.join(map(str, arguments[1:]))}", file=sys.stderr)
    log = workdir / f"{script}.log"
    measure([PYTHON, HERE / script, *arguments], log, environment)
    return json.loads(log.read_text(encoding="utf-8").splitlines()[-1])


def _memory(sources: list[Path], n_rows: int, workdir: Path) -> Run:
    """Screen *n_rows* rows, those at hand over and over where there are fewer."""
    print(f"memory, {n_rows:,} rows", file=sys.stderr)
    library = clean_library(sources, n_rows, workdir)
    if count_rows(library) < n_rows:
        library = repeat_library(library, n_rows)
    output = workdir / f"memory-{n_rows}.csv"
    clear(output)
    command: Command = [MOLGNN, "screen", library, "-m", MEMORY_MODEL, "-o", output]
    run = measure([*command, "--workers", WORKERS, "--overwrite"], output.with_suffix(".log"))
    clear(output)
    return run


if __name__ == "__main__":
    typer.run(main)
