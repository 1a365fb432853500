from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import dgl
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.message_flow import Block, edge_flow
from molgnn.nn.message_passing import (
    KERNELS,
    max_over_atoms,
    max_over_senders,
    mean_over_atoms,
    mean_over_senders,
    multiply_groups,
    softmax_over_atoms,
    softmax_over_messages,
    sum_messages,
    sum_over_atoms,
    sum_over_senders,
    take,
    using_kernels,
)

WIDTH = 8


@pytest.fixture(params=["auto", "dgl", "torch"], autouse=True)
def kernels(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run every test of this file with each choice of kernels."""
    torch.manual_seed(0)
    with using_kernels(request.param):
        yield


@pytest.fixture
def atom_states(batch: GraphBatch) -> Tensor:
    return torch.randn(len(batch.atom_codes), WIDTH)


def n_messages_to(block: Block) -> list[int]:
    ends = [*block.offsets[1:].tolist(), len(block.src)]
    return [end - start for start, end in zip(block.offsets.tolist(), ends, strict=True)]


def assert_equal_with_gradients(ours: Tensor, expected: Tensor, inputs: Tensor) -> None:
    assert_close(ours, expected, atol=1e-6, rtol=1e-5)
    upstream = torch.randn_like(ours)
    assert_close(
        torch.autograd.grad(ours, inputs, upstream),
        torch.autograd.grad(expected, inputs, upstream),
        atol=1e-6,
        rtol=1e-5,
    )


def zeros_for_nothing(reduce: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    return lambda received: reduce(received) if len(received) else received.new_zeros(WIDTH)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    ("over_senders", "reduce"),
    [
        (sum_over_senders, lambda received: received.sum(0)),
        (mean_over_senders, zeros_for_nothing(lambda received: received.mean(0))),
        (max_over_senders, zeros_for_nothing(lambda received: received.amax(0))),
    ],
)
def test_a_row_receives_what_its_senders_reduce_to(
    batch: GraphBatch,
    shared: bool,
    over_senders: Callable[[Block, Tensor], Tensor],
    reduce: Callable[[Tensor], Tensor],
) -> None:
    for block in edge_flow(batch, 2, shared=shared).blocks:
        states = torch.randn(len(block.src_nodes), WIDTH, requires_grad=True)
        received = states[block.src].split(n_messages_to(block))
        expected = torch.stack([reduce(own) for own in received])
        assert_equal_with_gradients(over_senders(block, states), expected, states)


@pytest.mark.parametrize("shared", [False, True])
def test_messages_are_summed_at_their_receivers(batch: GraphBatch, shared: bool) -> None:
    for block in edge_flow(batch, 2, shared=shared).blocks:
        messages = torch.randn(len(block.src), WIDTH, requires_grad=True)
        expected = torch.stack([own.sum(0) for own in messages.split(n_messages_to(block))])
        assert_equal_with_gradients(sum_messages(block, messages), expected, messages)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_softmax_weighs_the_messages_to_each_receiver(
    batch: GraphBatch, shared: bool, spread: float
) -> None:
    for block in edge_flow(batch, 2, shared=shared).blocks:
        scores = (spread * torch.randn(len(block.src), 3)).requires_grad_()
        expected = torch.cat([own.softmax(0) for own in scores.split(n_messages_to(block))])
        assert_equal_with_gradients(softmax_over_messages(block, scores), expected, scores)


def test_rows_are_taken_and_none_stands_for_all(atom_states: Tensor) -> None:
    assert take(atom_states, None) is atom_states
    assert_close(take(atom_states, torch.tensor([1, 1, 0])), atom_states[[1, 1, 0]])


@pytest.mark.parametrize(
    ("over_atoms", "reduce"),
    [
        (sum_over_atoms, lambda own: own.sum(0)),
        (mean_over_atoms, lambda own: own.mean(0)),
        (max_over_atoms, lambda own: own.amax(0)),
    ],
)
def test_atoms_are_reduced_within_their_molecule(
    batch: GraphBatch,
    atom_states: Tensor,
    over_atoms: Callable[[GraphBatch, Tensor], Tensor],
    reduce: Callable[[Tensor], Tensor],
) -> None:
    atom_states.requires_grad_()
    expected = [reduce(own) for own in atom_states.split(batch.n_atoms.tolist())]
    ours = over_atoms(batch, atom_states)
    assert_equal_with_gradients(ours, torch.stack(expected), atom_states)


def test_the_largest_values_share_the_gradient_where_several_are_alike(batch: GraphBatch) -> None:
    states = torch.ones(len(batch.atom_codes), 1, requires_grad=True)
    [gradient] = torch.autograd.grad(max_over_atoms(batch, states).sum(), states)
    assert_close(sum_over_atoms(batch, gradient), torch.ones(batch.n_mols, 1))


def test_groups_of_rows_are_multiplied_each_by_its_own_matrix() -> None:
    torch.manual_seed(0)
    rows, matrices = torch.randn(7, 3), torch.randn(4, 3, 5)
    sizes = [2, 0, 4, 1]
    both = [rows.requires_grad_(), matrices.requires_grad_()]
    ours = multiply_groups(rows, matrices, sizes)
    groups = zip(rows.split(sizes), matrices, strict=True)
    expected = torch.cat([group @ matrix for group, matrix in groups])
    for inputs in both:
        upstream = torch.ones_like(ours)
        wanted = torch.autograd.grad(expected, inputs, upstream, retain_graph=True)
        assert_close(torch.autograd.grad(ours, inputs, upstream, retain_graph=True), wanted)
    assert_close(ours, expected)


@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_softmax_gives_each_molecule_weights_that_sum_to_one(
    batch: GraphBatch, atom_states: Tensor, spread: float
) -> None:
    scores = spread * atom_states[:, :1]
    weights = softmax_over_atoms(batch, scores)
    expected = [own.softmax(0) for own in scores.split(batch.n_atoms.tolist())]
    assert_close(weights, torch.cat(expected))
    assert_close(sum_over_atoms(batch, weights), torch.ones(batch.n_mols, 1))


@pytest.mark.parametrize("over_senders", [sum_over_senders, mean_over_senders, max_over_senders])
@pytest.mark.parametrize("smiles", ["C", "CC", "[Na+].[Cl-]"])
def test_what_no_message_reaches_gets_zeros(
    smiles: str, over_senders: Callable[[Block, Tensor], Tensor]
) -> None:
    batch = Featurizer("canonical")([smiles]).molecules.batch()
    first_block, _ = edge_flow(batch, 1, shared=True).blocks
    states = torch.ones(len(first_block.src_nodes), WIDTH)
    zeros = torch.zeros(len(first_block.dst_nodes), WIDTH)
    assert_close(over_senders(first_block, states), zeros)
    assert_close(sum_messages(first_block, states[:0]), zeros)
    assert softmax_over_messages(first_block, states[:0]).shape == (0, WIDTH)


def calls_into_dgl(compute: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the kernels of DGL that *compute* calls."""
    called: list[str] = []
    for name in ("copy_u_sum", "copy_u_max", "copy_e_sum", "edge_softmax", "segment_reduce"):
        kernel = getattr(dgl.ops, name)

        def noted(*args: object, name: str = name, kernel: Any = kernel, **options: object) -> Any:
            called.append(name)
            return kernel(*args, **options)

        monkeypatch.setattr(dgl.ops, name, noted)
    compute()
    return called


@pytest.mark.parametrize(
    ("learns", "forced", "called"),
    [
        (False, "auto", []),
        (True, "auto", ["copy_u_max"]),
        (False, "dgl", ["copy_u_max"]),
        (True, "torch", []),
    ],
)
def test_the_library_is_the_measured_one_unless_it_is_forced(
    batch: GraphBatch,
    learns: bool,
    forced: Literal["auto", "dgl", "torch"],
    called: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    block = edge_flow(batch, 1, shared=True).blocks[0]
    states = torch.randn(len(block.src_nodes), WIDTH, requires_grad=learns)
    with using_kernels(forced):
        found = calls_into_dgl(lambda: max_over_senders(block, states), monkeypatch)
    assert found == called


def test_half_precision_is_computed_by_torch(
    batch: GraphBatch, atom_states: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = atom_states.bfloat16().requires_grad_()
    assert calls_into_dgl(lambda: max_over_atoms(batch, states), monkeypatch) == []


def test_the_choice_of_kernels_is_the_one_that_was_measured() -> None:
    results = Path(__file__).parents[2] / "benchmarks" / "results" / "kernels.json"
    measured = json.loads(results.read_text(encoding="utf-8"))["choices"]
    assert {name: choice._asdict() for name, choice in KERNELS.items()} == measured
