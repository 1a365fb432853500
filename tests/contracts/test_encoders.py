"""What every encoder owes to the rest of the house, whatever it computes."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor

from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_graphs import to_dgl
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore
from molgnn.nn.config import NetworkConfig
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.message_passing import using_kernels
from molgnn.nn.network import build_network
from molgnn.tasks import Task, Tasks

assert_close = partial(torch.testing.assert_close, atol=1e-5, rtol=1e-5)


@pytest.fixture(scope="module", params=ENCODERS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def original(name: str, featurizer: Featurizer, molecules: MoleculeStore) -> Encoder:
    """Return an encoder in evaluation, whose running statistics are not those of a new one."""
    encoder = build(name, featurizer, seed=0)
    with torch.no_grad():
        encoder.train()(molecules.batch())
    return encoder.eval()


@pytest.fixture
def encoder(original: Encoder) -> Encoder:
    """Return a copy for one test to change."""
    return deepcopy(original)


def build(name: str, featurizer: Featurizer, seed: int) -> Encoder:
    torch.manual_seed(seed)
    return ENCODERS[name](featurizer.preset)


def renumbered(molecules: MoleculeStore) -> tuple[MoleculeStore, np.ndarray]:
    """Shuffle atoms and bonds within their molecule, turn bonds round, and give the old numbers."""
    random = np.random.default_rng(0)
    former_atoms = _shuffled_within(molecules.n_atoms, random)
    former_bonds = _shuffled_within(molecules.n_bonds, random)
    first_atoms = np.repeat(molecules.atom_offsets[:-1], molecules.n_bonds)[:, None]
    ends = np.argsort(former_atoms)[molecules.bond_ends + first_atoms] - first_atoms
    shuffled = MoleculeStore(
        molecules.atom_codes[former_atoms],
        molecules.bond_codes[former_bonds],
        random.permuted(ends[former_bonds], axis=1).astype(np.int32),
        molecules.atom_offsets,
        molecules.bond_offsets,
    )
    return shuffled, former_atoms


def _shuffled_within(sizes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return np.lexsort((random.random(len(owner)), owner))


def outputs_and_gradients(encoder: Encoder, batch: GraphBatch) -> tuple[Tensor, ...]:
    """Return the states, then the gradient of a random projection of them by every parameter."""
    states = encoder(batch)
    torch.manual_seed(1)
    projected = (states * torch.randn(encoder.out_dim)).mean()
    gradients = torch.autograd.grad(projected, list(encoder.parameters()), allow_unused=True)
    return states, *gradients


@pytest.fixture(params=[True, False], ids=["each its own", "shared rows"])
def gradients(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run a test with gradients and without, where atoms of equal surroundings share rows."""
    with torch.set_grad_enabled(request.param):
        yield


@pytest.mark.usefixtures("gradients")
def test_states_follow_their_atoms_through_a_renumbering(
    encoder: Encoder, molecules: MoleculeStore
) -> None:
    shuffled, former_atoms = renumbered(molecules)
    assert (former_atoms != np.arange(len(former_atoms))).mean() > 0.8
    assert_close(encoder(shuffled.batch()), encoder(molecules.batch())[former_atoms])


@pytest.mark.usefixtures("gradients")
def test_a_molecule_gets_in_company_what_it_gets_alone(
    encoder: Encoder, molecules: MoleculeStore
) -> None:
    in_company = encoder(molecules.batch()).split(molecules.n_atoms.tolist())
    for i in range(5, 14):  # the unusual ones, and a drug before and behind them
        assert_close(in_company[i], encoder(molecules.batch([i])))


@pytest.mark.usefixtures("gradients")
def test_a_graph_of_dgl_gets_what_a_batch_gets(
    encoder: Encoder, featurizer: Featurizer, all_smiles: list[str], molecules: MoleculeStore
) -> None:
    graph = to_dgl(all_smiles, featurizer.preset)
    states = encoder(molecules.batch())
    assert_close(encoder(graph), states)
    codes = graph.ndata.pop("codes"), graph.edata.pop("codes")
    assert_close(encoder(graph, *codes), states)


def sharing_rows(shared: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Encoder, "shares_rows", shared)


def test_rows_that_atoms_share_change_nothing(
    encoder: Encoder, molecules: MoleculeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = molecules.batch([*range(len(molecules)), *range(len(molecules))])
    with torch.no_grad():
        assert encoder.shares_rows
        shared = encoder(copies)
        sharing_rows(False, monkeypatch)
        assert_close(shared, encoder(copies))


def test_gradients_through_shared_rows_are_those_of_all_their_atoms(
    encoder: Encoder, molecules: MoleculeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not encoder.learns_from_shared_rows:
        pytest.skip("each atom has its own row while it learns")
    copies = molecules.batch([*range(len(molecules)), *range(len(molecules))])
    shared = outputs_and_gradients(encoder, copies)
    sharing_rows(False, monkeypatch)
    for ours, theirs in zip(shared, outputs_and_gradients(encoder, copies), strict=True):
        assert_close(ours, theirs)


def test_who_learns_from_each_atom_shares_no_rows_while_it_learns_or_drops(
    encoder: Encoder,
) -> None:
    if encoder.learns_from_shared_rows:
        pytest.skip("equal surroundings share a row, always")
    assert not encoder.shares_rows
    with torch.no_grad():
        for part in encoder.modules():
            if isinstance(part, torch.nn.Dropout):
                part.train()
        assert not encoder.shares_rows


@pytest.mark.usefixtures("gradients")
@pytest.mark.parametrize("smiles", [["C"], ["[Na+].[Cl-]"], ["C", "[NH4+]", "[Na+].[Cl-]"]])
def test_atoms_without_bonds_have_states(
    encoder: Encoder, featurizer: Featurizer, smiles: list[str]
) -> None:
    batch = featurizer(smiles).molecules.batch()
    states = encoder(batch)
    assert states.shape == (len(batch.atom_codes), encoder.out_dim)
    assert states.isfinite().all()


@pytest.mark.usefixtures("gradients")
def test_an_empty_batch_has_no_states(encoder: Encoder, molecules: MoleculeStore) -> None:
    assert encoder(molecules.batch([])).shape == (0, encoder.out_dim)


@pytest.mark.parametrize("smiles", ["C", "[Na+].[Cl-]"])
def test_one_molecule_without_bonds_can_be_trained_on(
    encoder: Encoder, featurizer: Featurizer, smiles: str
) -> None:
    states, *gradients = outputs_and_gradients(
        encoder.train(), featurizer([smiles]).molecules.batch()
    )
    assert states.isfinite().all()
    assert all(gradient is None or gradient.isfinite().all() for gradient in gradients)


def test_every_parameter_learns(encoder: Encoder, molecules: MoleculeStore) -> None:
    _, *gradients = outputs_and_gradients(encoder.train(), molecules.batch())
    names = [name for name, _ in encoder.named_parameters()]
    idle = [n for n, g in zip(names, gradients, strict=True) if g is None or not g.any()]
    assert names
    assert not idle


def test_the_kernels_of_dgl_equal_plain_torch(encoder: Encoder, molecules: MoleculeStore) -> None:
    with using_kernels("dgl"):
        by_dgl = outputs_and_gradients(encoder, molecules.batch())
    with using_kernels("torch"):
        by_torch = outputs_and_gradients(encoder, molecules.batch())
    for ours, theirs in zip(by_torch, by_dgl, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-5)


def test_autocast_changes_the_states_little(encoder: Encoder, molecules: MoleculeStore) -> None:
    batch = molecules.batch()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states, *gradients = outputs_and_gradients(encoder, batch)
    assert_close(states.float(), encoder(batch), atol=0.1, rtol=0.1)
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_the_kernels_agree_on_shared_rows(encoder: Encoder, molecules: MoleculeStore) -> None:
    with torch.no_grad():
        with using_kernels("dgl"):
            by_dgl = encoder(molecules.batch())
        with using_kernels("torch"):
            by_torch = encoder(molecules.batch())
    torch.testing.assert_close(by_torch, by_dgl, atol=1e-6, rtol=1e-5)


def test_a_state_dict_is_the_whole_state(
    name: str, encoder: Encoder, featurizer: Featurizer, molecules: MoleculeStore
) -> None:
    batch = molecules.batch()
    other = build(name, featurizer, seed=1).eval()
    assert not torch.allclose(other(batch), encoder(batch))
    other.load_state_dict(encoder.state_dict())
    assert torch.equal(other(batch), encoder(batch))


def test_a_seed_determines_states_and_gradients(
    name: str, featurizer: Featurizer, molecules: MoleculeStore
) -> None:
    first, second = (
        outputs_and_gradients(build(name, featurizer, seed=2), molecules.batch()) for _ in range(2)
    )
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("featurizer", ["canonical"], indirect=True)
def test_a_search_stays_within_what_the_encoder_takes(
    name: str, featurizer: Featurizer, molecules: MoleculeStore
) -> None:
    space = ENCODERS[name].search_space
    assert space
    lowest = {option: dimension.corners[0] for option, dimension in space.items()}
    highest = {option: dimension.corners[-1] for option, dimension in space.items()}
    each = [{o: value} for o, dimension in space.items() for value in dimension.corners]
    for options in (lowest, highest, *each):
        config = NetworkConfig(encoder=name, encoder_options=options)
        network = build_network(config, featurizer.preset, Tasks([Task("a")]))
        assert network(molecules.batch([0, 1])).isfinite().all()
