from __future__ import annotations

import torch
from torch.nn.functional import relu
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Column, Preset
from molgnn.nn.encoders.mpnn import MPNN


def test_distinct_bonds_give_what_a_matrix_per_edge_gives(
    batch: GraphBatch, preset: Preset
) -> None:
    torch.manual_seed(0)
    encoder = MPNN(preset, hidden_dim=16, edge_hidden_dim=24, depth=3).eval()
    bond_of_edge = batch.bond_codes.repeat_interleave(2, dim=0)
    matrices = encoder.edge_output(relu(encoder.edge_input(bond_of_edge))).view(-1, 16, 16)

    states = relu(encoder.project(batch.atom_codes))
    for _ in range(3):
        messages = torch.einsum("ei,eij->ej", states[batch.src], matrices)
        received = torch.zeros_like(states).index_add(0, batch.dst, messages)
        states = encoder.gru(relu(received + encoder.message_bias), states)

    assert_close(encoder(batch), states, atol=1e-6, rtol=1e-5)


def test_bonds_may_have_many_columns_of_many_codes() -> None:
    columns = tuple(Column(f"column {i}", tuple(range(200))) for i in range(6))
    torch.manual_seed(0)
    encoder = MPNN(Preset("wide", columns, columns), hidden_dim=8, edge_hidden_dim=8)
    codes = torch.randint(200, (500, 6)).to(torch.uint8)
    codes[250:] = codes[:250]
    kinds, kind_of_bond = encoder._distinct_bonds(codes)
    assert len(kinds) == 250
    assert torch.equal(kinds[kind_of_bond], codes)
