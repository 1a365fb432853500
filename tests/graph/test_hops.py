"""Rows that stand for surroundings: as many as there are, and never one for two."""

from __future__ import annotations

import csv
from collections.abc import Callable, Hashable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from molgnn.graph.batch import GraphBatch
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.hops import Hop, Hops, atom_hops, edge_hops

DEPTH = 3


@pytest.fixture(scope="module")
def batch(library: Path) -> GraphBatch:
    """Return drugs, a salt, an atom alone and a molecule twice."""
    with library.open(encoding="utf-8") as file:
        drugs = [row["smiles"] for row in csv.DictReader(file)][::40]
    return Featurizer()([*drugs, "[Na+].[Cl-]", "C", "CCO", "OCC"]).molecules.batch()


def messages_to(hop: Hop) -> list[slice]:
    """Return which of a hop's messages go to each receiver."""
    return [slice(*ends) for ends in pairwise([*hop.starts.tolist(), len(hop.senders)])]


def numbered(keys: Iterable[Hashable]) -> list[int]:
    """Number keys in the order in which they first occur."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


def atom_surroundings(batch: GraphBatch, *, bonds: bool) -> list[list[int]]:
    """Tell atoms apart, level by level, by comparing all that can be seen of them."""
    edges = list(zip(batch.src.tolist(), batch.dst.tolist(), strict=True))
    codes = [tuple(row) for row in batch.atom_codes.tolist()]
    bond_codes = [tuple(row) if bonds else () for row in batch.bond_codes.tolist()]
    level = numbered(zip(codes, batch.degrees.tolist(), strict=True))
    levels = [level]
    for _ in range(DEPTH):
        heard: list[list[Hashable]] = [[] for _ in codes]
        for edge, (sender, receiver) in enumerate(edges):
            heard[receiver].append((level[sender], bond_codes[edge // 2]))
        level = numbered(zip(level, map(as_multiset, heard), strict=True))
        levels.append(level)
    return levels


def edge_surroundings(batch: GraphBatch) -> list[list[int]]:
    """Tell edges apart, level by level, and in the end atoms by the edges that end in them."""
    edges = list(zip(batch.src.tolist(), batch.dst.tolist(), strict=True))
    codes = [tuple(row) for row in batch.atom_codes.tolist()]
    bond_codes = [tuple(row) for row in batch.bond_codes.tolist()]
    ending_in: list[list[int]] = [[] for _ in codes]
    for edge, (_, receiver) in enumerate(edges):
        ending_in[receiver].append(edge)
    level = numbered((codes[u], bond_codes[e // 2]) for e, (u, _) in enumerate(edges))
    levels, origin = [level], level
    for _ in range(DEPTH):
        heard = [[level[f] for f in ending_in[u] if f != e ^ 1] for e, (u, _) in enumerate(edges)]
        level = numbered(zip(origin, map(as_multiset, heard), strict=True))
        levels.append(level)
    heard = [[level[f] for f in incoming] for incoming in ending_in]
    return [*levels, numbered(zip(codes, map(as_multiset, heard), strict=True))]


def as_multiset(seen: list[Hashable]) -> Hashable:
    return tuple(sorted(seen))  # type: ignore[type-var]


@pytest.mark.parametrize("bonds", [True, False])
def test_atoms_share_a_row_exactly_where_they_cannot_be_told_apart(
    batch: GraphBatch, bonds: bool
) -> None:
    hops = atom_hops(batch, DEPTH, bonds=bonds, shared=True)
    levels = atom_surroundings(batch, bonds=bonds)
    assert [len(hops.first), *(len(hop.items) for hop in hops.rounds)] == [
        max(level) + 1 for level in levels
    ]
    assert hops.last is not None
    assert hops.last.tolist() == levels[-1]


def test_edges_share_a_row_exactly_where_they_cannot_be_told_apart(batch: GraphBatch) -> None:
    hops = edge_hops(batch, DEPTH, shared=True)
    levels = edge_surroundings(batch)
    assert [len(hops.first), *(len(hop.items) for hop in hops.rounds)] == [
        max(level) + 1 for level in levels
    ]
    assert hops.last is not None
    assert hops.last.tolist() == levels[-1]


@pytest.mark.parametrize("shared", [True, False])
def test_an_atom_hears_each_of_its_neighbours(batch: GraphBatch, shared: bool) -> None:
    hops = atom_hops(batch, DEPTH, bonds=True, shared=shared)
    for hop in hops.rounds:
        for atom, messages in zip(hop.items.tolist(), messages_to(hop), strict=True):
            assert sorted(hop.edges[messages].tolist()) == sorted(
                (batch.dst == atom).nonzero().flatten().tolist()
            )


@pytest.mark.parametrize("shared", [True, False])
def test_an_edge_hears_all_that_end_where_it_begins_but_its_reverse(
    batch: GraphBatch, shared: bool
) -> None:
    *rounds, arrival = edge_hops(batch, DEPTH, shared=shared).rounds
    for hop in rounds:
        for edge, messages in zip(hop.items.tolist(), messages_to(hop), strict=True):
            ends_there = (batch.dst == batch.src[edge]).nonzero().flatten().tolist()
            assert sorted(hop.edges[messages].tolist()) == [e for e in ends_there if e != edge ^ 1]
    for atom, messages in zip(arrival.items.tolist(), messages_to(arrival), strict=True):
        ends_there = (batch.dst == atom).nonzero().flatten().tolist()
        assert sorted(arrival.edges[messages].tolist()) == ends_there


@pytest.mark.parametrize("shared", [True, False])
def test_a_message_comes_from_the_row_of_what_sends_it(batch: GraphBatch, shared: bool) -> None:
    hops = atom_hops(batch, DEPTH, bonds=True, shared=shared)
    levels = atom_surroundings(batch, bonds=True)
    for depth, hop in enumerate(hops.rounds):
        level = levels[depth] if shared or depth == 0 else list(range(len(batch.atom_codes)))
        assert hop.senders.tolist() == [level[a] for a in batch.src[hop.edges].tolist()]
        own = hop.items if hop.own is None else hop.own
        assert own.tolist() == [level[atom] for atom in hop.items.tolist()]


@pytest.mark.parametrize("hops_of", [atom_hops, edge_hops])
def test_copies_of_a_molecule_add_no_row(hops_of: Callable[..., Hops]) -> None:
    bonds = {"bonds": True} if hops_of is atom_hops else {}
    molecules = Featurizer()(["CC(=O)Oc1ccccc1C(=O)O"]).molecules
    once, often = (hops_of(molecules.batch([0] * n), DEPTH, **bonds, shared=True) for n in (1, 50))
    assert [len(hop.items) for hop in once.rounds] == [len(hop.items) for hop in often.rounds]
    assert once.last is not None
    assert often.last is not None
    assert torch.equal(once.last.repeat(50), often.last)


def test_without_sharing_atoms_keep_their_numbers_after_the_first_level(batch: GraphBatch) -> None:
    hops = atom_hops(batch, DEPTH, bonds=True, shared=False)
    assert len(hops.first) < 0.2 * len(batch.atom_codes)
    assert hops.last is None
    for hop in hops.rounds:
        assert torch.equal(hop.items, torch.arange(len(batch.atom_codes)))


def test_a_hop_is_a_block_of_dgl(batch: GraphBatch) -> None:
    hop = atom_hops(batch, 1, bonds=True, shared=True).rounds[0]
    senders, receivers = hop.graph.edges(order="eid")
    assert hop.graph.num_src_nodes() == len(hop.sending_items)
    assert hop.graph.num_dst_nodes() == len(hop.items)
    assert torch.equal(senders, hop.senders)
    for row, messages in enumerate(messages_to(hop)):
        assert (receivers[messages] == row).all()


def test_what_one_member_of_an_ensemble_asked_for_serves_the_next(batch: GraphBatch) -> None:
    first = atom_hops(batch, 2, bonds=True, shared=True)
    assert atom_hops(batch, 2, bonds=True, shared=True) is first
    assert atom_hops(batch, 2, bonds=False, shared=True) is not first
    assert atom_hops(batch, 3, bonds=True, shared=True) is not first
