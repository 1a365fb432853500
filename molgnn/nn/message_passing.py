"""The few primitives that every encoder and readout is made of.

Each has two ways to the same result: DGL's kernels where DGL supports the tensor's device, plain
torch elsewhere (the DGL on PyPI has no CUDA). The two agree to 1e-6, which the tests hold them to.

Here and in all of nn, rows are gathered by ``index_select``: the gradient of ``states[index]`` is
summed in another order each time on several cores, and a seed would not give the same model twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Literal

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
        largest = _apply(_Largest, take(states, hop.senders), hop.receivers, len(hop.starts))
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


def multiply_groups(
    states: Float[Tensor, "rows hidden"],
    matrices: Float[Tensor, "groups hidden out"],
    sizes: Sequence[int],
) -> Float[Tensor, "rows out"]:
    """Multiply the first rows by the first matrix, the next ones by the second, and so on."""
    return _apply(_GroupedProduct, states, matrices.to(states.dtype), list(sizes))


class _GroupedProduct(torch.autograd.Function):
    """One step of autograd for all groups: for so many small products, its own cost is most."""

    @staticmethod
    def forward(ctx: Any, states: Tensor, matrices: Tensor, sizes: list[int]) -> Tensor:
        ctx.save_for_backward(states, matrices)
        ctx.sizes = sizes
        products = states.new_empty(len(states), matrices.shape[2])
        groups = torch.split(states, sizes), matrices, torch.split(products, sizes)
        for rows, matrix, product in zip(*groups, strict=True):
            torch.mm(rows, matrix, out=product)
        return products

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        states, matrices = ctx.saved_tensors
        of_states, of_matrices = torch.empty_like(states), torch.empty_like(matrices)
        by_rows = (torch.split(each, ctx.sizes) for each in (states, gradient, of_states))
        groups = zip(*by_rows, matrices, of_matrices, strict=True)
        for rows, of_product, of_rows, matrix, of_matrix in groups:
            torch.mm(of_product, matrix.t(), out=of_rows)
            torch.mm(rows.t(), of_product, out=of_matrix)
        return of_states, of_matrices, None


def _apply(function: type[torch.autograd.Function], *inputs: Any) -> Tensor:
    output: Tensor = function.apply(*inputs)  # type: ignore[no-untyped-call]
    return output


def take(
    states: Shaped[Tensor, "rows columns"], rows: Int64[Tensor, " taken"] | None
) -> Shaped[Tensor, "taken columns"]:
    """Return the given rows; None stands for all of them in their order."""
    return states if rows is None else states.index_select(0, rows)


def sum_over_atoms(
    batch: GraphBatch, atom_states: Float[Tensor, "atoms hidden"]
) -> Float[Tensor, "mols hidden"]:
    r"""Sum the atoms of each molecule: :math:`g = \sum_v h_v`."""
    if _dgl_serves(atom_states, on_cpu=False):
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
    if _dgl_serves(atom_states, on_cpu=False):
        largest: Tensor = dgl.ops.segment_reduce(batch.n_atoms, atom_states, reducer="max")
        return largest
    return _apply(_Largest, atom_states, batch.mol_of_atom, batch.n_mols)


class _Largest(torch.autograd.Function):
    """Largest values of groups of rows; several that are alike share the gradient.

    Torch finds them several times as fast as DGL, but takes several times as long for the gradient.
    """

    @staticmethod
    def forward(ctx: Any, states: Tensor, group: Tensor, n_groups: int) -> Tensor:
        lowest = states.new_full((n_groups, states.shape[1]), -torch.inf)
        index = group.unsqueeze(1).expand_as(states)
        largest = lowest.scatter_reduce(0, index, states, reduce="amax")
        ctx.save_for_backward(states, group, largest)
        return largest

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        states, group, largest = ctx.saved_tensors
        is_largest = (states == largest.index_select(0, group)).to(gradient.dtype)
        n_alike = torch.zeros_like(gradient).index_add(0, group, is_largest)
        return is_largest * (gradient / n_alike).index_select(0, group), None, None


def softmax_over_atoms(
    batch: GraphBatch, scores: Float[Tensor, "atoms 1"]
) -> Float[Tensor, "atoms 1"]:
    """Turn scores into weights that sum to 1 over the atoms of each molecule."""
    largest = max_over_atoms(batch, scores.detach())
    weights = (scores - largest.index_select(0, batch.mol_of_atom)).exp()
    return weights / sum_over_atoms(batch, weights).index_select(0, batch.mol_of_atom)
