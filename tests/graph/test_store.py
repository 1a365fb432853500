"""A store behaves as the list of its molecules would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore

SMILES = ["CCO", "C", "[Na+].[Cl-]", "c1ccccc1", "C#N", "FC(Cl)Br", "[H][H]"]
STORE = Featurizer("canonical", "rdkit")(SMILES).molecules
some_indices = st.lists(st.integers(-len(SMILES), len(SMILES) - 1), max_size=12)
some_slices = st.slices(len(SMILES))

Tuples = list[tuple[list[list[int]], list[list[int]], list[list[int]]]]


def molecules_of(store: MoleculeStore) -> Tuples:
    """Take a store apart, molecule by molecule."""
    atoms = np.split(store.atom_codes, store.atom_offsets[1:-1])
    bonds = np.split(store.bond_codes, store.bond_offsets[1:-1])
    ends = np.split(store.bond_ends, store.bond_offsets[1:-1])
    parts = zip(atoms, bonds, ends, strict=True)
    return [(a.tolist(), b.tolist(), e.tolist()) for a, b, e in parts][: len(store)]


EXPECTED = molecules_of(STORE)


def test_every_molecule_of_a_store_is_the_one_featurized_alone() -> None:
    featurize = Featurizer("canonical", "rdkit")
    alone = [molecules_of(featurize([text]).molecules) for text in SMILES]
    assert [[molecule] for molecule in EXPECTED] == alone


@given(some_indices)
def test_select_picks_in_the_given_order_with_repeats(indices: list[int]) -> None:
    picked = STORE.select(indices)
    assert len(picked) == len(indices)
    assert molecules_of(picked) == [EXPECTED[i] for i in indices]


@given(some_slices)
def test_select_slices_like_a_list(indices: slice) -> None:
    assert molecules_of(STORE.select(indices)) == EXPECTED[indices]


@given(st.lists(st.booleans(), min_size=len(SMILES), max_size=len(SMILES)))
def test_select_takes_a_mask(mask: list[bool]) -> None:
    picked = STORE.select(np.array(mask))
    assert molecules_of(picked) == [EXPECTED[i] for i, is_wanted in enumerate(mask) if is_wanted]


@pytest.mark.parametrize("index", [len(SMILES), -len(SMILES) - 1])
def test_an_index_out_of_range_is_an_error(index: int) -> None:
    with pytest.raises(IndexError):
        STORE.select([index])


@given(st.lists(some_indices, min_size=1, max_size=4))
def test_concatenate_joins_end_to_end(parts: Sequence[list[int]]) -> None:
    joined = MoleculeStore.concatenate([STORE.select(indices) for indices in parts])
    assert molecules_of(joined) == [EXPECTED[i] for indices in parts for i in indices]


@given(some_indices)
def test_types_stay_as_they_are(indices: list[int]) -> None:
    picked = MoleculeStore.concatenate([STORE.select(indices)])
    assert [picked.atom_codes.dtype, picked.bond_codes.dtype] == [np.uint8, np.uint8]
    assert picked.bond_ends.dtype == np.int32
    assert [picked.atom_offsets.dtype, picked.bond_offsets.dtype] == [np.int64, np.int64]
    assert picked.atom_codes.shape[1] == STORE.atom_codes.shape[1]


def test_counts_are_those_of_each_molecule() -> None:
    assert STORE.n_atoms.tolist() == [3, 1, 2, 6, 2, 4, 2]
    assert STORE.n_bonds.tolist() == [2, 0, 0, 6, 1, 3, 1]
