from __future__ import annotations

from pathlib import Path

import pytest
import torch
from dgllife.model import MPNNPredictor

from benchmarks.datasets import Case
from benchmarks.speed.peers.dgllife_train import masked_loss
from benchmarks.speed.training_programs import BATCH_SIZE, MPNN, make_program
from molgnn.fitting.config import TrainingConfig
from molgnn.graph.presets import PRESETS
from molgnn.nn.config import NetworkConfig
from molgnn.nn.network import build_network
from molgnn.tasks import Task, TaskKind, Tasks


@pytest.mark.parametrize("name", ["molgnn-dmpnn", "molgnn-mpnn"])
def test_molgnn_trains_to_the_last_epoch_in_batches_of_the_others_size(
    name: str, case: Case, tmp_path: Path
) -> None:
    command = make_program(name, tmp_path).command(case, 12, tmp_path / "run")
    config = TrainingConfig.read(Path(command[command.index("--config") + 1]))
    assert (config.epochs, config.patience, config.batch_size) == (12, 12, BATCH_SIZE)
    assert config.split_column == "part"


def test_the_mpnn_of_molgnn_has_dgllifes_default_size() -> None:
    tasks = Tasks([Task(name, TaskKind.CLASSIFICATION) for name in "AB"])
    ours = build_network(NetworkConfig(**MPNN), PRESETS["canonical"], tasks)
    theirs = MPNNPredictor(74, 12, n_tasks=2)
    for part in ("gnn.gnn_layer.edge_func.2.weight", "readout.lstm.weight_hh_l2"):
        shape = theirs.get_parameter(part).shape
        assert shape in [each.shape for each in ours.parameters()], part
    assert ours.readout.out_dim == theirs.predict[0].in_features
    assert ours.head.output.in_features == theirs.predict[2].in_features


def test_dgllifes_loss_leaves_gaps_out() -> None:
    logits = torch.tensor([[0.0, 5.0]], requires_grad=True)
    loss = masked_loss(logits, torch.tensor([[1.0, float("nan")]]))
    loss.backward()
    assert loss.item() == pytest.approx(0.6931, abs=1e-4)
    assert logits.grad is not None
    assert logits.grad.tolist() == [[-0.5, 0.0]]
