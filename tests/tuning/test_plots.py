"""A search is drawn: its course, and of enough trials what the score depends on."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest

from molgnn.tuning.plots import MIN_SCORED, plot_study


@pytest.mark.parametrize(
    ("n_trials", "names"),
    [
        (MIN_SCORED - 1, {"history.png"}),
        (MIN_SCORED, {"history.png", "importances.png", "slices.png"}),
    ],
)
@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_a_few_trials_are_a_history_and_more_tell_what_was_important(
    tmp_path: Path, n_trials: int, names: set[str]
) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize")
    study.optimize(lambda trial: trial.suggest_float("learning_rate", 0, 1), n_trials=n_trials)
    plot_study(study, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())
