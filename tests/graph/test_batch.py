"""One graph per batch, equal to what DGL would have put together from one graph per molecule."""

from __future__ import annotations

import pickle
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from molgnn.chem.descriptors import compute_features
from molgnn.graph.dgl_runtime import dgl
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.message_flow import atom_flow

SMILES = ["CCO", "C", "[Na+].[Cl-]", "c1ccccc1", "C#N"]
STORE = Featurizer("canonical", "rdkit")(SMILES).molecules
some_indices = st.lists(st.integers(0, len(SMILES) - 1), max_size=6)


@given(some_indices)
def test_edges_come_in_pairs_of_one_bond_and_stay_within_their_molecule(
    indices: list[int],
) -> None:
    batch = STORE.batch(indices)
    assert batch.src.dtype == batch.dst.dtype == torch.int64
    assert len(batch.src) == len(batch.dst) == 2 * len(batch.bond_codes)
    assert torch.equal(batch.src[0::2], batch.dst[1::2])
    assert torch.equal(batch.src[1::2], batch.dst[0::2])
    mol_of_bond = torch.repeat_interleave(batch.n_bonds)
    for ends in (batch.src[0::2], batch.dst[0::2]):
        assert torch.equal(batch.mol_of_atom[ends], mol_of_bond)


@given(some_indices)
def test_codes_are_those_of_the_store(indices: list[int]) -> None:
    batch, picked = STORE.batch(indices), STORE.select(indices)
    assert batch.n_mols == len(indices)
    assert batch.atom_codes.dtype == batch.bond_codes.dtype == torch.uint8
    np.testing.assert_array_equal(batch.atom_codes, picked.atom_codes)
    np.testing.assert_array_equal(batch.bond_codes, picked.bond_codes)


def test_an_edge_runs_first_from_the_bonds_beginning_to_its_end() -> None:
    batch = STORE.batch([1, 0])
    assert batch.src.tolist() == [1, 2, 2, 3]
    assert batch.dst.tolist() == [2, 1, 3, 2]
    assert batch.mol_of_atom.tolist() == [0, 1, 1, 1]


def test_the_graph_is_what_dgl_batches_from_graphs_of_single_molecules() -> None:
    ours = STORE.batch().graph
    theirs = dgl.batch([STORE.batch([i]).graph for i in range(len(STORE))])
    assert ours.num_nodes() == theirs.num_nodes()
    for mine, reference in zip(ours.edges(order="eid"), theirs.edges(order="eid"), strict=True):
        assert torch.equal(mine, reference)
    assert torch.equal(ours.batch_num_nodes(), theirs.batch_num_nodes())
    assert torch.equal(ours.batch_num_edges(), theirs.batch_num_edges())


def test_the_graph_is_built_once() -> None:
    batch = STORE.batch()
    assert batch.graph is batch.graph


@pytest.mark.parametrize(
    ("indices", "n_atoms"), [([], []), ([1], [1]), ([2], [2]), ([1, 1, 2], [1, 1, 2])]
)
def test_batches_without_an_edge_are_legal(indices: list[int], n_atoms: list[int]) -> None:
    batch = STORE.batch(indices)
    assert batch.n_atoms.tolist() == n_atoms
    assert batch.graph.num_nodes() == sum(n_atoms)
    assert batch.graph.num_edges() == 0
    assert batch.graph.batch_size == len(indices)
    assert batch.mol_of_atom.tolist() == [i for i, n in enumerate(n_atoms) for _ in range(n)]


def test_a_slice_and_no_index_at_all_select_like_a_list() -> None:
    whole, listed = STORE.batch(), STORE.batch(range(len(STORE)))
    assert torch.equal(whole.src, listed.src)
    assert torch.equal(STORE.batch(slice(1, 4)).src, STORE.batch([1, 2, 3]).src)


def test_a_batch_shares_no_memory_with_its_store() -> None:
    before = STORE.atom_codes.copy()
    STORE.batch().atom_codes.zero_()
    np.testing.assert_array_equal(STORE.atom_codes, before)


def test_a_batch_is_pickled_without_what_was_derived_from_it() -> None:
    batch = STORE.batch()
    before = pickle.dumps(batch)
    atom_flow(batch, 2, bonds=True, shared=True)
    assert batch.graph.num_nodes() == len(batch.atom_codes)
    assert pickle.dumps(batch) == before
    assert pickle.loads(before).src.equal(batch.src)


def test_to_moves_every_tensor() -> None:
    features = compute_features(["CCO"] * len(STORE), ["maccs"])
    moved = vars(STORE.with_features(features).batch().to("meta"))
    tensors = [*moved.pop("features").values(), *moved.values()]
    assert len(tensors) == 7
    assert {tensor.device.type for tensor in tensors} == {"meta"}


@given(some_indices, st.randoms(use_true_random=False))
def test_a_bond_is_left_out_in_both_directions(indices: list[int], random: Random) -> None:
    batch = STORE.batch(indices)
    dropped = torch.tensor([random.random() < 0.5 for _ in batch.bond_codes], dtype=torch.bool)
    thinner = batch.without_bonds(dropped)
    bonds = torch.stack([batch.src[0::2], batch.dst[0::2]])[:, ~dropped]
    assert torch.equal(torch.stack([thinner.src[0::2], thinner.dst[0::2]]), bonds)
    assert torch.equal(torch.stack([thinner.dst[1::2], thinner.src[1::2]]), bonds)
    assert torch.equal(thinner.bond_codes, batch.bond_codes[~dropped])
    assert torch.equal(thinner.atom_codes, batch.atom_codes)
    kept = [int((~own).sum()) for own in dropped.split(batch.n_bonds.tolist())]
    assert thinner.n_bonds.tolist() == kept
    assert thinner.n_atoms.tolist() == batch.n_atoms.tolist()
