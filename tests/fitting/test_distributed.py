"""Two processes learn what one learns."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from torch.multiprocessing import ProcessRaisedException

from molgnn.errors import ConfigError
from molgnn.experiments.run import Run
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.distributed import Processes
from tests.runs import train_alone

WITHOUT_CHANCE = {"hidden_dim": 16, "dropout": 0.0, "head_options": {"dropout": 0.0}}


def history(run: Run) -> pd.DataFrame:
    return pd.read_csv(run.folder / "members" / "0" / "history.csv").drop(columns="seconds")


@pytest.mark.slow
def test_two_processes_have_the_losses_of_one(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    settings = config.changed(**WITHOUT_CHANCE, epochs=3)
    alone = train_alone(table, tmp_path / "alone", settings)
    together = train_alone(table, tmp_path / "together", settings, devices=2)
    pd.testing.assert_frame_equal(history(together), history(alone), rtol=1e-3)
    assert len(history(together)) == 3
    assert together.evaluations.keys() == alone.evaluations.keys()


@pytest.mark.slow
def test_a_last_batch_smaller_than_the_number_of_processes_stops_nobody(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    settings = config.changed(**WITHOUT_CHANCE, readout="set2set", epochs=2, batch_size=62)
    alone = train_alone(table, tmp_path / "alone", settings)  # 63 molecules
    together = train_alone(table, tmp_path / "together", settings, devices=2)
    pd.testing.assert_frame_equal(history(together), history(alone), rtol=1e-3)


@pytest.mark.slow
def test_parameters_that_a_network_never_uses_stop_nobody(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    settings = config.changed(encoder="dgllife", encoder_options={"gnn": "WeaveGNN"}, epochs=2)
    run = train_alone(table, tmp_path / "run", settings, devices=2)
    assert len(history(run)) == 2


def fail_in_the_second(message: str) -> None:
    if os.environ["RANK"] == "1":
        raise RuntimeError(message)


@pytest.mark.slow
def test_the_failure_of_one_process_is_the_failure_of_all() -> None:
    with pytest.raises(ProcessRaisedException, match="out of luck"):
        Processes(2).run(fail_in_the_second, "out of luck")


def test_torchrun_and_a_number_of_devices_are_one_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("TORCHELASTIC_RUN_ID", "x"), ("LOCAL_WORLD_SIZE", "4"), ("RANK", "1")):
        monkeypatch.setenv(name, value)
    assert not Processes().is_first
    with pytest.raises(ConfigError, match=r"2 devices and 4 processes; fix"):
        Processes(2)


def test_no_device_is_too_few() -> None:
    with pytest.raises(ConfigError, match="at least one device"):
        Processes(0)
