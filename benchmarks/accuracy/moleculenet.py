"""Compare accuracy on MoleculeNet's published splits: molgnn, chemprop, random forest, LightGBM.

``python benchmarks/accuracy/moleculenet.py --cases tox21/kpgt0,bbbp/kpgt0 --models dmpnn,forest``
"""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.accuracy.comparison import (
    OTHERS,
    OURS,
    Comparison,
    accuracy_targets,
    compare,
    count_better,
)
from benchmarks.accuracy.models import make_model, settings_hash_of
from benchmarks.accuracy.scores import (
    Score,
    import_scores,
    load_scores,
    save_score,
    score_name,
)
from benchmarks.chemprop import VERSIONS
from benchmarks.datasets import Case, make_case
from benchmarks.options import WORKDIR, JsonOption, ShowOption, WorkdirOption, parse_numbers
from benchmarks.processes import measure_without_cache
from benchmarks.records import RESULTS, read_record, write_record
from benchmarks.tables import Table
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
    known: Annotated[
        Path | None, typer.Option(help="Of an earlier --json: what is in it is not trained again.")
    ] = None,
    train_missing: Annotated[
        bool, typer.Option("--train/--no-train", help="Or show only what has been trained.")
    ] = True,
    show: ShowOption = None,
    output: JsonOption = RESULTS / "moleculenet.json",
    workdir: WorkdirOption = WORKDIR,
) -> None:
    """Train what was not trained yet, print the table, and write every score as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    workdir, names = workdir.resolve(), cases.split(",")
    try:
        hashes = {model: settings_hash_of(model) for model in models.split(",")}
        made = [make_case(name, workdir) for name in names] if train_missing else []
    except (MolgnnError, FileNotFoundError) as error:
        raise typer.BadParameter(str(error)) from error
    if known:
        import_scores(known, workdir / "scores")
    for model, settings_hash in hashes.items():
        for seed in parse_numbers(seeds):
            for case in made:
                train(model, settings_hash, case, seed, workdir)
    scores = load_scores(workdir / "scores", names, hashes)
    print(to_table(write_record(output, to_json(scores))).to_markdown())


def train(model: str, settings_hash: str, case: Case, seed: int, workdir: Path) -> None:
    """Train one model and score it on the test rows, unless that was done before."""
    name = score_name(case.name, model, seed, settings_hash)
    if (workdir / "scores" / f"{name}.json").exists():
        return
    print(name, file=sys.stderr)
    made, folder = make_model(model, workdir), workdir / "models" / name
    shutil.rmtree(folder, ignore_errors=True)  # what an interrupted training left
    folder.parent.mkdir(parents=True, exist_ok=True)
    command, log = made.command(case, seed, folder), folder.with_name(f"{name}.log")
    run = measure_without_cache(command, log, workdir)
    table = case.read()
    is_test = np.array(table.split_values) == "test"
    predictions = made.predictions(case, folder).to_numpy(dtype=float)
    check_complete(table.labels[is_test], predictions, name)
    save_predictions(workdir / "predictions" / f"{name}.npz", np.flatnonzero(is_test), predictions)
    figures = assess(table.tasks, table.labels[is_test], predictions).to_json()
    of = (case.dataset, case.split, model, seed, case.metric)
    save_score(Score(*of, run, figures, settings_hash), workdir / "scores")
    shutil.rmtree(folder)


def check_complete(labels: np.ndarray, predictions: np.ndarray, name: str) -> None:
    """Make sure that every measured label is predicted, so that all are compared on the same ones.

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


def save_predictions(path: Path, rows: np.ndarray, predictions: np.ndarray) -> None:
    """Write the predictions of the test rows, with their positions in the case's table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, rows=rows, predictions=predictions)


def to_json(scores: Sequence[Score]) -> dict[str, Any]:
    """Return every score, below the means and differences of each case."""
    return {
        "chemprop_environment": VERSIONS,
        "comparisons": {each.case: each.to_json() for each in compare(scores)},
        "scores": [score.to_json() for score in scores],
    }


def to_table(record: Mapping[str, Any]) -> Table:
    """Return one row per case and one column per model, from what the JSON file holds."""
    comparisons = compare([Score.from_json(score) for score in record["scores"]])
    found = dict.fromkeys(model for each in comparisons for model in each.models)
    models, others = list(found), [other for other in OTHERS if {other, OURS} <= set(found)]
    table = Table(
        "Test figures, mean ± deviation over seeds (number of seeds)",
        ["case", *models, *(f"{OURS} less {other}" for other in others)],
        notes=[
            "ROC-AUC, mean over the tasks; RMSE for esol, freesolv and lipo. Differences are of "
            f"equal seeds, and positive where {OURS} is better."
        ],
    )
    for each in comparisons:
        figures = [each.values(model).describe() for model in models]
        differences = [each.difference(OURS, other).describe(signed=True) for other in others]
        table.rows.append([each.case, *figures, *differences])
    table.rows.extend(_summary_rows(comparisons, models, others))
    table.notes.extend(target.describe() for target in accuracy_targets(comparisons))
    return table


def _summary_rows(
    comparisons: Sequence[Comparison], models: Sequence[str], others: Sequence[str]
) -> Iterator[list[str]]:
    empty = [""] * len(others)
    trained = [[each for each in comparisons if model in each.models] for model in models]
    pairs = list(zip(models, trained, strict=True))
    seconds = [f"{sum(each.seconds(m) for each in own):.0f} ({len(own)})" for m, own in pairs]
    yield ["seconds, summed (cases)", *seconds, *empty]
    peaks = [max((_or_zero(each.peak_bytes(m)) for each in own), default=0) for m, own in pairs]
    yield ["GB, the most of any case", *(f"{p / 1e9:.2f}" if p else "" for p in peaks), *empty]
    if others:
        counts = [count_better(comparisons, other) for other in others]
        better = [f"{n} of {n_compared}" for n, n_compared in counts]
        yield [f"{OURS} better, data sets beside Tox21", *[""] * len(models), *better]


def _or_zero(value: float) -> float:
    return 0 if math.isnan(value) else value


if __name__ == "__main__":
    typer.run(main)
