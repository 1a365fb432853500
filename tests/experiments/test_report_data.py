"""What a run's report shows is what the run has molecules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from molgnn.experiments import report_data
from molgnn.experiments import train as train_module
from molgnn.experiments.train import train
from molgnn.fitting.config import TrainingConfig
from molgnn.report.content import MODEL, ReportContent


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[ReportContent]:
    """Keep what is to be written."""
    contents: list[ReportContent] = []
    monkeypatch.setattr(
        train_module, "write_report", lambda _, content, __: contents.append(content)
    )
    return contents


def test_the_test_rows_of_all_folds_are_shown_with_their_own_predictions(
    table: Path, config: TrainingConfig, tmp_path: Path, reported: list[ReportContent]
) -> None:
    settings = config.model_copy(update={"folds": 3, "epochs": 1})
    folder = train(table, tmp_path / "run", settings).folder
    [content] = reported
    molecules = content.molecules
    predictions = pd.read_csv(folder / "predictions.csv").query("part == 'test'")
    rows = [int(place.removeprefix("line ")) - 2 for place in molecules.places]
    assert sorted(rows) == sorted(predictions["row"])
    own = predictions.set_index("row").loc[rows]
    np.testing.assert_allclose(molecules.predictions[MODEL], own[content.tasks.names], rtol=1e-4)
    np.testing.assert_array_equal(molecules.folds, own["fold"])
    assert list(molecules.predictions) == [MODEL, "random forest", "LightGBM"]
    for values in molecules.predictions.values():
        assert not np.isnan(values).any()
    assert (molecules.similarity <= 1).all()


def test_the_report_names_features_and_chosen_settings_of_the_baselines(
    table: Path, config: TrainingConfig, tmp_path: Path, reported: list[ReportContent]
) -> None:
    train(table, tmp_path / "run", config.model_copy(update={"epochs": 1}))
    [content] = reported
    assert "max_features=" in content.facts["random forest"]
    assert "num_leaves=" in content.facts["LightGBM"]
    assert "rdkit2d" in content.facts["baselines"]
    assert "on the validation rows" in content.facts["baselines"]


def test_a_large_table_is_sampled_and_the_report_says_so(
    table: Path,
    config: TrainingConfig,
    tmp_path: Path,
    reported: list[ReportContent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report_data, "MAX_TRAIN_ROWS", 30)
    monkeypatch.setattr(report_data, "MAX_HELD_OUT_ROWS", 5)
    train(table, tmp_path / "run", config.model_copy(update={"epochs": 1}))
    [content] = reported
    assert len(content.molecules.smiles) == 5
    assert content.facts["sample"].startswith("the baselines learned from at most 30 rows")


def test_no_report_is_written_where_none_is_wanted(
    table: Path, config: TrainingConfig, tmp_path: Path, reported: list[ReportContent]
) -> None:
    train(table, tmp_path / "run", config.model_copy(update={"epochs": 1}), report=False)
    assert not reported
