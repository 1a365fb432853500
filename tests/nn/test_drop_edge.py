from __future__ import annotations

import pytest
import torch

from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.nn.drop_edge import DropEdge
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.network import options_of

WITH_OPTION = [name for name, encoder in ENCODERS.items() if "drop_edge" in options_of(encoder)]


def test_as_many_bonds_are_left_out_as_was_asked_for(molecules: MoleculeStore) -> None:
    torch.manual_seed(0)
    batch = molecules.batch()
    n_kept = len(DropEdge(0.3)(batch).bond_codes)
    assert n_kept / len(batch.bond_codes) == pytest.approx(0.7, abs=0.03)


def test_none_is_left_out_in_evaluation_or_by_a_probability_of_zero(batch: GraphBatch) -> None:
    assert DropEdge(0.3).eval()(batch) is batch
    assert DropEdge(0.0).train()(batch) is batch


def test_a_seed_chooses_the_bonds(batch: GraphBatch) -> None:
    drop = DropEdge(0.5)
    first, second, third = (drop(batch).src for _ in map(torch.manual_seed, (0, 0, 1)))
    assert torch.equal(first, second)
    assert not torch.equal(first, third)


@pytest.mark.parametrize("name", WITH_OPTION)
def test_an_encoder_trains_on_what_is_left(name: str, preset: Preset, batch: GraphBatch) -> None:
    def states(drop_edge: float, seen: GraphBatch) -> torch.Tensor:
        torch.manual_seed(0)
        encoder = ENCODERS[name](preset, hidden_dim=16, dropout=0.0, drop_edge=drop_edge)
        torch.manual_seed(1)
        return encoder.train()(seen)

    torch.manual_seed(1)
    thinner = DropEdge(0.5)(batch)
    assert torch.equal(states(0.5, batch), states(0.0, thinner))
    assert not torch.allclose(states(0.5, batch), states(0.0, batch))
