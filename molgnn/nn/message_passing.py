"""Message passing primitives: sums, means, maxima and softmax over neighbours or over molecules.

Every encoder and readout is made of them. Each has two implementations, DGL's kernels and plain
PyTorch, which the tests hold equal to 1e-6; `KERNELS` says which one runs on a CPU. On a GPU it is
PyTorch's, as the DGL on PyPI has none: `using_kernels` takes DGL's there where yours was built for
CUDA.

Here and in all of nn, rows are gathered by ``index_select``: the gradient of ``states[index]`` is
summed in another order each time on several cores, and a seed would not give the same model twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, NamedTuple

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor
from torch.nn.functional import embedding_bag

from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block

Library = Literal["dgl", "torch"]


class Choice(NamedTuple):
    """Whose kernels compute a primitive on a CPU.

    Parameters
    ----------
    inference
        Where no gradient is asked for.
    training
        Where one is: forward and backward together are what was measured.
    """

    inference: Library
    training: Library


KERNELS: dict[str, Choice] = {
    "sum_over_senders": Choice("torch", "torch"),
    "max_over_senders": Choice("torch", "dgl"),
    "sum_messages": Choice("torch", "torch"),
    "softmax_over_messages": Choice("torch", "dgl"),
    "multiply_groups": Choice("torch", "torch"),
    "sum_over_atoms": Choice("torch", "torch"),
    "max_over_atoms": Choice("torch", "torch"),
}
"""DGL's kernel where it takes at most 5 % longer than PyTorch's on real batches, as measured by
``benchmarks/speed/kernels.py``. For sums, `embedding_bag` needs no graph and goes over the rows
once. DGL's maximum and softmax take longer forward, but keep what their gradients need, which makes
up for it."""

_forced: ContextVar[Library | None] = ContextVar("forced", default=None)


@contextmanager
def using_kernels(library: Literal["auto", "dgl", "torch"]) -> Iterator[None]:
    """Force one library's kernels inside a ``with`` block; ``"auto"`` is `KERNELS`' choice.

    Half precision is computed by PyTorch even so: some of DGL's kernels refuse it.
    """
    token = _forced.set(None if library == "auto" else library)
    try:
        yield
    finally:
        _forced.reset(token)


def _by_dgl(primitive: str, states: Tensor) -> bool:
    """Say whether DGL computes a primitive of these states."""
    if states.dtype not in (torch.float32, torch.float64):
        return False
    forced = _forced.get()
    if forced is not None:
        return forced == "dgl"
    learns = states.requires_grad and torch.is_grad_enabled()
    chosen = KERNELS[primitive].training if learns else KERNELS[primitive].inference
    return chosen == "dgl" and states.device.type == "cpu"


def sum_over_senders(
    block: Block, states: Float[Tensor, "senders hidden"]
) -> Float[Tensor, "receivers hidden"]:
    r"""Sum what each row of a block receives: :math:`m_v = \sum_{u \to v} h_u`.

    One that receives nothing gets zeros.
    """
    if _by_dgl("sum_over_senders", states):
        from molgnn.graph.dgl_runtime import dgl

        summed: Tensor = dgl.ops.copy_u_sum(block.graph, states)
        return summed
    return embedding_bag(block.src, states, block.offsets, mode="sum")


def mean_over_senders(
    block: Block, states: Float[Tensor, "senders hidden"]
) -> Float[Tensor, "receivers hidden"]:
    """Average what each row of a block receives; zeros where it receives nothing."""
    return sum_over_senders(block, states) / block.in_degrees.clamp(min=1).unsqueeze(1)


def max_over_senders(
    block: Block, states: Float[Tensor, "senders hidden"]
) -> Float[Tensor, "receivers hidden"]:
    """Take each state's largest value among what a row receives; zeros where that is nothing."""
    if _by_dgl("max_over_senders", states):
        from molgnn.graph.dgl_runtime import dgl

        largest: Tensor = dgl.ops.copy_u_max(block.graph, states)
    else:
        largest = _apply(_Largest, take(states, block.src), block.dst, len(block.offsets))
    return largest.where(block.in_degrees.unsqueeze(1) > 0, 0.0)


def sum_messages(
    block: Block, messages: Float[Tensor, "messages hidden"]
) -> Float[Tensor, "receivers hidden"]:
    """Sum messages that are no mere states, as those that a bond or a weight takes part in."""
    if _by_dgl("sum_messages", messages):
        from molgnn.graph.dgl_runtime import dgl

        summed: Tensor = dgl.ops.copy_e_sum(block.graph, messages)
        return summed
    each = torch.arange(len(messages), device=messages.device)
    return embedding_bag(each, messages, block.offsets, mode="sum")


def softmax_over_messages(
    block: Block, scores: Float[Tensor, "messages heads"]
) -> Float[Tensor, "messages heads"]:
    """Turn scores into weights that sum to 1 over the messages to each receiver."""
    if _by_dgl("softmax_over_messages", scores):
        from molgnn.graph.dgl_runtime import dgl

        weights: Tensor = dgl.ops.edge_softmax(block.graph, scores)
        return weights
    lowest = scores.new_full((len(block.offsets), scores.shape[1]), -torch.inf)
    index = block.dst.unsqueeze(1).expand_as(scores)
    largest = lowest.scatter_reduce(0, index, scores.detach(), reduce="amax")
    weights = (scores - take(largest, block.dst)).exp()
    return weights / take(sum_messages(block, weights), block.dst)


def multiply_groups(
    states: Float[Tensor, "rows hidden"],
    matrices: Float[Tensor, "groups hidden out"],
    sizes: Sequence[int],
) -> Float[Tensor, "rows out"]:
    """Multiply the first rows by the first matrix, the next ones by the second, and so on."""
    if _by_dgl("multiply_groups", states):
        from molgnn.graph.dgl_runtime import dgl

        product: Tensor = dgl.ops.segment_mm(states, matrices, torch.tensor(sizes))
        return product
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
    if _by_dgl("sum_over_atoms", atom_states):
        from molgnn.graph.dgl_runtime import dgl

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
    if _by_dgl("max_over_atoms", atom_states):
        from molgnn.graph.dgl_runtime import dgl

        largest: Tensor = dgl.ops.segment_reduce(batch.n_atoms, atom_states, reducer="max")
        return largest
    return _apply(_Largest, atom_states, batch.mol_of_atom, batch.n_mols)


class _Largest(torch.autograd.Function):
    """Largest values of groups of rows; several that are alike share the gradient."""

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
        # To booleans PyTorch compares one value at a time, to floats eight at once.
        is_largest = torch.eq(states, largest.index_select(0, group), out=torch.empty_like(states))
        n_alike = torch.zeros_like(gradient).index_add(0, group, is_largest)
        return is_largest.mul_((gradient / n_alike).index_select(0, group)), None, None


def softmax_over_atoms(
    batch: GraphBatch, scores: Float[Tensor, "atoms 1"]
) -> Float[Tensor, "atoms 1"]:
    """Turn scores into weights that sum to 1 over the atoms of each molecule."""
    largest = max_over_atoms(batch, scores.detach())
    weights = (scores - largest.index_select(0, batch.mol_of_atom)).exp()
    return weights / sum_over_atoms(batch, weights).index_select(0, batch.mol_of_atom)
