"""A table with gaps becomes a run folder with a model, its metrics and its report."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import molgnn
from molgnn.errors import ConfigError, FileProblem, TableError, UnknownName
from molgnn.experiments.run import Run
from molgnn.fitting import history
from molgnn.fitting.config import TrainingConfig
from tests.runs import train_alone, weights

FILES = {
    "config.json", "split.csv", "label_counts.csv", "members", "curves.png",
    "metrics.csv", "metrics.json", "predictions.csv", "model", "table.sha256",
    "report.html", "figures",
}  # fmt: skip


def test_the_run_folder_holds_everything(run: Run) -> None:
    assert {path.name for path in run.folder.iterdir()} == FILES
    assert (run.folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv(run.folder / "members" / "0" / "history.csv")) == 4


def test_the_settings_are_stored_resolved(run: Run, config: TrainingConfig) -> None:
    assert TrainingConfig.read(run.folder / "config.json") == config


def test_every_row_of_the_table_has_a_part_or_a_reason(run: Run, table: Path) -> None:
    split = pd.read_csv(run.folder / "split.csv", keep_default_na=False)
    assert list(split["row"]) == list(range(len(pd.read_csv(table))))
    assert split["part"].value_counts().to_dict() == {
        "train": 63, "valid": 8, "test": 8, "rejected": 1,
    }  # fmt: skip
    assert split.loc[7, "reason"].startswith("cannot kekulize")


def test_the_figures_count_what_was_measured(run: Run, table: Path) -> None:
    metrics = pd.read_csv(run.folder / "metrics.csv", index_col=["part", "task"])
    split = pd.read_csv(run.folder / "split.csv")
    labels = pd.read_csv(table).loc[split["row"][split["part"] == "test"]]
    nitrogen = metrics.loc["test", "has_nitrogen"]
    assert nitrogen["positives"] == (labels["has_nitrogen"] == 1).sum()
    assert nitrogen["missing"] == labels["has_nitrogen"].isna().sum()
    assert metrics.loc[("test", "length"), "rmse"] > 0
    record = json.loads((run.folder / "metrics.json").read_text())
    assert record["test"]["tasks"]["length"]["rmse"] == pytest.approx(
        metrics.loc[("test", "length"), "rmse"]
    )


def test_the_run_can_be_given_wherever_a_model_is_expected(run: Run) -> None:
    predictions = molgnn.load(run.folder).predict(["CCO", "CCN"])
    assert predictions.tasks.names == ["has_nitrogen", "length"]
    assert 0 < predictions["has_nitrogen"][0] < 1


def test_regressions_come_in_their_own_unit(run: Run, table: Path) -> None:
    lengths = pd.read_csv(table)["length"].dropna()
    values = run.predictor.predict(["CCO", "CCN", "c1ccccc1O"])["length"]
    assert (np.abs(values - lengths.mean()) < 4 * lengths.std()).all()
    assert np.abs(values).max() > 5


def test_the_model_predicts_what_the_run_reports(run: Run) -> None:
    reported = pd.read_csv(run.folder / "predictions.csv")
    again = run.predictor.predict(reported["smiles"]).to_frame()
    columns = ["has_nitrogen", "length"]
    np.testing.assert_allclose(again[columns], reported[columns], rtol=1e-4, atol=1e-5)


def test_the_notebook_sees_the_figures_of_both_parts_the_notes_and_the_curves(run: Run) -> None:
    html = run._repr_html_()
    assert all(run.evaluations[part]._repr_html_() in html for part in ("valid", "test"))
    assert html.count("<li>") == len(run.notes)
    assert "data:image/png;base64," in html


def test_a_run_is_shown_in_a_line(run: Run) -> None:
    shown = repr(run)
    assert shown.startswith(f"<Run {run.folder}, ")
    assert f"rmse {run.evaluations['test'].describe_mean('rmse')}" in shown
    assert len(shown.splitlines()) == 1


def test_a_data_frame_is_trained_on_as_its_file_is(
    run: Run, table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    frame = pd.read_csv(table)
    trained = train_alone(frame, tmp_path / "run", config)
    assert weights(trained) == weights(run)
    assert trained.predictor.card.data == "79 molecules of table"


def test_what_there_is_to_learn_from_is_told_before_the_training(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    told: list[str] = []
    brief = config.model_copy(update={"epochs": 1})
    run = train_alone(table, tmp_path / "run", brief, notify=told.append)
    assert told[0].startswith("positives/negatives, or values, (gaps):")
    assert told[1:] == run.notes


def test_the_same_seed_gives_the_same_weights(
    run: Run, table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    assert weights(train_alone(table, tmp_path / "again", config)) == weights(run)
    other = config.model_copy(update={"seed": 4})
    assert weights(train_alone(table, tmp_path / "other", other)) != weights(run)


def test_a_full_disk_is_one_clear_error(
    table: Path, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "history.csv")

    monkeypatch.setattr(history.History, "on_train_epoch_end", fill)
    with pytest.raises(FileProblem, match=r"history\.csv: No space left"):
        train_alone(table, tmp_path / "run", config)


def test_training_leaves_torch_as_it_was(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    state, deterministic = torch.get_rng_state(), torch.are_deterministic_algorithms_enabled()
    train_alone(table, tmp_path / "run", config.model_copy(update={"epochs": 1}))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.are_deterministic_algorithms_enabled() == deterministic


def test_what_a_table_was_read_with_is_not_said_again(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    read = molgnn.read_table(table)
    for settings in ({"tasks": ("length",)}, {"split": "column:fold"}):
        with pytest.raises(ConfigError, match="given to read_table"):
            train_alone(read, tmp_path / "run", config.model_copy(update=settings))


def test_single_settings_come_before_those_of_a_config_or_of_its_file(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_text(config.model_dump_json())
    for i, given in enumerate((config, path)):
        run = train_alone(table, tmp_path / str(i), given, epochs=1)
        stored = TrainingConfig.read(run.folder / "config.json")
        assert stored == config.model_copy(update={"epochs": 1})


def test_a_column_can_say_the_split(table: Path, config: TrainingConfig, tmp_path: Path) -> None:
    frame = pd.read_csv(table)
    frame["fold"] = (["train"] * 6 + ["val", "test"]) * 10
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    marked = config.model_copy(update={"split": "column:fold", "epochs": 1})
    run = train_alone(path, tmp_path / "run", marked)
    split = pd.read_csv(run.folder / "split.csv")
    assert list(split["part"][8:16]) == ["train"] * 6 + ["valid", "test"]
    assert "fold" not in run.predictor.tasks.names


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"split": "scafold"}, UnknownName, "did you mean scaffold"),
        ({"preset": "cannonical"}, UnknownName, "did you mean canonical"),
        ({"encoder": "dmpn"}, UnknownName, "did you mean dmpnn"),
        ({"epochs": 0}, ConfigError, "epochs"),
        ({"seed": 2**32}, ConfigError, "seed"),
        ({"epoch": 3}, ConfigError, "unknown parameter of train 'epoch': did you mean epochs"),
        ({"hiden_dim": 8}, ConfigError, "did you mean hidden_dim"),
        ({"learning_rate": -1}, ConfigError, "learning_rate"),
        ({"split": "column:nowhere"}, TableError, "nowhere"),
        ({"tasks": ["has_oxygen"]}, TableError, "has_oxygen"),
    ],
)
def test_wrong_settings_are_named(
    table: Path, tmp_path: Path, settings: dict[str, object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        train_alone(table, tmp_path / "run", **settings)


def test_a_table_without_molecules_says_why(config: TrainingConfig, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("smiles,label\naspirin,1\nibuprofen,0\n")
    with pytest.raises(TableError, match="none of the 2 rows"):
        train_alone(path, tmp_path / "run", config)


@pytest.mark.parametrize("part", ["train", "valid"])
def test_a_part_of_which_the_clean_up_leaves_nothing_is_an_error(
    config: TrainingConfig, tmp_path: Path, part: str
) -> None:
    path, other = tmp_path / "salts.csv", {"train": "valid", "valid": "train"}[part]
    lost = f"F[P-](F)(F)(F)(F)F,1,{part}\n"
    path.write_text(f"smiles,label,fold\n{lost}CCO,1,{other}\nCCN,0,{other}\n")
    marked = config.model_copy(update={"split": "column:fold"})
    with pytest.raises(TableError, match=r"the 1 rows that were rejected.*line 2"):
        train_alone(path, tmp_path / "run", marked)
    assert not (tmp_path / "run").exists()


def test_a_task_of_one_class_is_trained_and_reported_as_undefined(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    pd.read_csv(table).assign(always=1.0).to_csv(path, index=False)
    run = train_alone(path, tmp_path / "run", config.model_copy(update={"epochs": 1}))
    metrics = pd.read_csv(run.folder / "metrics.csv", index_col=["part", "task"])
    assert np.isnan(metrics.loc[("test", "always"), "roc_auc"])
    assert any("always: no negatives in the train part" in note for note in run.notes)


def test_a_latin_1_table_is_trained_on(table: Path, config: TrainingConfig, tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    text = table.read_text().replace("has_nitrogen", "Aktivität").replace("c1cccc1", "CCé")
    path.write_bytes(text.encode("latin-1"))
    run = train_alone(path, tmp_path / "run", config.model_copy(update={"epochs": 1}))
    assert run.predictor.tasks.names == ["Aktivität", "length"]


def test_the_card_is_named_after_the_table(run: Run) -> None:
    assert run.predictor.card.name == "dmpnn.drugs"
    assert run.predictor.card.data == "79 molecules of drugs.csv"
