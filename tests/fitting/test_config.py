"""Settings: one record for Python, files and options, each of them checked and described."""

from __future__ import annotations

from pathlib import Path

import pytest

from molgnn.errors import ConfigError
from molgnn.fitting.config import TrainingConfig
from molgnn.nn.config import READOUT_NAMES
from molgnn.nn.readouts import READOUTS
from molgnn.settings import PANELS, Shown


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
            "unknown setting 'encoders': did you mean encoder",
        ),
        ('{"epochs": "many"}', "epochs=…: .* but got 'many'"),
        ('{"task_weights": {"NR-AR": 0}}', r"task_weights=…\['NR-AR'\]: .* but got 0"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=rf"config\.json: {said}"):
        TrainingConfig.read(path)


def test_an_option_that_nearly_all_encoders_have_is_one_setting_however_it_is_given() -> None:
    config = TrainingConfig(hidden_dim=64, encoder_options={"depth": 2, "bias": True})
    assert (config.hidden_dim, config.depth, config.encoder_options) == (64, 2, {"bias": True})
    assert config.network.encoder_options == {"hidden_dim": 64, "depth": 2, "bias": True}
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config


def test_two_values_of_one_setting_contradict_each_other() -> None:
    with pytest.raises(ConfigError, match="hidden_dim once but got 64 and, in encoder_options, 32"):
        TrainingConfig.build(hidden_dim=64, encoder_options={"hidden_dim": 32})


@pytest.mark.parametrize("given", ["out.csv", Path("out.csv"), [Path("out.csv")], ("out.csv",)])
def test_files_may_be_given_as_names_or_paths_one_or_several(given: object) -> None:
    config = TrainingConfig.build(exclude=given)
    assert config.exclude == ("out.csv",)
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config
    with pytest.raises(ConfigError, match=r"exclude=…: .* but got 3"):
        TrainingConfig.build(exclude=3)


def test_another_encoder_comes_without_the_options_of_the_one_before() -> None:
    base = TrainingConfig(encoder="gcn", hidden_dim=64, encoder_options={"norm": "layer"})
    assert base.changed(encoder="mpnn").network.encoder_options == {}
    assert base.changed(encoder="gcn", depth=5).network.encoder_options == {
        "hidden_dim": 64, "depth": 5, "norm": "layer",
    }  # fmt: skip
    more = base.changed(encoder_options={"residual": True, "hidden_dim": 8})
    assert more.network.encoder_options == {"norm": "layer", "residual": True, "hidden_dim": 8}


def test_another_readout_comes_without_the_options_of_the_one_before() -> None:
    base = TrainingConfig(readout="set2set", readout_options={"n_steps": 2})
    assert base.changed(readout="mean").readout_options == {}
    assert base.changed(seed=1).readout_options == {"n_steps": 2}


def test_the_nested_settings_of_an_earlier_version_are_still_read(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(
        """{"network": {"encoder": "gcn", "encoder_options": {"hidden_dim": 32, "norm": "batch"}},
        "loss": {"classification": "focal", "regression": "huber", "focal_gamma": 1.5}}"""
    )
    assert TrainingConfig.read(path) == TrainingConfig(
        encoder="gcn",
        hidden_dim=32,
        encoder_options={"norm": "batch"},
        loss="focal",
        regression_loss="huber",
        focal_gamma=1.5,
    )


def test_every_setting_is_described_and_stands_in_a_panel() -> None:
    for name, field in TrainingConfig.model_fields.items():
        assert field.description, name
        [shown] = [each for each in field.metadata if isinstance(each, Shown)]
        assert shown.panel in PANELS
    assert "batch_size: Molecules per step (default 64)" in TrainingConfig.describe().splitlines()


def test_the_readouts_that_a_help_names_are_those_that_there_are() -> None:
    assert set(READOUT_NAMES) == set(READOUTS)
