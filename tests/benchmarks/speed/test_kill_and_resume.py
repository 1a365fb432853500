from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.processes import PROC
from benchmarks.speed.kill_and_resume import Outcome, Screening, interrupt, to_table

WRITE_LINES = """
import sys, time
from pathlib import Path
path = Path(sys.argv[1])
for line in range(len(path.read_text().splitlines()) if path.exists() else 0, 10):
    with path.open("a") as file:
        file.write(f"{line}{sys.argv[2]}\\n")
    time.sleep(0.02)
"""


class Resumable(Screening):
    """Writes ten lines; given again, those that are missing."""

    mark = ""

    def start(self, output: Path) -> subprocess.Popen[bytes]:
        mark = "" if output.name == "undisturbed.csv" else self.mark
        command = [sys.executable, "-c", WRITE_LINES, str(output), mark]
        return subprocess.Popen(command, start_new_session=True)


class Wrong(Resumable):
    """Writes other bytes once it is to be disturbed."""

    mark = "!"


@pytest.mark.skipif(not PROC.is_dir(), reason="processes of a session are listed in /proc")
@pytest.mark.parametrize(("kind", "is_right"), [(Resumable, True), (Wrong, False)])
def test_what_was_killed_is_resumed_and_its_bytes_are_compared(
    kind: type[Screening], is_right: bool, tmp_path: Path
) -> None:
    outcomes = list(interrupt(kind(Path(), "any", 1), 3, random.Random(1), tmp_path))
    assert sum(each.main_kills for each in outcomes) == 3
    assert all(each.is_right for each in outcomes) == is_right
    assert not any(each.orphans or each.leftovers for each in outcomes)


@pytest.mark.parametrize(
    "fault", [{"is_same": False}, {"orphans": 1}, {"leftovers": ["out.csv.parts"]}]
)
def test_other_bytes_orphans_and_files_left_behind_are_faults(fault: dict[str, object]) -> None:
    right = {"output": "a.csv", "main_kills": 1, "worker_kills": 2, "is_same": True, "orphans": 0}
    assert Outcome(**right, leftovers=[]).is_right
    assert not Outcome(**{**right, "leftovers": [], **fault}).is_right


def test_the_table_says_what_differs() -> None:
    outcome = {"output": "a.csv", "main_kills": 1, "worker_kills": 2, "is_same": False}
    record = {"date": "today", "n_rows": 5, "model": "gcn.tox21"}
    table = to_table({**record, "outputs": [{**outcome, "orphans": 0, "leftovers": ["b"]}]})
    assert table.rows == [["a.csv", "1", "2", "NO", "0", "1"]]
