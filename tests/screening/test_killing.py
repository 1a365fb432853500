"""The plug pulled in the middle, and again: in the end nobody can tell."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from molgnn.screening import screen

SCREEN = """
import sys
from molgnn.screening import screen

if __name__ == "__main__":
    screen(sys.argv[1], "gcn.tox21", output=sys.argv[2], workers=2, chunk_size=128)
"""


needs_sigkill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")


@pytest.fixture
def real_library(library: Path, tmp_path: Path) -> Path:
    """Return the approved drugs twice over."""
    header, *rows = library.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "drugs.csv"
    path.write_text("\n".join([header, *rows, *rows]) + "\n", encoding="utf-8")
    return path


def start(library: Path, output: Path) -> subprocess.Popen[bytes]:
    script = library.with_name("screen.py")
    script.write_text(SCREEN)
    return subprocess.Popen([sys.executable, script, library, output])


def n_safe(output: Path) -> int:
    """Count the parts that are listed."""
    listing = output.with_name(f"{output.name}.parts") / "parts.jsonl"
    return listing.read_bytes().count(b"\n") if listing.exists() else 0


def workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


KILLED_IN_A_PART = """
import os, signal, sys
from molgnn.screening import job, screen
from molgnn.screening.manifest import Manifest

add = Manifest.add

def add_or_die(self, writers, counts):
    def write_half(file):
        file.write(b"half a r")
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    add(self, [write_half] if len(self.parts) == 2 else writers, counts)

Manifest.add = add_or_die
job.PART_CHUNKS = 1
screen(sys.argv[1], sys.argv[2], output=sys.argv[3], workers=1, chunk_size=30)
"""


@needs_sigkill
def test_killed_while_it_writes_a_part_it_is_resumed_behind_the_part_before(
    library: Path, tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("molgnn.screening.job.PART_CHUNKS", 1)
    drugs, undisturbed, output = (tmp_path / name for name in ("drugs.csv", "all.csv", "out.csv"))
    drugs.write_bytes(b"".join(library.read_bytes().splitlines(keepends=True)[:151]))
    command = [sys.executable, "-c", KILLED_IN_A_PART, drugs, tiny_bundle, output]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert not output.exists()
    assert n_safe(output) == 2
    options = {"workers": 1, "chunk_size": 30}
    assert screen(drugs, tiny_bundle, output=output, **options).resumed == 60
    screen(drugs, tiny_bundle, output=undisturbed, **options)
    assert output.read_bytes() == undisturbed.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"drugs.csv", "all.csv", "out.csv"}


@pytest.mark.slow
@needs_sigkill
def test_killed_twice_it_ends_with_the_same_bytes(real_library: Path, tmp_path: Path) -> None:
    assert start(real_library, tmp_path / "undisturbed.csv").wait() == 0
    output = tmp_path / "killed.csv"
    for n_parts in (1, 2):
        process = start(real_library, output)
        while n_safe(output) < n_parts and process.poll() is None:
            time.sleep(0.01)
        assert process.poll() is None
        process.kill()
        process.wait()
        assert not output.exists()
        assert n_safe(output) >= n_parts
    assert start(real_library, output).wait() == 0
    assert sha256(output) == sha256(tmp_path / "undisturbed.csv")
    assert not output.with_name("killed.csv.parts").exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's list of children")
def test_a_worker_that_is_killed_costs_nothing(real_library: Path, tmp_path: Path) -> None:
    assert start(real_library, tmp_path / "undisturbed.csv").wait() == 0
    process = start(real_library, tmp_path / "killed.csv")
    while n_safe(tmp_path / "killed.csv") < 1:
        assert process.poll() is None
        time.sleep(0.01)
    for child in workers_of(process.pid)[-1:]:
        os.kill(child, signal.SIGKILL)
    assert process.wait() == 0
    assert sha256(tmp_path / "killed.csv") == sha256(tmp_path / "undisturbed.csv")
