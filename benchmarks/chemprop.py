"""chemprop, which all comparisons run in a virtual environment of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from benchmarks.datasets import PART, Case
from benchmarks.processes import PYTHON, Command, measure

CHEMPROP = "2.3.1"
TORCH = "2.13.0"  # the release that the rest of the benchmark runs on
VERSIONS = {"chemprop": CHEMPROP, "torch": TORCH}
CUIK_MOLMAKER = "--use-cuikmolmaker-featurization"


def chemprop_environment(workdir: Path) -> Path:
    """Return the folder of the virtual environment, created at first.

    cuik-molmaker, which chemprop's faster mode needs, is among its dependencies.
    """
    folder = workdir / f"chemprop-{CHEMPROP}"
    if not (folder / "bin" / "chemprop").exists():
        print(f"Installing chemprop {CHEMPROP} into {folder}: minutes, once.", file=sys.stderr)
        measure([PYTHON, "-m", "venv", "--clear", folder], workdir / "chemprop-venv.log")
        wanted = [f"{package}=={version}" for package, version in VERSIONS.items()]
        pip: Command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", *wanted]
        measure(pip, workdir / "chemprop-pip.log")
    return folder


def table_for_chemprop(case: Case, path: Path) -> Path:
    """Write a data set for chemprop, which calls the validation part ``val``; return *path*."""
    frame = pd.read_csv(case.path, dtype=str)
    frame[PART] = frame[PART].replace("valid", "val")
    frame.to_csv(path, index=False)
    return path
