from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

from molgnn.experiments.run import Run
from molgnn.predictor.bundle import Bundle
from molgnn.tasks import Tasks

Call = Callable[..., Result]


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    path = tmp_path / "measured.csv"
    path.write_text("smiles,NR-AR,SR-p53\nCCO,0,1\nCCN,1,1\nCCC,0,\nC1CC,1,0\n")
    return path


def test_figures_are_printed_task_by_task_with_the_mean(
    call: Call, tiny_bundle: Path, measured: Path
) -> None:
    result = call("evaluate", tiny_bundle, measured)
    assert result.exit_code == 0, result.output
    header, *rows = [line.split() for line in result.stdout.splitlines()]
    assert header[:5] == ["task", "positives", "negatives", "missing", "roc_auc"]
    assert rows[0][:4] == ["NR-AR", "1", "2", "1"]
    assert rows[1][:5] == ["SR-p53", "2", "0", "2", "none"]
    assert rows[2][0] == "mean"


def test_figures_are_written_as_json(call: Call, tiny_bundle: Path, measured: Path) -> None:
    output = measured.with_name("metrics.json")
    assert call("evaluate", tiny_bundle, measured, "--tasks", "NR-AR", "-o", output).exit_code == 0
    record = json.loads(output.read_text())
    assert list(record["tasks"]) == ["NR-AR"]
    assert record["mean"]["roc_auc"]["n_tasks"] == 1


def test_metrics_are_printed_as_json(call: Call, tiny_bundle: Path, measured: Path) -> None:
    record = json.loads(call("evaluate", tiny_bundle, measured, "--json").stdout)
    assert list(record["tasks"]) == ["NR-AR", "SR-p53"]
    assert record["training_rows"] is None


def test_rows_that_were_trained_on_are_left_out_and_the_option_is_named(
    call: Call, run: Run, measured: Path
) -> None:
    known = pd.read_csv(run.folder / "split.csv").query("part == 'train'")["smiles"].iloc[0]
    measured.write_text(f"smiles,length\n{known},30\nFCCCCCCBr,9\n")
    result = call("evaluate", run.folder, measured)
    said = "trained on: 1, and left out; --include-training-rows counts them, too\n"
    assert result.stderr.endswith(said)
    result = call("evaluate", run.folder, measured, "--include-training-rows")
    assert result.stdout.splitlines()[1].split()[:3] == ["length", "2", "0"]


def test_an_output_that_cannot_be_written_is_named(
    call: Call, tiny_bundle: Path, measured: Path
) -> None:
    result = call("evaluate", tiny_bundle, measured, "-o", measured / "metrics.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"existing folder but got {measured / 'metrics.json'}" in result.stderr


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_the_table_is_never_written_over(
    call: Call, tiny_bundle: Path, measured: Path, options: list[str]
) -> None:
    before = measured.read_bytes()
    result = call("evaluate", tiny_bundle, measured, "-o", measured, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "never written over" in result.stderr
    assert measured.read_bytes() == before


def test_an_existing_output_is_replaced_when_asked(
    call: Call, tiny_bundle: Path, measured: Path
) -> None:
    output = measured.with_name("metrics.json")
    output.write_text("earlier")
    arguments = ("evaluate", tiny_bundle, measured, "-o", output)
    assert "--overwrite" in call(*arguments).stderr
    assert output.read_text() == "earlier"
    assert call(*arguments, "--overwrite").exit_code == 0
    assert json.loads(output.read_text())["tasks"]


def test_rows_without_a_prediction_are_counted(
    call: Call, tiny_bundle: Path, measured: Path
) -> None:
    measured.write_text("smiles,NR-AR\nCCO,0\nCCN,1\nC1CC,1\n,1\n,0\n")
    output = measured.with_name("metrics.json")
    result = call("evaluate", tiny_bundle, measured, "-o", output)
    said = "the table has no labels of SR-p53, SR-MMP\n"
    said += "whether the model was trained on some of these molecules is not known\n"
    said += "rows without a prediction: 3 (2 empty SMILES, 1 invalid SMILES)\n"
    assert result.stderr == said
    assert json.loads(output.read_text())["rejected"] == {"empty SMILES": 2, "invalid SMILES": 1}


def test_a_table_without_the_model_s_tasks_is_refused(
    call: Call, tiny_bundle: Path, measured: Path
) -> None:
    measured.write_text("smiles,other\nC,1\n")
    result = call("evaluate", tiny_bundle, measured)
    assert result.exit_code == 1
    assert "NR-AR" in result.stderr
    assert "other" in result.stderr


def test_the_classes_of_a_column_are_tasks_where_an_option_names_it(
    call: Call, tiny_bundle: Path, measured: Path
) -> None:
    measured.write_text("smiles,SR\nCCO,p53\nCCN,MMP\nCCC,p53\nCCCC,other\n")
    refused = call("evaluate", tiny_bundle, measured)
    assert refused.stderr.endswith("name those that hold several classes (--one-vs-rest)\n")
    bundle = rename_tasks(tiny_bundle, measured.with_name("model"), "-", "_")
    result = call("evaluate", bundle, measured, "--one-vs-rest", "SR")
    assert [line.split()[:3] for line in result.stdout.splitlines()[1:3]] == [
        ["SR_p53", "2", "2"],
        ["SR_MMP", "1", "3"],
    ]


def rename_tasks(model: Path, copy: Path, old: str, new: str) -> Path:
    bundle = Bundle.load(model)
    tasks = Tasks([replace(task, name=task.name.replace(old, new)) for task in bundle.tasks])
    replace(bundle, tasks=tasks).save(copy)
    return copy


def test_how_a_table_is_read_is_told(call: Call, tiny_bundle: Path, measured: Path) -> None:
    measured.write_text("smiles,NR-AR\nCCO,Active\nCCN,Inactive\nCCC,unclear\n")
    result = call("evaluate", tiny_bundle, measured)
    assert "NR-AR: 'Active' is 1, 'Inactive' is 0; not measured: 'unclear' (1)" in result.stderr
