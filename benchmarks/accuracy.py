"""Accuracy on published splits, beside chemprop, a random forest and LightGBM on the same rows.

``python benchmarks/accuracy.py --cases tox21/kpgt0,bbbp/kpgt0 --models dmpnn,forest``
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from cases import Case, make_case
from learners import find_learner
from libraries import REPOSITORY
from measure import measure
from scores import Score, collect, show, to_json

from molgnn.assess.metrics import assess

CASES = (
    "tox21/kpgt0,tox21/murcko,bbbp/kpgt0,bace/kpgt0,clintox/kpgt0,sider/murcko,hiv/scaffold,"
    "esol/kpgt0,freesolv/kpgt0,lipo/kpgt0"
)


def main(
    cases: Annotated[str, typer.Option(help="DATASET/SPLIT, separated by commas.")] = CASES,
    models: Annotated[str, typer.Option(help="Separated by commas.")] = (
        "dmpnn,chemprop,forest,lightgbm"
    ),
    seeds: Annotated[str, typer.Option(help="Separated by commas.")] = "0,1,2",
    only_report: Annotated[bool, typer.Option(help="Show what is there, train nothing.")] = False,
    output: Annotated[Path | None, typer.Option("--json", help="For every figure.")] = None,
    workdir: Annotated[
        Path, typer.Option(help="For tables, models, logs and chemprop's environment.")
    ] = REPOSITORY / "runs" / "accuracy",
) -> None:
    """Train what was not trained yet, then print the table of all that has been measured."""
    workdir = workdir.resolve()
    made = [make_case(*case.split("/"), workdir) for case in cases.split(",")]
    if not only_report:
        for model in models.split(","):
            for seed in map(int, seeds.split(",")):
                for case in made:
                    train(model, case, seed, workdir)
    scores = collect(workdir / "scores", made, models.split(","))
    show(scores)
    if output:
        output.write_text(json.dumps(to_json(scores), indent=1) + "\n", encoding="utf-8")


def train(model: str, case: Case, seed: int, workdir: Path) -> None:
    """Train one model and judge it on the test rows, unless that was done before."""
    name = f"{case.dataset}-{case.split}-{model}-{seed}"
    path = workdir / "scores" / f"{name}.json"
    if path.exists():
        return
    print(name, file=sys.stderr)
    learner, folder = find_learner(model, workdir), workdir / "models" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    run = measure(learner.command(case, seed, folder), workdir / "models" / f"{name}.log")
    table = case.read()
    tested = np.array(table.split_values) == "test"
    predictions = learner.predictions(case, folder).to_numpy(dtype=float)
    evaluation = assess(table.tasks, table.labels[tested], predictions)
    score = Score(case.dataset, case.split, model, seed, case.metric, run, evaluation.to_json())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(score.to_json(), indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(folder)


if __name__ == "__main__":
    typer.run(main)
