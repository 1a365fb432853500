"""How many threads a network is trained on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.module import TrainingModule
from molgnn.nn.threads import using_threads
from tests.runs import train_alone


@pytest.mark.parametrize(
    ("environment", "n_members", "expected"),
    [
        ({}, 1, 1),
        ({"OMP_NUM_THREADS": "2"}, 1, 2),
        ({"OMP_WAIT_POLICY": "passive"}, 1, 2),
        ({"OMP_WAIT_POLICY": "active"}, 1, 1),
        ({"OMP_WAIT_POLICY": "passive"}, 2, 1),
    ],
)
def test_more_threads_than_one_are_taken_by_a_single_network_that_wastes_no_core_by_them(
    table: Path,
    config: TrainingConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    n_members: int,
    expected: int,
) -> None:
    seen = []
    monkeypatch.delenv("OMP_NUM_THREADS")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        TrainingModule, "on_train_epoch_end", lambda self: seen.append(torch.get_num_threads())
    )
    with using_threads(2):
        train_alone(table, tmp_path / "run", config.changed(epochs=1, ensemble=n_members))
        assert torch.get_num_threads() == 2
    assert seen == [expected] * n_members
