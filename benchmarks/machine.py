"""What a figure was measured on, for a figure without its machine is worth nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

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
        "commit": _commit(),
    }


def installed_versions() -> dict[str, str]:
    """Return the releases of what takes part, chemprop aside, which has its own environment."""
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


def _commit() -> str:
    """Return the commit of this checkout, marked where files differ from it; empty outside git."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    with suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    return ""
