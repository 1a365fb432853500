from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.message_passing import (
    incoming_edges,
    max_over_atoms,
    mean_over_atoms,
    softmax_over_atoms,
    sum_over_atoms,
    sum_over_edges,
    sum_over_incoming,
    sum_over_neighbours,
    using_kernels,
)

WIDTH = 8


@pytest.fixture(params=["auto", "dgl", "torch"], autouse=True)
def kernels(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run every test of this file with each choice of kernels."""
    with using_kernels(request.param):
        yield


@pytest.fixture
def atom_states(batch: GraphBatch) -> Tensor:
    torch.manual_seed(0)
    return torch.randn(len(batch.atom_codes), WIDTH)


@pytest.fixture
def edge_states(batch: GraphBatch) -> Tensor:
    torch.manual_seed(0)
    return torch.randn(len(batch.src), WIDTH)


def edges_of(batch: GraphBatch) -> list[tuple[int, int]]:
    return list(zip(batch.src.tolist(), batch.dst.tolist(), strict=True))


def test_neighbours_are_summed(batch: GraphBatch, atom_states: Tensor) -> None:
    expected = torch.zeros_like(atom_states)
    for sender, receiver in edges_of(batch):
        expected[receiver] += atom_states[sender]
    assert_close(sum_over_neighbours(batch, atom_states), expected)


def test_edges_are_summed_where_they_end(batch: GraphBatch, edge_states: Tensor) -> None:
    expected = torch.zeros(len(batch.atom_codes), WIDTH)
    for edge, (_, receiver) in enumerate(edges_of(batch)):
        expected[receiver] += edge_states[edge]
    assert_close(sum_over_edges(batch, edge_states), expected)


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
    expected = [reduce(own) for own in atom_states.split(batch.n_atoms.tolist())]
    assert_close(over_atoms(batch, atom_states), torch.stack(expected))


@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_softmax_gives_each_molecule_weights_that_sum_to_one(
    batch: GraphBatch, atom_states: Tensor, spread: float
) -> None:
    scores = spread * atom_states[:, :1]
    weights = softmax_over_atoms(batch, scores)
    expected = [own.softmax(0) for own in scores.split(batch.n_atoms.tolist())]
    assert_close(weights, torch.cat(expected))
    assert_close(sum_over_atoms(batch, weights), torch.ones(batch.n_mols, 1))


def test_an_edge_is_fed_by_all_that_end_where_it_begins_but_its_reverse(
    batch: GraphBatch,
) -> None:
    edges = edges_of(batch)
    incoming = incoming_edges(batch)
    ends = [*incoming.starts[1:].tolist(), len(incoming.edges)]
    for edge, (sender, receiver) in enumerate(edges):
        fed_by = incoming.edges[incoming.starts[edge] : ends[edge]].tolist()
        assert sorted(fed_by) == [
            other for other, (u, v) in enumerate(edges) if v == sender and u != receiver
        ]


def test_summing_what_flows_in_equals_sum_gather_and_subtract(
    batch: GraphBatch, edge_states: Tensor
) -> None:
    edge_states.requires_grad_()
    reverse = torch.arange(len(edge_states)) ^ 1
    at_atoms = sum_over_edges(batch, edge_states)
    expected = at_atoms[batch.src] - edge_states[reverse]
    summed = sum_over_incoming(incoming_edges(batch), edge_states)
    assert_close(summed, expected)

    upstream = torch.randn_like(summed)
    assert_close(
        torch.autograd.grad(summed, edge_states, upstream),
        torch.autograd.grad(expected, edge_states, upstream),
    )


@pytest.mark.parametrize("smiles", ["C", "CC", "[Na+].[Cl-]"])
def test_nothing_flows_into_edges_that_no_other_reaches(smiles: str) -> None:
    batch = Featurizer("canonical")([smiles]).molecules.batch()
    edge_states = torch.ones(len(batch.src), WIDTH)
    assert_close(
        sum_over_incoming(incoming_edges(batch), edge_states), torch.zeros_like(edge_states)
    )
