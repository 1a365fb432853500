"""A run's folder: begun, begun anew or resumed, and never written over by accident."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from molgnn.errors import ConfigError, FileProblem, UnknownName
from molgnn.experiments.run import Run
from molgnn.fitting.config import TrainingConfig
from tests.runs import train_alone


def test_a_taken_folder_is_left_alone(run: Run, table: Path, config: TrainingConfig) -> None:
    with pytest.raises(FileProblem, match="resume=… goes on"):
        train_alone(table, run.folder, config)


def test_a_run_can_be_begun_anew_but_nothing_else_is_overwritten(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    short = config.model_copy(update={"epochs": 1})
    train_alone(table, tmp_path / "run", short)
    train_alone(table, tmp_path / "run", short, overwrite=True)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("years of work")
    (tmp_path / "thesis" / "config.json").write_text("{}")
    with pytest.raises(FileProblem, match=r"holds 'chapter1\.txt'"):
        train_alone(table, tmp_path / "thesis", short, overwrite=True)
    assert (tmp_path / "thesis" / "chapter1.txt").exists()


def test_a_failure_does_not_cost_the_run_that_was_to_be_overwritten(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    train_alone(table, tmp_path / "run", config.model_copy(update={"epochs": 1}))
    for wrong in ({"split": "scafold"}, {"task_weights": {"lenght": 2.0}}):
        with pytest.raises(UnknownName):
            train_alone(table, tmp_path / "run", overwrite=True, **wrong)
        assert (tmp_path / "run" / "model").exists()


def test_resuming_with_other_settings_is_refused(
    run: Run, table: Path, config: TrainingConfig
) -> None:
    other = config.model_copy(update={"learning_rate": 0.1})
    with pytest.raises(ConfigError, match="learning_rate"):
        train_alone(table, run.folder, other, resume=True)


def test_resuming_with_another_table_is_refused(
    run: Run, table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.csv"
    pd.read_csv(table).assign(has_nitrogen=1.0).to_csv(changed, index=False)
    with pytest.raises(ConfigError, match=r"the table .* are not those"):
        train_alone(changed, run.folder, config, resume=True)


def test_resuming_with_another_split_column_is_refused(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    path, frame = tmp_path / "table.csv", pd.read_csv(table)
    marked = config.model_copy(update={"split": "column:fold", "epochs": 1})
    frame.assign(fold=["train"] * 60 + ["val"] * 20).to_csv(path, index=False)
    train_alone(path, tmp_path / "run", marked)
    frame.assign(fold=["val"] * 20 + ["train"] * 60).to_csv(path, index=False)
    with pytest.raises(ConfigError, match=r"the table .* are not those"):
        train_alone(path, tmp_path / "run", marked, resume=True)


def test_there_must_be_something_to_resume(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    with pytest.raises(FileProblem, match="no run to resume"):
        train_alone(table, tmp_path / "none", config, resume=True)


def test_a_failed_start_leaves_no_folder_behind(table: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        train_alone(table, tmp_path / "run", split="scafold")
    assert not (tmp_path / "run").exists()
