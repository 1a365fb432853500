"""Any module of DGL layers is an encoder; `test_dgllife` compares those of DGL-LifeSci."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import ClassVar

import joblib
import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import dgl
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.dgl_module import DGLModuleEncoder, DGLModuleFactory
from molgnn.nn.encoders.dgllife import DGLLifeEncoder
from molgnn.nn.search import Choice, SearchSpace

REPOSITORY = Path(__file__).resolve().parents[3]
LOAD = """
import sys
from molgnn.graph.batch import GraphBatch
assert not {"dgl", "dgllife"} & set(sys.modules)
if sys.argv[1] == "joblib":
    import joblib
    encoder, batch, states = joblib.load(sys.argv[2])
else:
    import pickle
    encoder, batch, states = pickle.load(open(sys.argv[2], "rb"))
import torch
torch.testing.assert_close(encoder(batch), states)
"""


def encoder_of(name: str, preset: Preset) -> DGLModuleEncoder:
    """Return a layer of DGL as it is, or a network of DGL-LifeSci."""
    torch.manual_seed(0)
    if name == "dgl.nn":
        return DGLModuleEncoder(preset, dgl.nn.GraphConv, {"out_feats": 5}).eval()
    return DGLLifeEncoder(preset, gnn="MPNNGNN").eval()


@pytest.mark.parametrize(("name", "tool"), [("dgl.nn", "joblib"), ("dgllife", "pickle")])
@torch.no_grad()
def test_it_is_unpickled_by_a_process_that_has_not_imported_dgl(
    name: str, tool: str, preset: Preset, batch: GraphBatch, tmp_path: Path
) -> None:
    encoder, path = encoder_of(name, preset), tmp_path / "encoder"
    saved = encoder, batch, encoder(batch)
    if tool == "joblib":
        joblib.dump(saved, path)
    else:
        path.write_bytes(pickle.dumps(saved))
    command = [sys.executable, "-c", LOAD, tool, str(path)]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@torch.no_grad()
def test_a_copy_has_weights_of_its_own(preset: Preset, batch: GraphBatch) -> None:
    encoder = encoder_of("dgl.nn", preset)
    states, again = encoder(batch), deepcopy(encoder)
    assert_close(again(batch), states)
    next(again.network.parameters()).zero_()
    assert_close(encoder(batch), states)


class Tunable(nn.Module):
    """A module that says what a search may vary."""

    search_space: ClassVar[SearchSpace] = {"width": Choice((2, 3))}

    def __init__(self, in_feats: int, width: int = 2) -> None:
        super().__init__()
        self.linear = nn.Linear(in_feats, width)

    def forward(self, graph: object, feats: Tensor) -> Tensor:
        return self.linear(feats)


def test_what_a_search_varies_is_the_module_s_own_to_say() -> None:
    assert DGLModuleFactory(Tunable).search_space == Tunable.search_space
    assert DGLModuleFactory(nn.Linear).search_space == {}
