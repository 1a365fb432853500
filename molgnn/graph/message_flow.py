r"""Blocks of message passing over a batch, in which nodes of equal surroundings are computed once.

A block is what DGL calls so, a message-flow graph: a bipartite graph from the rows of one level to
those of the next. What an atom's state is after *k* rounds depends on its surroundings up to *k*
bonds away and on nothing else. Surroundings repeat: of the 26,000 atoms of a thousand drug-like
molecules only some 60 differ in themselves, 1,400 with their neighbours, 8,000 two bonds far. So a
level has one *row* for each surrounding that occurs, and not one for each atom; at the end every
atom is given the row that stands for it. The result is the same but for the order of a sum's terms.

Surroundings are told apart by Weisfeiler-Leman colour refinement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from jaxtyping import Int64
from torch import Tensor

from molgnn.graph.batch import GraphBatch, once_per_batch
from molgnn.graph.dgl_runtime import DGLGraph, bipartite_graph
from molgnn.graph.hashing import mix, refine
from molgnn.graph.weisfeiler_leman import hash_codes, sum_by_target


@dataclass(frozen=True)
class Block:
    """One round: the rows of the level before send messages, the rows of this level receive them.

    Parameters
    ----------
    src
        The row that each message comes from, in the order of their receivers.
    edges
        The edge of the batch that each message runs along.
    offsets
        Where the messages to each receiver begin.
    dst_in_src
        The row of the level before that each receiver was; None where it had the same number.
    src_nodes, dst_nodes
        An atom, or in `edge_flow` an edge, that each row of the level before and each receiver
        stands for.
    """

    src: Int64[Tensor, " messages"]
    edges: Int64[Tensor, " messages"]
    offsets: Int64[Tensor, " rows"]
    dst_in_src: Int64[Tensor, " rows"] | None
    src_nodes: Int64[Tensor, " senders"]
    dst_nodes: Int64[Tensor, " rows"]

    @cached_property
    def in_degrees(self) -> Int64[Tensor, " rows"]:
        """How many messages each receiver gets."""
        return torch.diff(self.offsets, append=self.offsets.new_tensor([len(self.src)]))

    @cached_property
    def dst(self) -> Int64[Tensor, " messages"]:
        """The row that each message goes to."""
        return torch.repeat_interleave(self.in_degrees, output_size=len(self.src))

    @cached_property
    def graph(self) -> DGLGraph:
        """The block for DGL, with messages as its edges, in their order.

        Raises
        ------
        dgl.DGLError
            If the block lies on a device that this build of DGL knows nothing of.
        """
        indptr = torch.cat([self.offsets, self.offsets.new_tensor([len(self.src)])])
        return bipartite_graph(indptr, self.src, n_src=len(self.src_nodes))


class MessageFlow(NamedTuple):
    """All blocks of a forward pass.

    Parameters
    ----------
    input_nodes
        An atom, or in `edge_flow` an edge, that each row of the first level stands for.
    blocks
        In order.
    output_rows
        The row of the last level that stands for each atom; None where it has the atom's number.
    """

    input_nodes: Int64[Tensor, " rows"]
    blocks: tuple[Block, ...]
    output_rows: Int64[Tensor, " atoms"] | None


@once_per_batch
def atom_flow(batch: GraphBatch, depth: int, *, bonds: bool, shared: bool) -> MessageFlow:
    """Return the blocks in which every atom receives from its neighbours, *depth* times.

    Parameters
    ----------
    batch
        The molecules.
    depth
        How many rounds.
    bonds
        Whether a message depends on the codes of its bond.
    shared
        Whether equal surroundings share a row in every level. Without it they do in the first
        level alone, where a row depends on an atom's own codes and degree: with dropout, states
        that are equal so far go different ways from then on.
    """
    incoming = _Incoming.of(batch)
    bond_colours = _both_ways(hash_codes(batch.bond_codes)) if shared and bonds else 0
    colours = mix(hash_codes(batch.atom_codes) + batch.degrees)
    level = _Level.of(colours)
    first = level.nodes
    blocks: list[Block] = []
    for _ in range(depth):
        if not shared and len(blocks) > 1:
            blocks.append(blocks[-1])  # from the second on they are all alike
            continue
        if shared:
            sent = mix(colours.index_select(0, batch.src) + bond_colours)
            colours = refine(colours, incoming.sum(sent))
        before, level = level, _Level.of(colours, shared=shared)
        edges, starts = incoming.to_atoms(level.nodes)
        blocks.append(_connect(before, level, batch.src.index_select(0, edges), edges, starts))
    return MessageFlow(first, tuple(blocks), level.rows)


@once_per_batch
def edge_flow(batch: GraphBatch, depth: int, *, shared: bool) -> MessageFlow:
    """Return the blocks of message passing between directed edges, as in the line graph.

    Every edge u→v receives from the edges that end in u but v→u, *depth* times. In one more block
    each atom, which was no row before, receives from the edges that end in it. The parameters are
    those of `atom_flow`.
    """
    incoming = _Incoming.of(batch)
    atom_colours, bond_colours = hash_codes(batch.atom_codes), hash_codes(batch.bond_codes)
    origins = mix(mix(atom_colours).index_select(0, batch.src) + _both_ways(bond_colours))
    colours, level = origins, _Level.of(origins)
    first = level.nodes
    blocks: list[Block] = []
    for _ in range(depth):
        if shared:
            sent = mix(colours)
            received = incoming.sum(sent).index_select(0, batch.src) - _reverse(sent)
            colours = refine(origins, received)
        before, level = level, _Level.of(colours, shared=shared)
        edges, starts = incoming.to_edges(level.nodes)
        blocks.append(_connect(before, level, edges, edges, starts))
    if shared:
        atom_colours = refine(atom_colours, incoming.sum(mix(colours)))
    before, level = level, _Level.of(atom_colours, shared=shared)
    edges, starts = incoming.to_atoms(level.nodes)
    blocks.append(_connect(before, level, edges, edges, starts, continues=False))
    return MessageFlow(first, tuple(blocks), level.rows)


class _Level(NamedTuple):
    """Which row stands for each node (atom or edge), and a node that each row stands for."""

    nodes: Int64[Tensor, " rows"]
    rows: Int64[Tensor, " nodes"] | None

    @classmethod
    def of(cls, colours: Int64[Tensor, " nodes"], *, shared: bool = True) -> _Level:
        """Give nodes of one colour one row, or each its own; rows are in the nodes' order."""
        numbers = torch.arange(len(colours), device=colours.device)
        if not shared:
            return cls(numbers, None)
        different, row_of_node = torch.unique(colours, return_inverse=True)
        nodes = torch.full_like(different, len(colours))
        nodes = nodes.scatter_reduce(0, row_of_node, numbers, "amin")
        nodes, order = nodes.sort()
        place = torch.empty_like(order).scatter_(0, order, numbers[: len(order)])
        return cls(nodes, place.index_select(0, row_of_node))

    def rows_of(self, nodes: Int64[Tensor, " n"]) -> Int64[Tensor, " n"]:
        return nodes if self.rows is None else self.rows.index_select(0, nodes)


def _connect(
    before: _Level,
    level: _Level,
    sending: Int64[Tensor, " messages"],
    edges: Int64[Tensor, " messages"],
    starts: Int64[Tensor, " rows"],
    *,
    continues: bool = True,
) -> Block:
    is_same = before.rows is None and level.rows is None
    own = before.rows_of(level.nodes) if continues and not is_same else None
    return Block(before.rows_of(sending), edges, starts, own, before.nodes, level.nodes)


class _Incoming(NamedTuple):
    """The edges of a batch in the order of the atoms that they end in."""

    batch: GraphBatch
    edges: Int64[Tensor, " edges"]
    starts: Int64[Tensor, " atoms"]

    @classmethod
    def of(cls, batch: GraphBatch) -> _Incoming:
        edges = torch.argsort(batch.dst, stable=True)
        return cls(batch, edges, batch.degrees.cumsum(0) - batch.degrees)

    def sum(self, sent: Int64[Tensor, " edges"]) -> Int64[Tensor, " atoms"]:
        return sum_by_target(sent, self.batch.dst, len(self.starts))

    def to_atoms(
        self, atoms: Int64[Tensor, " rows"]
    ) -> tuple[Int64[Tensor, " messages"], Int64[Tensor, " rows"]]:
        """List the edges that end in each of *atoms*, and where each one's begin."""
        edges, _, starts = self._ending_in(atoms)
        return edges, starts

    def to_edges(
        self, edges: Int64[Tensor, " rows"]
    ) -> tuple[Int64[Tensor, " messages"], Int64[Tensor, " rows"]]:
        """List the edges that flow into each of *edges*, and where each one's begin.

        Edges 2i and 2i + 1 are the two directions of bond i, so ``e ^ 1`` is the reverse of ``e``.
        """
        feeding, fed, starts = self._ending_in(self.batch.src.index_select(0, edges))
        flows_on = feeding != edges.index_select(0, fed) ^ 1
        # Each edge has lost one, its own reverse.
        starts = starts - torch.arange(len(edges), device=edges.device)
        return feeding[flows_on], starts

    def _ending_in(
        self, atoms: Int64[Tensor, " rows"]
    ) -> tuple[Int64[Tensor, " messages"], Int64[Tensor, " messages"], Int64[Tensor, " rows"]]:
        counts = self.batch.degrees.index_select(0, atoms)
        starts = counts.cumsum(0) - counts
        rows = torch.repeat_interleave(counts)
        offsets = self.starts.index_select(0, atoms) - starts
        places = torch.arange(len(rows), device=rows.device) + offsets.index_select(0, rows)
        return self.edges.index_select(0, places), rows, starts


def _both_ways(of_bonds: Int64[Tensor, " bonds"]) -> Int64[Tensor, " edges"]:
    return of_bonds.repeat_interleave(2)


def _reverse(of_edges: Int64[Tensor, " edges"]) -> Int64[Tensor, " edges"]:
    return of_edges.view(-1, 2).flip(1).reshape(-1)
