"""Time the clean-up and featurizing of SMILES in this process; run by featurizing.py.

Imports nothing of benchmarks/, so that the molgnn of any checkout can be timed: the one that
``PYTHONPATH`` names.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import molgnn
from molgnn import Featurizer, Standardizer
from molgnn.chem.records import Molecule

WARM_UP_ROWS = 64
CALLS = 3


def time_steps(
    smiles: list[str], mode: str, presets: Sequence[str], backend: str
) -> dict[str, float]:
    """Return the processor time of each step, in µs per molecule.

    The featurizer is given what the standardizer made of the rows, as in a screening.

    Parameters
    ----------
    smiles
        The rows.
    mode
        Of the standardizer.
    presets
        Of the featurizer, each timed by itself.
    backend
        Of the featurizer.
    """
    standardizer = Standardizer(mode)
    rows = list(enumerate(smiles))
    standardizer.apply(rows[:WARM_UP_ROWS])
    seconds, outcome = _time(partial(standardizer.apply, rows))
    cleaned = [each.smiles for each in outcome if isinstance(each, Molecule)]
    steps = {f"standardize {mode}": seconds}
    for preset in presets:
        featurizer = Featurizer(preset, backend)
        featurizer(cleaned[:WARM_UP_ROWS])
        steps[f"featurize {preset}"], _ = _time(partial(featurizer, cleaned))
    return {step: 1e6 * spent / len(smiles) for step, spent in steps.items()}


def _time(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor time of the fastest of some calls, in seconds, and the result."""
    seconds = []
    for _ in range(CALLS):
        started = time.process_time()  # unlike wall time, waiting for other programs not included
        result = work()
        seconds.append(time.process_time() - started)
    return min(seconds), result


def main() -> None:
    """Read the rows, groups of SMILES by name, from a JSON file; print the times as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--mode", required=True)
    parser.add_argument("--presets", nargs="+", required=True)
    parser.add_argument("--backend", required=True)
    options = parser.parse_args()
    groups = json.loads(options.rows.read_text(encoding="utf-8"))
    times = {
        name: time_steps(smiles, options.mode, options.presets, options.backend)
        for name, smiles in groups.items()
    }
    print(json.dumps({"molgnn": str(Path(molgnn.__file__).resolve().parent), "times": times}))


if __name__ == "__main__":
    main()
