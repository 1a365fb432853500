"""Time the clean-up and featurizing of SMILES: µs per molecule on one core, for every preset.

``python benchmarks/speed/featurizing.py --against ../another-checkout`` says how much faster or
slower a change has made them. Each measurement is a process of its own; those of the two checkouts
take turns, and the table shows medians.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from rdkit import Chem, rdBase

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.libraries import find_libraries, take_evenly
from benchmarks.records import REPOSITORY, RESULTS, commit_of, read_record, write_record
from benchmarks.tables import Table
from molgnn.graph.presets import PRESETS

PROCESS = Path(__file__).with_name("featurizing_process.py")
DRUGS = REPOSITORY / "data" / "approved_drugs.csv"
# several components, charges, isotopes, atom maps, explicit hydrogens
MESSY = re.compile(r"[.+]|-\d*\]|\[\d|:\d+\]|\[H\]")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}

Groups = dict[str, list[str]]
Times = dict[str, dict[str, list[float]]]


def main(
    library: Annotated[
        list[Path] | None,
        typer.Option(help="Real molecules; by default data/, and the libraries in MOLGNN_DATA."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Another checkout of molgnn to compare this one with.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Of each library, evenly spread.")] = 5000,
    repeats: Annotated[int, typer.Option(min=1)] = 5,
    mode: Annotated[str, typer.Option(help="Of the standardizer: parent, chembl, off.")] = "parent",
    presets: Annotated[str, typer.Option(help="Separated by commas.")] = ",".join(PRESETS),
    backend: Annotated[str, typer.Option(help="Of the featurizer: auto, cpp, rdkit.")] = "auto",
    show: Annotated[Path | None, typer.Option(help="Print an earlier JSON, measure nothing.")] = (
        None
    ),
    output: Annotated[Path, typer.Option("--json", help="For every measurement.")] = (
        RESULTS / "featurizing.json"
    ),
) -> None:
    """Measure, print the table, and write every measurement as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    groups = make_groups(library or [DRUGS, *find_libraries()], rows)
    checkouts = [REPOSITORY, *([against.resolve()] if against else [])]
    options = ["--mode", mode, "--backend", backend, "--presets", *presets.split(",")]
    times = measure(checkouts, groups, options, repeats)
    measured = {
        "rows": {name: len(smiles) for name, smiles in groups.items()},
        "backend": backend,
        "checkouts": [f"{path.name} {commit_of(path)}".strip() for path in checkouts],
        "us_per_molecule": times,
    }
    print(to_table(write_record(output, measured)).to_markdown())


def make_groups(libraries: list[Path], n_rows: int) -> Groups:
    """Return clean and messy rows of each library, and its clean rows in two other notations."""
    groups: Groups = {}
    for path in libraries:
        smiles, name = take_evenly([path], n_rows), path.name.partition(".")[0]
        clean = [text for text in smiles if not MESSY.search(text)]
        groups[f"{name}, clean"] = clean
        groups[f"{name}, salts, charges, isotopes"] = [t for t in smiles if MESSY.search(t)]
        if path.resolve() == DRUGS:
            groups[f"{name}, explicit hydrogens"] = list(map(_with_hydrogens, clean))
            groups[f"{name}, atom maps"] = list(map(_with_atom_maps, clean))
    return {name: smiles for name, smiles in groups.items() if smiles}


def _with_hydrogens(smiles: str) -> str:
    return Chem.MolToSmiles(Chem.AddHs(Chem.MolFromSmiles(smiles)))


def _with_atom_maps(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles)
    for atom in mol.GetAtoms():
        atom.SetAtomMapNum(atom.GetIdx() + 1)
    return Chem.MolToSmiles(mol)


def measure(checkouts: list[Path], groups: Groups, options: list[str], repeats: int) -> list[Times]:
    """Return, for each checkout, group to step to the µs per molecule of each repeat."""
    times: list[Times] = [defaultdict(lambda: defaultdict(list)) for _ in checkouts]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.json"
        path.write_text(json.dumps(groups), encoding="utf-8")
        for repeat in range(repeats):
            turns = list(zip(checkouts, times, strict=True))
            for checkout, collected in turns if repeat % 2 else reversed(turns):
                print(f"round {repeat + 1} of {repeats}: {checkout}", file=sys.stderr)
                for group, steps in _measure_once(checkout, path, options).items():
                    for step, microseconds in steps.items():
                        collected[group][step].append(microseconds)
    return times


def _measure_once(checkout: Path, rows: Path, options: list[str]) -> dict[str, dict[str, float]]:
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(checkout)}
    command = [sys.executable, str(PROCESS), str(rows), *options]
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(answer.stdout)
    if Path(found["molgnn"]) != checkout / "molgnn":
        raise RuntimeError(
            f"expected the molgnn of {checkout} but {found['molgnn']} was imported; "
            "fix: name the root of a checkout"
        )
    times: dict[str, dict[str, float]] = found["times"]
    return times


def to_table(record: dict[str, Any]) -> Table:
    """Return one row per group and step, from what the JSON file holds."""
    checkouts, times = record["checkouts"], record["us_per_molecule"]
    ratio = ["ratio"] if len(checkouts) > 1 else []
    n_repeats = len(next(iter(next(iter(times[0].values())).values())))
    title = (
        f"µs per molecule, one core of {record['machine']['cpu']}, backend {record['backend']}, "
        f"median of {n_repeats}"
    )
    headings = ["rows", "step", *(f"{name}, µs" for name in checkouts), *ratio]
    table = Table(title, headings, n_text_columns=2)
    for group, n_rows in record["rows"].items():
        for step in times[0][group]:
            repeats = [each[group][step] for each in times]
            cells = [f"{median(values):,.1f}" for values in repeats]
            if ratio:
                cells.append(f"{median(map(truediv, *repeats)):.2f}")
            table.rows.append([f"{group} ({n_rows:,})", step, *cells])
    if ratio:
        table.notes.append("ratio: median over the rounds; below 1, this checkout is the faster.")
    return table


if __name__ == "__main__":
    with rdBase.BlockLogs():
        typer.run(main)
