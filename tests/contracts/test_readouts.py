"""What every readout owes to the rest of the house, whatever it computes."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from torch import Tensor

from molgnn.graph.batch import GraphBatch
from molgnn.graph.store import MoleculeStore
from molgnn.nn.message_passing import using_kernels
from molgnn.nn.readouts import READOUTS, Readout

HIDDEN_DIM = 16
assert_close = partial(torch.testing.assert_close, atol=1e-5, rtol=1e-5)


@pytest.fixture(params=READOUTS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def readout(name: str) -> Readout:
    return build(name, seed=0)


def build(name: str, seed: int) -> Readout:
    torch.manual_seed(seed)
    return READOUTS[name](HIDDEN_DIM)


def random_states(batch: GraphBatch) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(len(batch.atom_codes), HIDDEN_DIM, generator=generator, requires_grad=True)


def outputs_and_gradients(readout: Readout, batch: GraphBatch) -> tuple[Tensor, ...]:
    """Return the molecules' states, then the gradients by the atoms' and by every parameter."""
    atom_states = random_states(batch)
    outputs = readout(batch, atom_states)
    torch.manual_seed(1)
    projected = (outputs * torch.randn(readout.out_dim)).mean()
    return outputs, *torch.autograd.grad(projected, [atom_states, *readout.parameters()])


def test_the_order_of_the_atoms_does_not_matter(readout: Readout, molecules: MoleculeStore) -> None:
    batch = molecules.batch()
    states = random_states(batch)
    shuffled = torch.cat([s[torch.randperm(len(s))] for s in states.split(batch.n_atoms.tolist())])
    assert not torch.equal(shuffled, states)
    assert_close(readout(batch, shuffled), readout(batch, states))


def test_a_molecule_gets_in_company_what_it_gets_alone(
    readout: Readout, molecules: MoleculeStore
) -> None:
    batch = molecules.batch()
    states = random_states(batch)
    own_states = states.split(batch.n_atoms.tolist())
    alone = [readout(molecules.batch([i]), own) for i, own in enumerate(own_states)]
    assert_close(readout(batch, states), torch.cat(alone))


def test_an_empty_batch_has_no_outputs(readout: Readout, molecules: MoleculeStore) -> None:
    batch = molecules.batch([])
    assert readout(batch, random_states(batch)).shape == (0, readout.out_dim)


def test_every_parameter_and_every_atom_learns(readout: Readout, molecules: MoleculeStore) -> None:
    _, *gradients = outputs_and_gradients(readout, molecules.batch())
    assert all(gradient.any() for gradient in gradients)


def test_the_kernels_of_dgl_equal_plain_torch(readout: Readout, molecules: MoleculeStore) -> None:
    with using_kernels("dgl"):
        by_dgl = outputs_and_gradients(readout, molecules.batch())
    with using_kernels("torch"):
        by_torch = outputs_and_gradients(readout, molecules.batch())
    for ours, theirs in zip(by_torch, by_dgl, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_autocast_changes_the_outputs_little(
    readout: Readout, molecules: MoleculeStore, dtype: torch.dtype
) -> None:
    batch = molecules.batch()
    states = random_states(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = readout(batch, states.to(dtype))
    assert_close(outputs.float(), readout(batch, states), atol=0.2, rtol=0.1)


def test_a_state_dict_is_the_whole_state(name: str, molecules: MoleculeStore) -> None:
    batch = molecules.batch()
    first, second = build(name, seed=0), build(name, seed=1)
    second.load_state_dict(first.state_dict())
    assert torch.equal(second(batch, random_states(batch)), first(batch, random_states(batch)))
