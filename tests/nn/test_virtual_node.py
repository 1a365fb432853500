from __future__ import annotations

import torch
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.virtual_node import VirtualNode


def test_it_hears_all_atoms_of_a_molecule_and_tells_them(batch: GraphBatch) -> None:
    torch.manual_seed(0)
    node = VirtualNode(8)
    states, memory = torch.randn(len(batch.atom_codes), 8), torch.randn(batch.n_mols, 8)
    told, after = node(batch, states, memory)
    for i, own in enumerate(states.split(batch.n_atoms.tolist())):
        expected = memory[i] + node.perceptron(memory[i] + own.sum(0))
        assert_close(after[i], expected, atol=1e-5, rtol=1e-5)
        assert_close(told[batch.mol_of_atom == i], own + expected, atol=1e-5, rtol=1e-5)


def test_at_first_it_remembers_nothing(batch: GraphBatch) -> None:
    node, states = VirtualNode(8), torch.randn(len(batch.atom_codes), 8)
    assert_close(node(batch, states, None), node(batch, states, torch.zeros(batch.n_mols, 8)))


def test_its_word_does_not_grow_with_the_molecule() -> None:
    torch.manual_seed(0)
    node = VirtualNode(8)
    chains = Featurizer("canonical")(["C" * 5, "C" * 500]).molecules.batch()
    _, (short, long) = node(chains, torch.randn(1, 8).expand(505, -1), None)
    assert_close(long, short, atol=1e-3, rtol=1e-3)
