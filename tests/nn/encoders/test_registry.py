"""A new encoder is one file and one line, and no code is imported that nobody named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from molgnn.errors import ConfigError, MissingDependency, UnknownName
from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Preset
from molgnn.nn.config import NetworkConfig
from molgnn.nn.encoders import ENCODERS, find_encoder, import_encoder, register_encoder
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.encoders.registry import ENVIRONMENT, path_of
from molgnn.nn.features import FeatureLinear
from molgnn.nn.network import build_network, resolve
from molgnn.tasks import Task, Tasks

TASKS = Tasks([Task("a")])
NEW_FILE = """
from pydantic import PositiveInt

from molgnn.nn.encoders.base import Encoder
from molgnn.nn.features import FeatureLinear
from molgnn.nn.search import Choice


class AtomsAlone(Encoder):
    search_space = {"hidden_dim": Choice((8, 16))}

    def __init__(self, preset, *, hidden_dim: PositiveInt = 8):
        super().__init__()
        self.out_dim = hidden_dim
        self.project = FeatureLinear(preset.atoms, hidden_dim)

    def forward(self, batch):
        return self.project(batch.atom_codes).relu()
"""


class OwnEncoder(Encoder):
    """An encoder of a user's own."""

    def __init__(self, preset: Preset, *, width: int = 4) -> None:
        super().__init__()
        self.out_dim = width
        self.project = FeatureLinear(preset.atoms, width)

    def forward(self, batch: GraphBatch) -> Tensor:
        return self.project(batch.atom_codes)


class OwnModule(nn.Module):
    """A module of a user's own, that knows nothing of molgnn."""

    def __init__(self, in_feats: int, n_out: int = 6) -> None:
        super().__init__()
        self.linear = nn.Linear(in_feats, n_out)

    def forward(self, graph: object, feats: Tensor) -> Tensor:
        return self.linear(feats)


@pytest.fixture(autouse=True)
def _registry_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(ENVIRONMENT, "")
    before = set(ENCODERS)
    yield
    for name in set(ENCODERS) - before:
        del ENCODERS[name]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder from which Python imports."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("atoms_alone", None)


def test_a_new_encoder_is_one_file_and_one_line(
    package: Path, preset: Preset, batch: GraphBatch
) -> None:
    (package / "atoms_alone.py").write_text(NEW_FILE)
    ENCODERS["alone"] = "atoms_alone:AtomsAlone"
    assert "alone" in list(ENCODERS)
    assert "atoms_alone" not in sys.modules  # before it is used
    config = NetworkConfig(encoder="alone", encoder_options={"hidden_dim": 16})
    network = build_network(config, preset, TASKS)
    assert network.encoder.out_dim == 16
    assert network(batch).shape == (batch.n_mols, 1)
    with pytest.raises(ConfigError, match="fit alone but got hidden_dim='wide'"):
        build_network(
            config.model_copy(update={"encoder_options": {"hidden_dim": "wide"}}), preset, TASKS
        )


def test_a_new_encoder_may_be_a_module_of_dgl_layers_as_it_is(
    preset: Preset, batch: GraphBatch
) -> None:
    ENCODERS["layers"] = f"{OwnModule.__module__}:OwnModule"
    config = NetworkConfig(encoder="layers", encoder_options={"n_out": 3})
    assert build_network(config, preset, TASKS)(batch).shape == (batch.n_mols, 1)
    assert resolve(NetworkConfig(encoder="layers")).encoder_options == {"n_out": 6}


def test_the_names_are_listed_without_loading_torch() -> None:
    code = "from molgnn.nn.encoders import ENCODERS; import sys"
    code += "; print(*ENCODERS, 'torch' in sys.modules)"
    command = [sys.executable, "-c", code]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    assert listed.stdout.split() == [*ENCODERS, "False"]


@pytest.mark.parametrize(("own", "options"), [(OwnEncoder, "width"), (OwnModule, "n_out")])
def test_a_class_of_ones_own_is_named_by_its_path(
    own: type[nn.Module], options: str, preset: Preset, batch: GraphBatch
) -> None:
    assert register_encoder(own) is own
    config = NetworkConfig(encoder=path_of(own), encoder_options={options: 5})
    network = build_network(config, preset, TASKS)
    assert network.encoder.out_dim == 5
    assert network(batch).isfinite().all()
    with pytest.raises(UnknownName, match=r"unknown option of .* 'size'"):
        build_network(NetworkConfig(encoder=own, encoder_options={"size": 5}), preset, TASKS)


def test_a_class_in_the_settings_is_registered_and_its_defaults_are_kept() -> None:
    config = resolve(NetworkConfig(encoder=OwnModule))
    assert config.encoder == path_of(OwnModule)
    assert config.encoder_options == {"n_out": 6}
    restored = NetworkConfig.model_validate_json(config.model_dump_json())
    assert (restored.encoder, restored.encoder_options) == (path_of(OwnModule), {"n_out": 6})


def test_the_path_of_a_class_that_is_not_registered_imports_nothing(package: Path) -> None:
    (package / "atoms_alone.py").write_text(NEW_FILE)
    with pytest.raises(MissingDependency, match=r"_encoder\(AtomsAlone\) .*MOLGNN_ENCODERS="):
        find_encoder("atoms_alone.AtomsAlone")
    assert "atoms_alone" not in sys.modules


def test_a_variable_names_classes_that_may_be_imported(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package / "atoms_alone.py").write_text(NEW_FILE)
    monkeypatch.setenv(ENVIRONMENT, "other.One,atoms_alone.AtomsAlone")
    encoder = find_encoder("atoms_alone.AtomsAlone")
    assert path_of(encoder) == "atoms_alone.AtomsAlone"  # type: ignore[arg-type]


def test_what_is_registered_here_is_allowed_in_processes_that_are_started() -> None:
    register_encoder(OwnEncoder)
    register_encoder(OwnModule)
    register_encoder(OwnEncoder)
    assert os.environ[ENVIRONMENT] == f"{path_of(OwnEncoder)},{path_of(OwnModule)}"


@pytest.mark.parametrize("name", ["no_such_package.Encoder", "torch.nn.NoSuchClass", ".Encoder"])
def test_a_path_that_leads_nowhere_is_answered_with_the_fix(name: str) -> None:
    with pytest.raises(MissingDependency, match=f"got '{name}' .*fix: install its package"):
        import_encoder(name)


def test_naming_an_encoder_of_molgnn_imports_nothing() -> None:
    import_encoder("gcn")
    import_encoder("no encoder")  # which building the network refuses
    with pytest.raises(UnknownName, match="unknown encoder 'gnc': did you mean gin or gcn"):
        find_encoder("gnc")


def test_only_classes_of_modules_are_registered() -> None:
    with pytest.raises(ConfigError, match="expected a subclass of torch"):
        register_encoder(dict)


def test_a_module_that_takes_no_width_is_refused_with_the_names(preset: Preset) -> None:
    class Fixed(nn.Module):
        def __init__(self, width: int = 3) -> None:
            super().__init__()

    register_encoder(Fixed)
    with pytest.raises(ConfigError, match=r"Fixed\(width\); fix: name it in_feats or"):
        build_network(NetworkConfig(encoder=Fixed), preset, TASKS)


def test_a_module_that_returns_no_row_per_node_is_refused(preset: Preset) -> None:
    class Pooled(OwnModule):
        def forward(self, graph: object, feats: Tensor) -> Tensor:
            return self.linear(feats).mean(0)

    with pytest.raises(ConfigError, match=r"expected states \[nodes, width\] but got \[6\]"):
        build_network(NetworkConfig(encoder=Pooled), preset, TASKS)


def test_a_layer_of_dgl_nn_itself_is_an_encoder(preset: Preset, batch: GraphBatch) -> None:
    from molgnn.graph.dgl_runtime import dgl

    config = NetworkConfig(encoder=dgl.nn.GraphConv, encoder_options={"out_feats": 7})
    network = build_network(config, preset, TASKS)
    assert network.encoder.out_dim == 7
    assert torch.isfinite(network(batch)).all()
