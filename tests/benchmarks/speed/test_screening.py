from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks.processes import Run
from benchmarks.speed.screening import compare_tables, time_targets, to_table
from benchmarks.speed.screening_times import Timing
from molgnn.chem.reading import open_library

N_TASKS = 12


def timing(title: str, seconds: float) -> Timing:
    return Timing(title, 100, runs=[Run(seconds, seconds, 2_000_000_000)])


def test_the_targets_hold_each_network_against_the_fastest_of_the_others() -> None:
    seconds = {
        "molgnn-dmpnn-1": 20.0, "molgnn-dmpnn-2": 10.0, "chemprop": 90.0, "chemprop-cuik": 40.0,
        "molgnn-gcn-2": 6.0, "parse-only-2": 4.0,
    }  # fmt: skip
    timings = {name: timing(name, value) for name, value in seconds.items()}
    dmpnn, gcn = time_targets(timings, 100)
    assert (dmpnn.value, dmpnn.outcome) == (4.0, "met")
    assert (gcn.value, gcn.outcome) == (1.5, "met")


def test_a_program_that_was_not_run_is_in_no_target() -> None:
    assert list(time_targets({"molgnn-dmpnn-1": timing("ours", 1.0)}, 100)) == []


def test_the_table_shows_the_median_and_marks_what_is_extrapolated() -> None:
    slow = Timing("slow", 11, runs=[Run(6.0, 5.0, None)], start_ups=[Run(1.0, 1.0, None)])
    programs = {"parse-only-2": timing("parsing", 2.0).to_json(), "slow": slow.to_json()}
    machine = {"cpu": "any", "cores": 2}
    record = {"date": "today", "machine": machine, "n_rows": 101, "programs": programs}
    table = to_table({**record, "agreements": {}})
    assert table.rows[0][2:] == ["2.0", "0%", "50", "19,802", "2.0", "2.00", "1.00"]
    assert table.rows[1][2:] == ["~51.0", "0%", "~2", "~504,950", "5.0", "", "~25.50"]


def write(path: Path, rows: list[tuple[str, str]], values: list[float]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "smiles", *(f"task {i}" for i in range(N_TASKS))])
        for row, value in zip(rows, values, strict=True):
            writer.writerow([*row, *[value] * N_TASKS])
    return path


def test_outputs_are_compared_by_id_on_rows_that_the_clean_up_leaves_as_they_are(
    tmp_path: Path,
) -> None:
    rows = [("0", "CCO"), ("1", "CC(=O)[O-].[Na+]"), ("2", "c1ccccc1")]
    ours = write(tmp_path / "ours.csv", rows, [0.5, 0.1, 0.25])
    theirs = write(tmp_path / "theirs.csv", rows[::-1], [0.2, 0.9, 0.5])
    found = compare_tables(ours, theirs, "gcn.tox21")
    assert found.n_compared == 2
    assert found.largest_difference == pytest.approx(0.05)
    assert len(list(open_library(ours))) == 3
