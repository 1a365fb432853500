from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from molgnn.errors import ConfigError, UnknownName
from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.losses import MultiTaskLoss
from molgnn.nn.network import NetworkConfig, build_network
from molgnn.nn.readouts import READOUTS
from molgnn.tasks import Task, TaskKind, Tasks

TASKS = Tasks([Task("toxic"), Task("solubility", TaskKind.REGRESSION)])

every_pair = pytest.mark.parametrize(("encoder", "readout"), [*product(ENCODERS, READOUTS)])


@every_pair
def test_every_encoder_goes_with_every_readout(
    batch: GraphBatch, preset: Preset, encoder: str, readout: str
) -> None:
    network = build_network(NetworkConfig(encoder=encoder, readout=readout), preset, TASKS)
    outputs = network(batch)
    assert outputs.shape == (batch.n_mols, len(TASKS))
    assert outputs.isfinite().all()


@every_pair
def test_an_empty_batch_has_no_outputs(
    molecules: MoleculeStore, preset: Preset, encoder: str, readout: str
) -> None:
    network = build_network(NetworkConfig(encoder=encoder, readout=readout), preset, TASKS)
    assert network(molecules.batch([])).shape == (0, len(TASKS))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_twenty_random_labels_can_be_learned_by_heart(
    molecules: MoleculeStore, preset: Preset, encoder: str
) -> None:
    torch.manual_seed(0)
    config = NetworkConfig(
        encoder=encoder,
        encoder_options={} if encoder == "dgllife" else {"hidden_dim": 48, "dropout": 0.0},
        head_options={"dropout": 0.0},
    )
    network = build_network(config, preset, TASKS)
    labels = torch.stack([torch.randint(2, (20,)).float(), torch.randn(20)], dim=1)
    labels[::5] = torch.nan
    batch, loss = molecules.batch(slice(20)), MultiTaskLoss(TASKS)

    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(150):
        optimizer.zero_grad()
        cost = loss(network(batch), labels)
        cost.backward()
        optimizer.step()
        if cost < 0.02:
            break
    assert cost < 0.02


def test_options_reach_their_part(preset: Preset) -> None:
    config = NetworkConfig(
        encoder="dmpnn",
        encoder_options={"hidden_dim": 24, "depth": 5},
        readout="set2set",
        readout_options={"n_layers": 1},
        head_options={"hidden_dims": [10], "dropout": 0.25},
    )
    network = build_network(config, preset, TASKS)
    assert network.encoder.out_dim == 24
    assert network.encoder.n_updates == 4
    assert network.readout.lstm.num_layers == 1
    assert network.head.output.in_features == 10
    assert network.head.perceptron[0].p == 0.25


def test_options_may_come_as_text(preset: Preset) -> None:
    config = NetworkConfig(encoder="dmpnn", encoder_options={"depth": "5"})
    assert build_network(config, preset, TASKS).encoder.n_updates == 4


def test_a_config_survives_json() -> None:
    config = NetworkConfig(encoder="gcn", head_options={"hidden_dims": [64, 32]})
    assert NetworkConfig.model_validate_json(config.model_dump_json()) == config


def test_the_parameters_are_counted(preset: Preset) -> None:
    config = NetworkConfig(
        encoder="gcn",
        encoder_options={"hidden_dim": 4, "depth": 1, "norm": "none"},
        readout="mean",
        head_options={"hidden_dims": []},
    )
    n_convolution = 4 * preset.atom_dim + 4
    n_skip = 4 * preset.atom_dim + 4
    n_head = 2 * 4 + 2
    network = build_network(config, preset, TASKS)
    assert sum(p.numel() for p in network.parameters()) == n_convolution + n_skip + n_head


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ({"encoder": "dmpn"}, "unknown encoder 'dmpn': did you mean dmpnn"),
        ({"encoder": "GCN"}, "unknown encoder 'GCN': did you mean gcn"),
        ({"readout": "avg"}, "unknown readout 'avg': .*known: attention, attentivefp, max"),
        (
            {"encoder_options": {"hiden_dim": 8}},
            "option of dmpnn .*did you mean hidden_dim",
        ),
        (
            {"readout": "mean", "readout_options": {"n_layers": 2}},
            "unknown option of mean 'n_layers'",
        ),
        ({"head_options": {"tasks": 3}}, "unknown option of head 'tasks'"),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_those_that_do(
    preset: Preset, faulty: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownName, match=message):
        build_network(NetworkConfig(**faulty), preset, TASKS)


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ({"encoder_options": {"depth": 0}}, r"fit dmpnn but got depth=0 \("),
        ({"encoder_options": {"hidden_dim": "wide"}}, "hidden_dim='wide'"),
        ({"encoder_options": {"hidden_dim": -1, "dropout": 1.5}}, "hidden_dim=-1 .*dropout=1.5"),
        ({"encoder": "gcn", "encoder_options": {"degree_norm": "left"}}, "'none' or 'both'"),
        ({"readout": "set2set", "readout_options": {"n_iterations": 0}}, "fit set2set"),
        ({"head_options": {"hidden_dims": 64}}, "fit head but got hidden_dims=64"),
        ({"head_options": {"hidden_dims": [64, 0]}}, "fit head but got hidden_dims"),
    ],
)
def test_a_value_that_an_option_cannot_take_is_named(
    preset: Preset, faulty: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        build_network(NetworkConfig(**faulty), preset, TASKS)


def test_a_config_has_no_other_fields() -> None:
    with pytest.raises(ValidationError, match="layers"):
        NetworkConfig(layers=3)
