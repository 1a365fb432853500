"""What is learned from molecules without labels, and that it can be learned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from molgnn.fitting.data import Step
from molgnn.fitting.objectives.autoencoder import (
    GraphAutoencoder,
    VariationalGraphAutoencoder,
    unbonded_pairs,
)
from molgnn.fitting.objectives.descriptors import Descriptors
from molgnn.fitting.objectives.masked import MaskedCodes
from molgnn.fitting.objectives.pretraining import Mixture, PretrainingObjective
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.nn.network import MoleculeEncoder

PRESET = PRESETS["canonical"]
MakeStep = Callable[..., Step]


def make(name: str) -> PretrainingObjective:
    torch.manual_seed(1)
    if name == "masked":
        return MaskedCodes(16, PRESET)
    kind = VariationalGraphAutoencoder if name == "variational" else GraphAutoencoder
    return kind(16, PRESET)


@pytest.mark.parametrize("name", ["masked", "autoencoder", "variational"])
def test_an_objective_without_targets_is_learned(
    name: str, encoder: MoleculeEncoder, make_step: MakeStep
) -> None:
    objective, step = make(name), make_step()
    before = float(objective.validate(encoder, step)[0].detach())
    parameters = [*encoder.parameters(), *objective.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=3e-3)
    for _ in range(40):
        optimizer.zero_grad()
        objective.loss(encoder, step).backward()
        optimizer.step()
    assert float(objective.validate(encoder, step)[0].detach()) < 0.7 * before


@pytest.mark.parametrize("name", ["masked", "autoencoder", "variational"])
def test_validation_draws_the_same_every_time_and_leaves_the_random_numbers_of_training(
    name: str, encoder: MoleculeEncoder, make_step: MakeStep
) -> None:
    objective, step = make(name), make_step()
    state = torch.get_rng_state()
    first, second = (objective.validate(encoder, step)[0] for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_masked_atom_is_predicted_without_its_own_codes(
    encoder: MoleculeEncoder, make_step: MakeStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = make_step()
    seen = []
    forward = type(encoder.encoder).forward
    monkeypatch.setattr(
        type(encoder.encoder), "forward", lambda self, b: seen.append(b) or forward(self, b)
    )
    make("masked").validate(encoder, step)
    changed = (seen[0].atom_codes != step.graphs.atom_codes).any(dim=1)
    assert 0.05 < changed.float().mean() < 0.25
    hidden = seen[0].atom_codes[changed]
    assert (hidden == hidden[0]).all(), "every masked atom has the codes of one that is not known"


def test_pairs_of_an_autoencoder_are_of_one_molecule_distinct_and_not_bonded(
    make_step: MakeStep,
) -> None:
    graphs = make_step().graphs
    bonds = set(zip(graphs.src.tolist(), graphs.dst.tolist(), strict=True))
    pairs = unbonded_pairs(graphs)
    assert pairs.shape[1] > len(bonds) // 4
    of_first, of_second = graphs.mol_of_atom[pairs]
    assert torch.equal(of_first, of_second)
    assert not bonds & set(map(tuple, pairs.T.tolist()))
    assert (pairs[0] != pairs[1]).all()


def test_molecules_without_bonds_have_a_loss_of_their_atoms_alone(
    encoder: MoleculeEncoder,
) -> None:
    molecules, _ = Featurizer("canonical")(["C", "[Na+].[Cl-]"])
    labels = torch.empty(2, 0)
    step = Step(molecules.batch(), labels, labels)
    for name in ("masked", "autoencoder", "variational"):
        assert torch.isfinite(make(name).loss(encoder, step))


def test_descriptors_are_regressed_and_bits_classified_where_they_are_known(
    encoder: MoleculeEncoder, make_step: MakeStep
) -> None:
    n_mols = len(make_step().labels)
    rng = np.random.default_rng(0)
    targets = np.c_[rng.normal(size=(n_mols, 2)), rng.random((n_mols, 3)) > 0.5].astype(np.float16)
    objective = Descriptors(32, n_continuous=2, n_bits=3)
    outputs = objective.head(encoder(make_step().graphs)).detach().numpy()
    squared = (outputs[:, :2] - targets[:, :2]) ** 2
    signs = np.where(targets[:, 2:] == 1, 1, -1)
    entropies = np.log1p(np.exp(-signs * outputs[:, 2:]))

    loss = objective.loss(encoder, make_step(targets)).item()
    assert loss == pytest.approx(squared.mean() + entropies.mean(), abs=1e-3)

    targets[5, 0] = np.nan
    is_known = np.ones_like(squared, dtype=bool)
    is_known[5, 0] = False
    loss = objective.loss(encoder, make_step(targets)).item()
    assert loss == pytest.approx(squared[is_known].mean() + entropies.mean(), abs=1e-3)


def test_several_objectives_add_up(encoder: MoleculeEncoder, make_step: MakeStep) -> None:
    parts, step = [make("masked"), make("autoencoder")], make_step()
    alone = [float(part.validate(encoder, step)[0].detach()) for part in parts]
    first = float(Mixture(parts[:1]).validate(encoder, step)[0].detach())
    assert first == pytest.approx(alone[0])
    both = Mixture(parts)
    assert len(list(both.parameters())) == sum(len(list(part.parameters())) for part in parts)
    assert float(both.validate(encoder, step)[0].detach()) == pytest.approx(sum(alone), rel=0.05)


def test_each_process_has_its_share_of_the_loss(
    encoder: MoleculeEncoder, make_step: MakeStep
) -> None:
    step, objective = make_step(), make("autoencoder")
    everything = torch.cat([step.labels, step.labels])
    torch.manual_seed(0)
    whole = objective.loss(encoder, step)
    torch.manual_seed(0)
    half = objective.loss(encoder, step._replace(all_labels=everything))
    assert float(half.detach()) == pytest.approx(float(whole.detach()) / 2)
