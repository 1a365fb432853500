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
from typing import Literal

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor
from torch.nn.functional import embedding_bag

from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import describe, dgl
from molgnn.graph.hops import Hop

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


def _dgl_serves(states: Tensor, *, on_cpu: bool = True) -> bool:
    chosen = _kernels.get()
    # Some of DGL's kernels refuse half precision.
    if chosen == "torch" or states.dtype not in (torch.float32, torch.float64):
        return False
    if chosen == "dgl":
        return True
    return on_cpu if states.device.type == "cpu" else _dgl_has_cuda()


@cache
def _dgl_has_cuda() -> bool:
    return describe().cuda


def sum_over_senders(
    hop: Hop, states: Float[Tensor, "senders hidden"]
) -> Float[Tensor, "receivers hidden"]:
    r"""Sum what each row of a hop receives: :math:`m_v = \sum_{u \to v} h_u`.

    One that receives nothing gets zeros. On a CPU torch's one-pass kernel is the faster one.
    """
    if _dgl_serves(states, on_cpu=False):
        summed: Tensor = dgl.ops.copy_u_sum(hop.graph, states)
        return summed
    return embedding_bag(hop.senders, states, hop.starts, mode="sum")


def mean_over_senders(
    hop: Hop, states: Float[Tensor, "senders hidden"]
) -> Float[Tensor, "receivers hidden"]:
    """Average what each row of a hop receives; zeros where it receives nothing."""
    return sum_over_senders(hop, states) / hop.n_messages.clamp(min=1).unsqueeze(1)


def max_over_senders(
    hop: Hop, states: Float[Tensor, "senders hidden"]
) -> Float[Tensor, "receivers hidden"]:
    """Take each state's largest value among what a row receives; zeros where that is nothing."""
    if _dgl_serves(states, on_cpu=False):
        largest: Tensor = dgl.ops.copy_u_max(hop.graph, states)
    else:
        lowest = states.new_full((len(hop.starts), states.shape[1]), -torch.inf)
        index = hop.receivers.unsqueeze(1).expand(-1, states.shape[1])
        largest = lowest.scatter_reduce(0, index, take(states, hop.senders), reduce="amax")
    return largest.where(hop.n_messages.unsqueeze(1) > 0, 0.0)


def sum_messages(
    hop: Hop, messages: Float[Tensor, "messages hidden"]
) -> Float[Tensor, "receivers hidden"]:
    """Sum messages that are no mere states, as those that a bond or a weight takes part in."""
    if _dgl_serves(messages, on_cpu=False):
        summed: Tensor = dgl.ops.copy_e_sum(hop.graph, messages)
        return summed
    each = torch.arange(len(messages), device=messages.device)
    return embedding_bag(each, messages, hop.starts, mode="sum")


def softmax_over_messages(
    hop: Hop, scores: Float[Tensor, "messages heads"]
) -> Float[Tensor, "messages heads"]:
    """Turn scores into weights that sum to 1 over the messages to each receiver."""
    if _dgl_serves(scores, on_cpu=False):
        weights: Tensor = dgl.ops.edge_softmax(hop.graph, scores)
        return weights
    lowest = scores.new_full((len(hop.starts), scores.shape[1]), -torch.inf)
    index = hop.receivers.unsqueeze(1).expand_as(scores)
    largest = lowest.scatter_reduce(0, index, scores.detach(), reduce="amax")
    weights = (scores - take(largest, hop.receivers)).exp()
    return weights / take(sum_messages(hop, weights), hop.receivers)


def take(
    states: Shaped[Tensor, "rows columns"], rows: Int64[Tensor, " taken"] | None
) -> Shaped[Tensor, "taken columns"]:
    """Return the given rows; None stands for all of them in their order."""
    return states if rows is None else states.index_select(0, rows)


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
