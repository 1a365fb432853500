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
from molgnn.graph.message_flow import Block, MessageFlow, atom_flow, edge_flow

DEPTH = 3


@pytest.fixture(scope="module")
def batch(library: Path) -> GraphBatch:
    """Return drugs, a salt, an atom alone and a molecule twice."""
    with library.open(encoding="utf-8") as file:
        drugs = [row["smiles"] for row in csv.DictReader(file)][::40]
    return Featurizer()([*drugs, "[Na+].[Cl-]", "C", "CCO", "OCC"]).molecules.batch()


def messages_to(block: Block) -> list[slice]:
    """Return which of a block's messages go to each receiver."""
    return [slice(*ends) for ends in pairwise([*block.offsets.tolist(), len(block.src)])]


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
        received: list[list[Hashable]] = [[] for _ in codes]
        for edge, (sender, receiver) in enumerate(edges):
            received[receiver].append((level[sender], bond_codes[edge // 2]))
        level = numbered(zip(level, map(as_multiset, received), strict=True))
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
        received = [
            [level[f] for f in ending_in[u] if f != e ^ 1] for e, (u, _) in enumerate(edges)
        ]
        level = numbered(zip(origin, map(as_multiset, received), strict=True))
        levels.append(level)
    received = [[level[f] for f in incoming] for incoming in ending_in]
    return [*levels, numbered(zip(codes, map(as_multiset, received), strict=True))]


def as_multiset(seen: list[Hashable]) -> Hashable:
    return tuple(sorted(seen))  # type: ignore[type-var]


@pytest.mark.parametrize("bonds", [True, False])
def test_atoms_share_a_row_exactly_where_they_cannot_be_told_apart(
    batch: GraphBatch, bonds: bool
) -> None:
    flow = atom_flow(batch, DEPTH, bonds=bonds, shared=True)
    levels = atom_surroundings(batch, bonds=bonds)
    assert [len(flow.input_nodes), *(len(block.dst_nodes) for block in flow.blocks)] == [
        max(level) + 1 for level in levels
    ]
    assert flow.output_rows is not None
    assert flow.output_rows.tolist() == levels[-1]


def test_edges_share_a_row_exactly_where_they_cannot_be_told_apart(batch: GraphBatch) -> None:
    flow = edge_flow(batch, DEPTH, shared=True)
    levels = edge_surroundings(batch)
    assert [len(flow.input_nodes), *(len(block.dst_nodes) for block in flow.blocks)] == [
        max(level) + 1 for level in levels
    ]
    assert flow.output_rows is not None
    assert flow.output_rows.tolist() == levels[-1]


@pytest.mark.parametrize("shared", [True, False])
def test_an_atom_receives_from_each_of_its_neighbours(batch: GraphBatch, shared: bool) -> None:
    flow = atom_flow(batch, DEPTH, bonds=True, shared=shared)
    for block in flow.blocks:
        for atom, messages in zip(block.dst_nodes.tolist(), messages_to(block), strict=True):
            assert sorted(block.edges[messages].tolist()) == sorted(
                (batch.dst == atom).nonzero().flatten().tolist()
            )


@pytest.mark.parametrize("shared", [True, False])
def test_an_edge_receives_from_all_that_end_where_it_begins_but_its_reverse(
    batch: GraphBatch, shared: bool
) -> None:
    *updates, arrival = edge_flow(batch, DEPTH, shared=shared).blocks
    for block in updates:
        for edge, messages in zip(block.dst_nodes.tolist(), messages_to(block), strict=True):
            ends_there = (batch.dst == batch.src[edge]).nonzero().flatten().tolist()
            assert sorted(block.edges[messages].tolist()) == [
                e for e in ends_there if e != edge ^ 1
            ]
    for atom, messages in zip(arrival.dst_nodes.tolist(), messages_to(arrival), strict=True):
        ends_there = (batch.dst == atom).nonzero().flatten().tolist()
        assert sorted(arrival.edges[messages].tolist()) == ends_there


@pytest.mark.parametrize("shared", [True, False])
def test_a_message_comes_from_the_row_of_what_sends_it(batch: GraphBatch, shared: bool) -> None:
    flow = atom_flow(batch, DEPTH, bonds=True, shared=shared)
    levels = atom_surroundings(batch, bonds=True)
    for depth, block in enumerate(flow.blocks):
        level = levels[depth] if shared or depth == 0 else list(range(len(batch.atom_codes)))
        assert block.src.tolist() == [level[a] for a in batch.src[block.edges].tolist()]
        own = block.dst_nodes if block.dst_in_src is None else block.dst_in_src
        assert own.tolist() == [level[atom] for atom in block.dst_nodes.tolist()]


@pytest.mark.parametrize("flow_of", [atom_flow, edge_flow])
def test_copies_of_a_molecule_add_no_row(flow_of: Callable[..., MessageFlow]) -> None:
    bonds = {"bonds": True} if flow_of is atom_flow else {}
    molecules = Featurizer()(["CC(=O)Oc1ccccc1C(=O)O"]).molecules
    once, often = (flow_of(molecules.batch([0] * n), DEPTH, **bonds, shared=True) for n in (1, 50))
    n_rows = [[len(block.dst_nodes) for block in flow.blocks] for flow in (once, often)]
    assert n_rows[0] == n_rows[1]
    assert once.output_rows is not None
    assert often.output_rows is not None
    assert torch.equal(once.output_rows.repeat(50), often.output_rows)


def test_without_sharing_atoms_keep_their_numbers_after_the_first_level(batch: GraphBatch) -> None:
    flow = atom_flow(batch, DEPTH, bonds=True, shared=False)
    assert len(flow.input_nodes) < 0.2 * len(batch.atom_codes)
    assert flow.output_rows is None
    for block in flow.blocks:
        assert torch.equal(block.dst_nodes, torch.arange(len(batch.atom_codes)))


def test_a_block_is_a_bipartite_graph_of_dgl(batch: GraphBatch) -> None:
    block = atom_flow(batch, 1, bonds=True, shared=True).blocks[0]
    senders, receivers = block.graph.edges(order="eid")
    assert block.graph.num_nodes("src") == len(block.src_nodes)
    assert block.graph.num_nodes("dst") == len(block.dst_nodes)
    assert torch.equal(senders, block.src)
    for row, messages in enumerate(messages_to(block)):
        assert (receivers[messages] == row).all()


def test_what_one_member_of_an_ensemble_asked_for_serves_the_next(batch: GraphBatch) -> None:
    first = atom_flow(batch, 2, bonds=True, shared=True)
    assert atom_flow(batch, 2, bonds=True, shared=True) is first
    assert atom_flow(batch, 2, bonds=False, shared=True) is not first
    assert atom_flow(batch, 3, bonds=True, shared=True) is not first
