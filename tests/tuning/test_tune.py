"""A search tries settings, keeps what it has tried, and leaves the best as a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from molgnn.errors import ConfigError, FileProblem, MissingDependency, UnknownName
from molgnn.fitting.config import TrainingConfig
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.encoders.registry import ENVIRONMENT
from molgnn.nn.search import Choice, IntRange
from molgnn.tuning import storage
from molgnn.tuning.tune import Tuning, tune
from tests.runs import interrupt_at_epoch, train_alone


@pytest.fixture(autouse=True)
def small_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search among networks that are trained in a moment."""
    monkeypatch.setattr(
        ENCODERS["gcn"], "search_space", {"hidden_dim": Choice((8, 16)), "depth": IntRange(1, 2)}
    )


@pytest.fixture(autouse=True)
def plotted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Note where a search's plots go instead of drawing them, which takes longer than a search."""
    folders: list[Path] = []
    monkeypatch.setattr("molgnn.tuning.tune.plot_study", lambda _, folder: folders.append(folder))
    return folders


@pytest.fixture
def base() -> TrainingConfig:
    return TrainingConfig(split="random", epochs=2, seed=1)


def search(table: Path, folder: Path, base: TrainingConfig, n_trials: int) -> Tuning:
    return tune(table, folder, base, encoders=("gcn",), n_trials=n_trials)


def test_a_search_goes_on_where_it_was_and_its_best_can_be_trained(
    table: Path, base: TrainingConfig, tmp_path: Path, plotted: list[Path]
) -> None:
    first = search(table, tmp_path / "search", base, 2)
    assert first.n_trials == 2
    result = search(table, tmp_path / "search", base, 5)
    assert result.n_trials == 5
    assert result.score >= first.score
    trials = pd.read_csv(result.folder / "trials.csv")
    assert len(trials) == 5
    assert trials["value"].max() == pytest.approx(result.score)
    assert trials["params_learning_rate"].nunique() == 5
    assert {path.name for path in result.folder.iterdir()} == {
        "study.db", "best.json", "trials.csv", "trials",
    }  # fmt: skip
    assert plotted == [result.folder] * 2
    best = TrainingConfig.read(result.folder / "best.json")
    assert best == result.best
    assert (best.split, best.epochs, best.encoder) == ("random", 2, "gcn")
    run = train_alone(table, tmp_path / "run", best)
    history = pd.read_csv(run.folder / "members" / "0" / "history.csv")
    assert history["valid_score"].max() == pytest.approx(result.score, abs=1e-4)


def test_the_first_trial_is_the_encoder_as_it_comes(
    table: Path, base: TrainingConfig, tmp_path: Path
) -> None:
    search(table, tmp_path / "search", base, 1)
    trial = pd.read_csv(tmp_path / "search" / "trials.csv").iloc[0]
    assert trial["params_learning_rate"] == base.learning_rate
    assert trial["params_batch_size"] == base.batch_size
    assert trial["params_readout"] == base.readout
    assert trial["params_gcn.depth"] == 2


def test_what_does_not_vary_is_as_in_the_settings(
    table: Path, base: TrainingConfig, tmp_path: Path
) -> None:
    result = tune(
        table,
        tmp_path / "search",
        base,
        n_trials=1,
        encoder="gcn",
        hidden_dim=8,
        encoder_options={"norm": "layer"},
        readout="max",
        head_options={"hidden_dims": (8, 8)},
    )
    assert result.best.encoder == "gcn"
    assert result.best.encoder_options["norm"] == "layer"
    assert result.best.head_options["hidden_dims"] == [8, 8]
    trial = pd.read_csv(tmp_path / "search" / "trials.csv").iloc[0]
    assert trial["params_gcn.hidden_dim"] == 8


def test_another_encoder_goes_without_the_options_of_the_settings_encoder(
    table: Path, base: TrainingConfig, tmp_path: Path
) -> None:
    settings = base.changed(encoder="mpnn", encoder_options={"edge_hidden_dim": 4})
    best = search(table, tmp_path / "search", settings, 1).best
    assert "edge_hidden_dim" not in best.encoder_options


def test_a_data_frame_is_searched_with_settings_given_one_by_one(
    table: Path, tmp_path: Path
) -> None:
    frame = pd.read_csv(table)
    result = tune(frame, tmp_path / "search", n_trials=1, encoder="gcn", split="random", epochs=1)
    assert (result.best.encoder, result.best.split) == ("gcn", "random")
    assert (
        repr(result) == f"<Tuning {tmp_path / 'search'}, 1 trials, best score {result.score:.4f}>"
    )


def test_several_encoders_are_compared(
    table: Path, base: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ENCODERS["sage"], "search_space", {"hidden_dim": Choice((8,))})
    tune(table, tmp_path / "search", base, encoders=("gcn", "sage"), n_trials=2)
    trials = pd.read_csv(tmp_path / "search" / "trials.csv")
    assert list(trials["params_encoder"]) == ["gcn", "sage"]


def test_a_hopeless_trial_is_cut_short(
    table: Path, base: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "STARTUP_TRIALS", 1)
    monkeypatch.setattr(storage, "WARMUP_EPOCHS", 0)
    longer = base.model_copy(update={"epochs": 6})
    result = search(table, tmp_path / "search", longer, 6)
    states = list(pd.read_csv(result.folder / "trials.csv")["state"])
    assert states[0] == "COMPLETE"
    assert "PRUNED" in states


def test_excluded_molecules_are_told_kept_out_and_the_same_when_the_search_goes_on(
    table: Path, base: TrainingConfig, tmp_path: Path
) -> None:
    out, told = tmp_path / "out.csv", list[str]()
    pd.read_csv(table)[:1].to_csv(out, index=False)
    settings = base.model_copy(update={"exclude": (str(out),)})
    result = tune(
        table, tmp_path / "s", settings, encoders=("gcn",), n_trials=1, notify=told.append
    )
    assert told == ["out.csv (1 molecule) leaves out 1 row of the table"]
    assert result.best.exclude == (str(out),)
    pd.read_csv(table)[:2].to_csv(out, index=False)
    with pytest.raises(ConfigError, match="the table that the search"):
        search(table, tmp_path / "s", settings, 2)


def test_another_table_or_other_settings_are_refused(
    table: Path, base: TrainingConfig, tmp_path: Path
) -> None:
    search(table, tmp_path / "search", base, 1)
    with pytest.raises(ConfigError, match="the config that the search"):
        search(table, tmp_path / "search", base.model_copy(update={"seed": 2}), 2)
    changed = tmp_path / "changed.csv"
    pd.read_csv(table).assign(has_nitrogen=1.0).to_csv(changed, index=False)
    with pytest.raises(ConfigError, match="the table that the search"):
        search(changed, tmp_path / "search", base, 2)


def test_ctrl_c_keeps_the_trials_so_far(
    table: Path, base: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(table, tmp_path / "search", base, 1)
    with monkeypatch.context() as patch:
        interrupt_at_epoch(1, patch)
        stopped = search(table, tmp_path / "search", base, 3)
    assert stopped.interrupted
    assert stopped.n_trials == 1
    assert search(table, tmp_path / "search", base, 3).n_trials == 3


def test_an_interrupted_first_trial_is_made_again(
    table: Path, base: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        interrupt_at_epoch(1, patch)
        with pytest.raises(ConfigError, match="came to an end"):
            search(table, tmp_path / "search", base, 2)
    search(table, tmp_path / "search", base, 1)
    trials = pd.read_csv(tmp_path / "search" / "trials.csv").set_index("state")
    assert list(trials.index) == ["FAIL", "COMPLETE"]
    assert trials.loc["COMPLETE", "params_learning_rate"] == base.learning_rate


def test_no_time_gives_no_settings(table: Path, base: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no trial .* came to an end"):
        tune(table, tmp_path / "search", base, encoders=("gcn",), minutes=0)


def test_a_folder_that_holds_something_else_is_left_alone(
    table: Path, base: TrainingConfig, tmp_path: Path
) -> None:
    (tmp_path / "trials.csv").write_text("years of work")
    with pytest.raises(FileProblem, match="name a new one"):
        search(table, tmp_path, base, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["trials.csv"]


def test_an_unknown_encoder_is_named(table: Path, base: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean gin or gcn"):
        tune(table, tmp_path / "search", base, encoders=("gnc",))
    assert not (tmp_path / "search").exists()


OWN_ENCODER = """
from torch import nn

from molgnn.nn.search import Choice


class OneLayer(nn.Module):
    search_space = {"hidden_dim": Choice((4, 6))}

    def __init__(self, in_feats, hidden_dim=4):
        super().__init__()
        self.linear = nn.Linear(in_feats, hidden_dim)

    def forward(self, graph, feats):
        return self.linear(feats).relu()
"""


@pytest.fixture
def own_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the path of a class that Python can import and that nobody has registered."""
    (tmp_path / "one_layer.py").write_text(OWN_ENCODER)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(ENVIRONMENT, "")
    yield "one_layer.OneLayer"
    ENCODERS.pop("one_layer.OneLayer", None)
    sys.modules.pop("one_layer", None)


def test_a_class_is_searched_by_its_path_and_in_its_own_space(
    table: Path, base: TrainingConfig, tmp_path: Path, own_encoder: str
) -> None:
    folder = tmp_path / "search"
    result = tune(table, folder, base, encoders=("gcn", own_encoder), n_trials=2)
    trials = pd.read_csv(folder / "trials.csv")
    assert list(trials["params_encoder"]) == ["gcn", own_encoder]
    assert trials["params_one_layer.OneLayer.hidden_dim"][1] == 4
    assert result.n_trials == 2


def test_a_class_is_given_as_such(
    table: Path, base: TrainingConfig, tmp_path: Path, own_encoder: str
) -> None:
    own = import_module("one_layer").OneLayer
    result = tune(table, tmp_path / "search", base, encoders=own, n_trials=1)
    assert (result.best.encoder, result.best.hidden_dim) == (own_encoder, 4)


def test_a_class_that_cannot_be_imported_is_named(
    table: Path, base: TrainingConfig, tmp_path: Path
) -> None:
    with pytest.raises(MissingDependency, match=r"but got 'nowhere\.Net' .*PYTHONPATH"):
        tune(table, tmp_path / "search", base, encoders="nowhere.Net")


@pytest.mark.parametrize(
    ("given", "meant"),
    [({"trials": 1}, "n_trials"), ({"encodrs": "gcn"}, "encoders"), ({"epoch": 1}, "epochs")],
)
def test_a_keyword_that_it_does_not_know_is_answered_with_the_nearest(
    table: Path, tmp_path: Path, given: dict[str, Any], meant: str
) -> None:
    with pytest.raises(ConfigError, match=f"of tune '{next(iter(given))}': did you mean {meant}"):
        tune(table, tmp_path / "search", **given)
