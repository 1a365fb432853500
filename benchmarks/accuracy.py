"""Accuracy on published splits, beside chemprop, a random forest and LightGBM on the same rows.

``python benchmarks/accuracy.py --cases tox21/kpgt0,bbbp/kpgt0 --models dmpnn,forest``
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from cases import Case, make_case
from contestants import CHEMPROP, TORCH_OF_CHEMPROP, measure_afresh
from learners import find_learner, recipe_of
from records import REPOSITORY, describe_machine, installed_versions
from scores import Score, collect, save_score, score_name, take_up
from standing_tables import show
from standings import Standing, bars_of_accuracy, rank

from molgnn.assess.metrics import assess
from molgnn.errors import MolgnnError

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
    known: Annotated[
        Path | None, typer.Option(help="Of an earlier --json: what is in it is not trained again.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--json", help="For every figure.")] = None,
    workdir: Annotated[
        Path, typer.Option(help="For tables, models, logs and chemprop's environment.")
    ] = REPOSITORY / "runs" / "accuracy",
) -> None:
    """Train what was not trained yet, then print the table of all that has been measured."""
    workdir, names = workdir.resolve(), cases.split(",")
    try:
        recipes = {model: recipe_of(model) for model in models.split(",")}
        made = [] if only_report else [make_case(name, workdir) for name in names]
    except (MolgnnError, FileNotFoundError) as error:
        raise typer.BadParameter(str(error)) from error
    if known:
        take_up(known, workdir / "scores")
    for model, recipe in recipes.items():
        for seed in map(int, seeds.split(",")):
            for case in made:
                train(model, recipe, case, seed, workdir)
    standings = rank(collect(workdir / "scores", names, recipes))
    show(standings)
    if output:
        output.write_text(json.dumps(to_json(standings), indent=1) + "\n", encoding="utf-8")


def train(model: str, recipe: str, case: Case, seed: int, workdir: Path) -> None:
    """Train one model and judge it on the test rows, unless that was done before."""
    name = score_name(case.name, model, seed, recipe)
    if (workdir / "scores" / f"{name}.json").exists():
        return
    print(name, file=sys.stderr)
    learner, folder = find_learner(model, workdir), workdir / "models" / name
    shutil.rmtree(folder, ignore_errors=True)  # what an interrupted training left
    folder.parent.mkdir(parents=True, exist_ok=True)
    command, log = learner.command(case, seed, folder), folder.with_name(f"{name}.log")
    run = measure_afresh(command, log, workdir)
    table = case.read()
    tested = np.array(table.split_values) == "test"
    predictions = learner.predictions(case, folder).to_numpy(dtype=float)
    check_complete(table.labels[tested], predictions, name)
    keep_predictions(workdir / "predictions" / f"{name}.npz", np.flatnonzero(tested), predictions)
    figures = assess(table.tasks, table.labels[tested], predictions).to_json()
    of = (case.dataset, case.split, model, seed, case.metric)
    save_score(Score(*of, run, figures, recipe), workdir / "scores")
    shutil.rmtree(folder)


def check_complete(labels: np.ndarray, predictions: np.ndarray, name: str) -> None:
    """Make sure that every measured label is predicted: all are to be judged on the same ones.

    Raises
    ------
    ValueError
        If one is not, or the rows are not as many.
    """
    if labels.shape != predictions.shape:
        raise ValueError(f"{name}: expected predictions {labels.shape} but got {predictions.shape}")
    n_missing = int((np.isnan(predictions) & ~np.isnan(labels)).sum())
    if n_missing:
        raise ValueError(f"{name}: expected a prediction of every label but {n_missing} have none")


def keep_predictions(path: Path, rows: np.ndarray, predictions: np.ndarray) -> None:
    """Write the predictions of the test rows, with their positions in the case's table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, rows=rows, predictions=predictions)


def to_json(standings: Sequence[Standing]) -> dict[str, Any]:
    """Return the machine, the releases, where all stand, and every score."""
    return {
        "machine": describe_machine(),
        "versions": installed_versions(),
        "chemprop_environment": {"chemprop": CHEMPROP, "torch": TORCH_OF_CHEMPROP},
        "bars": [bar.to_json() for bar in bars_of_accuracy(standings)],
        "standings": {standing.case: standing.to_json() for standing in standings},
        "scores": [score.to_json() for standing in standings for score in standing.scores],
    }


if __name__ == "__main__":
    typer.run(main)
