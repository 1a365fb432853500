"""What the benchmark says rests on these: the library, the clock, the memory, the extrapolation."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest

from molgnn.errors import UnknownName


def test_a_cleaned_library_has_as_many_rows_as_asked_and_all_parse(
    hostile_smi: Path, library: Path, tmp_path: Path
) -> None:
    from libraries import clean_library, read_rows
    from rdkit.Chem import MolFromSmiles

    rows = list(read_rows(clean_library([hostile_smi, library], 100, tmp_path)))
    assert [int(number) for number, _ in rows] == list(range(100))
    assert all(MolFromSmiles(smiles) is not None for _, smiles in rows)


def test_a_cleaned_library_is_taken_evenly_from_the_whole_file(
    library: Path, tmp_path: Path
) -> None:
    from libraries import clean_library, read_rows

    from molgnn.chem.reading import open_library

    position = {row.smiles: row.number for row in open_library(library)}
    taken = [position[smiles] for _, smiles in read_rows(clean_library([library], 9, tmp_path))]
    assert taken == sorted(taken)
    gaps = [after - before for before, after in pairwise(taken)]
    assert min(gaps) > 0.9 * len(position) / 9


def test_without_a_real_library_it_says_what_to_give(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from libraries import require_libraries

    monkeypatch.setenv("MOLGNN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"fix: give files .* with --library"):
        require_libraries([])


def test_a_pattern_that_fits_no_contestant_is_an_error() -> None:
    from contestants import choose

    assert choose("floor-*,molgnn-gcn-2") == ["floor-1", "floor-2", "molgnn-gcn-2"]
    with pytest.raises(UnknownName, match="floor-2"):
        choose("flor-2")


def test_the_memory_of_a_run_is_that_of_all_its_processes(tmp_path: Path) -> None:
    from processes import can_measure_memory, measure

    if not can_measure_memory():
        pytest.skip("this system does not tell proportional set sizes")
    hold = "import time; held = b'x' * 50_000_000; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    run = measure([sys.executable, "-c", parent], tmp_path / "log")
    assert run.seconds > 0.5
    assert run.peak_bytes is not None
    assert run.peak_bytes > 50e6


def test_a_run_that_fails_ends_the_benchmark_with_its_last_words(tmp_path: Path) -> None:
    from processes import measure

    with pytest.raises(RuntimeError, match="no such molecule"):
        measure([sys.executable, "-c", "raise SystemExit('no such molecule')"], tmp_path / "log")


def test_a_slow_contestant_is_extrapolated_from_its_rate_without_its_start_up() -> None:
    from contestants import Contestant
    from processes import Run
    from race import Entry

    contestant = Contestant("slow", "slow", lambda library, output: [])
    entry = Entry(contestant, Path("part.csv"), 11, Path("out.csv"))
    entry.runs = [Run(seconds, seconds, None) for seconds in (7.0, 5.0, 6.0)]
    assert entry.seconds_for(101) == 6.0
    entry.start_ups = [Run(1.0, 1.0, None)]
    assert entry.seconds_for(101) == pytest.approx(1.0 + 5.0 * 10)


@pytest.mark.parametrize(
    ("figure", "kind", "verdict"),
    [(6, "≥", "aim"), (4, "≥", "pass"), (2, "≥", "miss"), (2, "≤", "aim"), (6, "≤", "miss")],
)
def test_a_bar_is_missed_or_passed_or_its_aim_is_reached(
    figure: float, kind: str, verdict: str
) -> None:
    from verdicts import Bar

    bar, aim = (3, 5) if kind == "≥" else (5, 3)
    assert Bar("name", figure, bar, aim, kind, "x").verdict == verdict
