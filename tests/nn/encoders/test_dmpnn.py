from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import relu
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.dmpnn import DMPNN


def naive_dmpnn(encoder: DMPNN, batch: GraphBatch, depth: int) -> Tensor:
    """Follow the equations of Yang et al. edge by edge."""
    edges = list(zip(batch.src.tolist(), batch.dst.tolist(), strict=True))
    atoms, bonds = encoder.atom_input(batch.atom_codes), encoder.bond_input(batch.bond_codes)
    nothing = torch.zeros(encoder.out_dim)
    inputs = {(u, v): atoms[u] + bonds[i // 2] for i, (u, v) in enumerate(edges)}

    states = {edge: relu(entry) for edge, entry in inputs.items()}
    for _ in range(depth - 1):
        messages = {
            (u, v): sum((states[k, w] for k, w in edges if w == u and k != v), nothing)
            for u, v in edges
        }
        states = {edge: relu(inputs[edge] + encoder.update(messages[edge])) for edge in edges}

    received = [
        sum((states[u, v] for u, v in edges if v == atom), nothing) for atom in range(len(atoms))
    ]
    own = encoder.atom_output(batch.atom_codes)
    return relu(own + encoder.message_output(torch.stack(received)))


@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("smiles", ["C", "CC", "CC(=O)Oc1ccccc1C(=O)O", "[Na+].CC(C)(C)C([O-])=O"])
def test_it_follows_the_equations(preset: Preset, smiles: str, depth: int) -> None:
    torch.manual_seed(0)
    batch = Featurizer("canonical")([smiles]).molecules.batch()
    encoder = DMPNN(preset, hidden_dim=12, depth=depth).eval()
    assert_close(encoder(batch), naive_dmpnn(encoder, batch, depth), atol=1e-6, rtol=1e-5)
