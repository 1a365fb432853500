"""Settings that the table's size decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from molgnn.errors import ConfigError
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"epoch": 3}', "unknown setting 'epoch': did you mean epochs"),
        (
            '{"network": {"encoders": "gcn"}}',
            "unknown network setting 'encoders': did you mean",
        ),
        ('{"epochs": "many"}', "epochs: .* but got 'many'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=rf"config\.json: {said}"):
        TrainingConfig.read(path)
