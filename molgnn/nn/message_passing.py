"""The few primitives that every encoder and readout is made of.

Each has two ways to the same result: DGL's kernels where DGL supports the tensor's device, plain
torch elsewhere (the DGL on PyPI has no CUDA). The two agree to 1e-6, which the tests hold them to.

Here and in all of nn, rows are gathered by ``index_select``: the gradient of ``states[index]`` is
summed in another order each time on several cores, and a seed would not give the same model twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import embedding_bag

from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import describe, dgl

Kernels = Literal["auto", "dgl", "torch"]
_kernels: ContextVar[Kernels] = ContextVar("kernels", default="auto")


@contextmanager
def using_kernels(kernels: Kernels) -> Iterator[None]:
    """Choose the kernels inside a ``with`` block; ``"auto"`` is what holds outside of one."""
    token = _kernels.set(kernels)
    try:
        yield
    finally:
        _kernels.reset(token)


def _dgl_serves(states: Tensor) -> bool:
    chosen = _kernels.get()
    # Some of DGL's kernels refuse half precision.
    if chosen == "torch" or states.dtype not in (torch.float32, torch.float64):
        return False
    return chosen == "dgl" or states.device.type == "cpu" or _dgl_has_cuda()


@cache
def _dgl_has_cuda() -> bool:
    return describe().cuda


def sum_over_neighbours(
    batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
) -> Float[Tensor, "atoms hidden"]:
    r"""Sum the neighbours' states: :math:`m_v = \sum_{u \in N(v)} h_u`."""
    if _dgl_serves(atom_states):
        summed: Tensor = dgl.ops.copy_u_sum(batch.graph, atom_states)
        return summed
    sent = atom_states.index_select(0, batch.src)
    return torch.zeros_like(atom_states).index_add(0, batch.dst, sent)


def sum_over_edges(
    batch: GraphBatch, edge_states: Float[Tensor, "edges hidden"]
) -> Float[Tensor, "atoms hidden"]:
    r"""Sum the states of the edges that end in an atom: :math:`m_v = \sum_{u \in N(v)} h_{uv}`."""
    if _dgl_serves(edge_states):
        summed: Tensor = dgl.ops.copy_e_sum(batch.graph, edge_states)
        return summed
    zeros = edge_states.new_zeros(len(batch.atom_codes), edge_states.shape[1])
    return zeros.index_add(0, batch.dst, edge_states)


def sum_over_atoms(
    batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
) -> Float[Tensor, "mols hidden"]:
    r"""Sum the atoms of each molecule: :math:`g = \sum_v h_v`."""
    if _dgl_serves(atom_states):
        summed: Tensor = dgl.ops.segment_reduce(batch.n_atoms, atom_states, reducer="sum")
        return summed
    zeros = atom_states.new_zeros(batch.n_mols, atom_states.shape[1])
    return zeros.index_add(0, batch.mol_of_atom, atom_states)


def mean_over_atoms(
    batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
) -> Float[Tensor, "mols hidden"]:
    """Average the atoms of each molecule."""
    return sum_over_atoms(batch, atom_states) / batch.n_atoms.clamp(min=1).unsqueeze(1)


def max_over_atoms(
    batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
) -> Float[Tensor, "mols hidden"]:
    """Take each state's largest value among the atoms of each molecule."""
    if _dgl_serves(atom_states):
        largest: Tensor = dgl.ops.segment_reduce(batch.n_atoms, atom_states, reducer="max")
        return largest
    lowest = atom_states.new_full((batch.n_mols, atom_states.shape[1]), -torch.inf)
    index = batch.mol_of_atom.unsqueeze(1).expand_as(atom_states)
    return lowest.scatter_reduce(0, index, atom_states, reduce="amax")


def softmax_over_atoms(
    batch: GraphBatch, scores: Float[Tensor, "atoms 1"]
) -> Float[Tensor, "atoms 1"]:
    """Turn scores into weights that sum to 1 over the atoms of each molecule."""
    largest = max_over_atoms(batch, scores.detach())
    weights = (scores - largest.index_select(0, batch.mol_of_atom)).exp()
    return weights / sum_over_atoms(batch, weights).index_select(0, batch.mol_of_atom)


class IncomingEdges(NamedTuple):
    """The edges that feed edge e, one u→v: all k→u but v→u, ``edges[starts[e]:starts[e + 1]]``."""

    edges: Int[Tensor, " pairs"]
    starts: Int[Tensor, " edges"]


def incoming_edges(batch: GraphBatch) -> IncomingEdges:
    """List, edge by edge, which edges feed it in directed message passing.

    Edges 2i and 2i + 1 are the two directions of bond i, so ``e ^ 1`` is the reverse of ``e``.
    """
    src, dst = batch.src, batch.dst
    n_edges, device = len(src), src.device
    by_target = torch.argsort(dst, stable=True)
    in_degree = torch.bincount(dst, minlength=len(batch.atom_codes))
    first = in_degree.cumsum(0) - in_degree

    feeds = in_degree[src]
    fed = torch.repeat_interleave(torch.arange(n_edges, device=device), feeds)
    position = torch.arange(len(fed), device=device) - (feeds.cumsum(0) - feeds)[fed]
    feeding = by_target[first[src[fed]] + position]

    without_reverse = feeds - 1
    return IncomingEdges(
        edges=feeding[feeding != (fed ^ 1)], starts=without_reverse.cumsum(0) - without_reverse
    )


def sum_over_incoming(
    incoming: IncomingEdges, edge_states: Float[Tensor, "edges hidden"]
) -> Float[Tensor, "edges hidden"]:
    r"""Gather for every edge what flows into it: :math:`m_{uv} = \sum_{k \in N(u) - v} h_{ku}`.

    One pass over the pairs, where summing per atom, gathering and subtracting the reverse edge
    takes three over the states.
    """
    return embedding_bag(incoming.edges, edge_states, incoming.starts, mode="sum")
