"""Settings that the table's size decides."""

from __future__ import annotations

import pytest

from molgnn.training.config import TrainingConfig


@pytest.mark.parametrize(
    ("n_mols", "epochs"),
    [(10, 200), (500, 200), (1600, 120), (6264, 31), (33_000, 30), (1_000_000, 10)],
)
def test_small_tables_are_passed_over_more_often(n_mols: int, epochs: int) -> None:
    config = TrainingConfig()
    assert config.epochs_for(n_mols) == epochs
    assert config.patience_for(n_mols) == epochs // 2


def test_what_is_given_is_taken() -> None:
    config = TrainingConfig(epochs=7, patience=3)
    assert config.epochs_for(10) == 7
    assert config.patience_for(10) == 3
    assert TrainingConfig(epochs=1).patience_for(10) == 1
