from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Call = Callable[..., Result]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "measured.csv"
    path.write_text("smiles,NR-AR,SR-p53\nCCO,0,1\nCCN,1,1\nCCC,0,\nC1CC,1,0\n")
    return path


def test_figures_are_printed_task_by_task_with_the_mean(
    call: Call, tiny_bundle: Path, table: Path
) -> None:
    result = call("evaluate", tiny_bundle, table)
    assert result.exit_code == 0, result.output
    header, *rows = [line.split() for line in result.stdout.splitlines()]
    assert header[:5] == ["task", "positives", "negatives", "missing", "roc_auc"]
    assert rows[0][:4] == ["NR-AR", "1", "2", "1"]
    assert rows[1][:5] == ["SR-p53", "2", "0", "2", "none"]
    assert rows[2][0] == "mean"


def test_figures_are_written_as_json(call: Call, tiny_bundle: Path, table: Path) -> None:
    output = table.with_name("metrics.json")
    assert call("evaluate", tiny_bundle, table, "--tasks", "NR-AR", "-o", output).exit_code == 0
    record = json.loads(output.read_text())
    assert list(record["tasks"]) == ["NR-AR"]
    assert record["mean"]["roc_auc"]["n_tasks"] == 1


def test_an_output_that_cannot_be_written_is_named(
    call: Call, tiny_bundle: Path, table: Path
) -> None:
    result = call("evaluate", tiny_bundle, table, "-o", table / "metrics.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"existing folder but got {table / 'metrics.json'}" in result.stderr


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_the_table_is_never_written_over(
    call: Call, tiny_bundle: Path, table: Path, options: list[str]
) -> None:
    before = table.read_bytes()
    result = call("evaluate", tiny_bundle, table, "-o", table, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "never written over" in result.stderr
    assert table.read_bytes() == before


def test_an_existing_output_is_replaced_when_asked(
    call: Call, tiny_bundle: Path, table: Path
) -> None:
    output = table.with_name("metrics.json")
    output.write_text("earlier")
    arguments = ("evaluate", tiny_bundle, table, "-o", output)
    assert "--overwrite" in call(*arguments).stderr
    assert output.read_text() == "earlier"
    assert call(*arguments, "--overwrite").exit_code == 0
    assert json.loads(output.read_text())["tasks"]


def test_rows_without_a_prediction_are_counted(call: Call, tiny_bundle: Path, table: Path) -> None:
    table.write_text("smiles,NR-AR\nCCO,0\nCCN,1\nC1CC,1\n,1\n,0\n")
    output = table.with_name("metrics.json")
    result = call("evaluate", tiny_bundle, table, "-o", output)
    said = "the table has no labels of SR-p53, SR-MMP\n"
    said += "rows without a prediction: 3 (2 empty SMILES, 1 invalid SMILES)\n"
    assert result.stderr == said
    assert json.loads(output.read_text())["rejected"] == {"empty SMILES": 2, "invalid SMILES": 1}


def test_a_table_without_the_model_s_tasks_is_refused(
    call: Call, tiny_bundle: Path, table: Path
) -> None:
    table.write_text("smiles,other\nC,1\n")
    result = call("evaluate", tiny_bundle, table)
    assert result.exit_code == 1
    assert "NR-AR" in result.stderr
    assert "other" in result.stderr
