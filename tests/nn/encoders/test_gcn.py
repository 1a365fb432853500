from __future__ import annotations

import pytest
import torch
from torch.nn.functional import relu
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.gcn import GCN, DegreeNorm


@pytest.mark.parametrize("degree_norm", ["none", "both"])
def test_a_layer_is_an_adjacency_matrix_and_two_linear_maps(
    batch: GraphBatch, preset: Preset, degree_norm: DegreeNorm
) -> None:
    torch.manual_seed(0)
    encoder = GCN(preset, hidden_dim=12, depth=1, degree_norm=degree_norm, norm="none").eval()
    (layer,), (residual,) = encoder.layers, encoder.residuals
    n_atoms = len(batch.atom_codes)
    adjacency = torch.zeros(n_atoms, n_atoms)
    adjacency[batch.dst, batch.src] = 1.0
    if degree_norm == "both":
        degree = adjacency.sum(1).clamp(min=1)
        adjacency /= (degree[:, None] * degree[None, :]).sqrt()

    codes = batch.atom_codes
    expected = relu(adjacency @ layer.message(codes) + layer.bias) + residual(codes)
    assert_close(encoder(batch), expected, atol=1e-6, rtol=1e-5)
