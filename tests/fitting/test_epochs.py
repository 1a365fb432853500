"""The best epoch is kept, the last one gone on from, and a training ends where it should."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from lightning import Trainer

from molgnn.errors import ConfigError, FileProblem
from molgnn.experiments.run import Run
from molgnn.files import temporary_path
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.module import TrainingModule
from molgnn.fitting.objectives import supervised
from tests.runs import interrupt_at_epoch, train_alone, weights

EPOCH_FILES = {"history.csv", "last.ckpt", "best.ckpt"}


def test_ctrl_c_keeps_the_best_so_far_and_resume_ends_as_if_nothing_had_happened(
    run: Run,
    table: Path,
    config: TrainingConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        interrupt_at_epoch(2, patch)
        cut_short = train_alone(table, tmp_path / "run", config)
    assert cut_short.interrupted
    assert len(pd.read_csv(cut_short.folder / "members" / "0" / "history.csv")) == 2
    assert cut_short.predictor.predict("CCO").ok.all()

    resumed = train_alone(table, tmp_path / "run", config, resume=True)
    assert not resumed.interrupted
    assert weights(resumed) == weights(run)
    figures = [json.loads((r.folder / "metrics.json").read_text()) for r in (run, resumed)]
    assert figures[0] == figures[1]


def test_resuming_goes_on_after_the_last_epoch_not_after_the_best(
    table: Path, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([0.5, 0.9, 0.3, 0.2, 0.1, 0.0])
    monkeypatch.setattr(supervised, "selection_score", lambda *_: next(scores))
    with monkeypatch.context() as patch:
        interrupt_at_epoch(3, patch)
        cut_short = train_alone(table, tmp_path / "run", config)
    best = (cut_short.folder / "members" / "0" / "best.ckpt").read_bytes()

    moved = cut_short.folder.rename(tmp_path / "moved")
    resumed = train_alone(table, moved, config, resume=True)
    history = pd.read_csv(resumed.folder / "members" / "0" / "history.csv")
    assert list(history["valid_score"]) == [0.5, 0.9, 0.3, 0.2]
    assert (moved / "members" / "0" / "best.ckpt").read_bytes() == best


def test_a_checkpoint_that_does_not_fit_on_the_disk_leaves_the_earlier_ones(
    table: Path, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Trainer.save_checkpoint

    def fill_at_the_third(self: Trainer, path: Path) -> None:
        save(self, path)
        if self.current_epoch == 2:
            path.write_bytes(path.read_bytes()[:100])
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "save_checkpoint", fill_at_the_third)
        with pytest.raises(FileProblem, match=r"last\.ckpt: No space left"):
            train_alone(table, tmp_path / "run", config)
    folder = tmp_path / "run" / "members" / "0"
    assert {path.name for path in folder.iterdir()} == EPOCH_FILES
    assert torch.load(folder / "last.ckpt", weights_only=True)["epoch"] == 1
    assert torch.load(folder / "best.ckpt", weights_only=True)["epoch"] <= 1


def test_what_a_killed_training_left_half_written_is_deleted_when_it_is_resumed(
    table: Path, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        interrupt_at_epoch(1, patch)
        cut_short = train_alone(table, tmp_path / "run", config)
    folder = cut_short.folder / "members" / "0"
    with temporary_path(folder / "last.ckpt") as temporary:
        left = temporary.name
        temporary.write_bytes((folder / "last.ckpt").read_bytes())
    (folder / left).write_bytes(b"half")
    assert len(list(folder.iterdir())) == len(EPOCH_FILES) + 1
    train_alone(table, tmp_path / "run", config, resume=True)
    assert {path.name for path in folder.iterdir()} == EPOCH_FILES


def test_resuming_a_training_whose_patience_ran_out_changes_nothing(
    table: Path, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([0.5, 0.4, 0.3, 0.9])
    monkeypatch.setattr(supervised, "selection_score", lambda *_: next(scores))
    impatient = config.model_copy(update={"patience": 2})
    stopped = train_alone(table, tmp_path / "run", impatient)
    before = weights(stopped)
    resumed = train_alone(table, tmp_path / "run", impatient, resume=True)
    assert list(pd.read_csv(resumed.folder / "members" / "0" / "history.csv")["epoch"]) == [1, 2, 3]
    assert weights(resumed) == before


def best_epoch(run: Run) -> int:
    path = run.folder / "members" / "0" / "best.ckpt"
    return int(torch.load(path, weights_only=True)["epoch"]) + 1


def test_among_epochs_of_the_same_score_the_best_has_the_smallest_loss(
    table: Path, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised, "selection_score", lambda *_: 1.0)
    run = train_alone(table, tmp_path / "run", config)
    losses = pd.read_csv(run.folder / "members" / "0" / "history.csv")["valid_loss"]
    assert losses.is_monotonic_decreasing
    assert best_epoch(run) == len(losses) == 4


def test_without_anything_to_choose_by_the_last_epoch_is_kept(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    path, frame = tmp_path / "table.csv", pd.read_csv(table)
    frame["fold"] = ["train"] * 60 + ["valid"] * 10 + ["test"] * 10
    frame.loc[60:69, ["has_nitrogen", "length"]] = np.nan
    frame.to_csv(path, index=False)
    marked = config.model_copy(update={"split": "column:fold", "patience": 1})
    run = train_alone(path, tmp_path / "run", marked)
    assert best_epoch(run) == config.epochs
    assert any("nothing was measured in the valid part" in note for note in run.notes)


def test_a_training_that_diverges_late_ends_there_and_keeps_the_best(
    table: Path, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = TrainingModule.on_train_epoch_start

    def spoil(self: TrainingModule) -> None:
        if self.current_epoch == 2:
            self.network.head.output.bias.data.fill_(np.inf)
        started(self)

    monkeypatch.setattr(TrainingModule, "on_train_epoch_start", spoil)
    run = train_alone(table, tmp_path / "run", config)
    before = weights(run)
    assert len(pd.read_csv(run.folder / "members" / "0" / "history.csv")) == 3
    assert best_epoch(run) <= 2
    assert weights(train_alone(table, tmp_path / "run", config, resume=True)) == before
    assert len(pd.read_csv(run.folder / "members" / "0" / "history.csv")) == 3


def test_a_training_that_diverges_gives_no_model(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    wild = config.model_copy(update={"learning_rate": 1e30, "warmup_epochs": 0.0})
    with pytest.raises(ConfigError, match=r"diverged.*lower learning rate"):
        train_alone(table, tmp_path / "run", wild)
    assert not (tmp_path / "run" / "model").exists()


def test_ctrl_c_before_the_first_epoch_is_over_says_so(
    table: Path, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_at_epoch(0, monkeypatch)
    with pytest.raises(FileProblem, match=r"before its first epoch .* resume=… goes on"):
        train_alone(table, tmp_path / "run", config)
