"""Write a benchmark's JSON file: date, machine and versions, then what was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
RESULTS = REPOSITORY / "benchmarks" / "results"
PACKAGES = (
    "molgnn",
    "torch",
    "numpy",
    "rdkit",
    "cuik-molmaker-pin",
    "dgl",
    "dgllife",
    "scikit-learn",
    "lightgbm",
)


def write_record(path: Path, measured: Mapping[str, Any]) -> dict[str, Any]:
    """Write what was measured, under the date, the machine and the installed versions.

    Parameters
    ----------
    path
        The JSON file, overwritten where there is one.
    measured
        Plain data.

    Returns
    -------
    dict
        All that the file holds, as `read_record` gives it.
    """
    record = {
        "date": date.today().isoformat(),
        "machine": describe_machine(),
        "versions": installed_versions(),
        **measured,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return read_record(path)


def read_record(path: Path) -> dict[str, Any]:
    """Return what a benchmark's JSON file holds."""
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def describe_machine() -> dict[str, str | int | float]:
    """Return processor, cores, memory, system, and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": _cpu_model(),
        "cores": cores or 1,
        "memory_gb": round(memory / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": commit_of(REPOSITORY),
    }


def installed_versions() -> dict[str, str]:
    """Return the versions of what is measured, but for chemprop, which has its own environment."""
    found = {}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _cpu_model() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def commit_of(checkout: Path) -> str:
    """Return a checkout's commit, marked where files differ from it; empty outside git."""
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty"]
    with suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    return ""
