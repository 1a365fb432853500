"""Graph autoencoder: rebuild a molecule's bonds and atoms from the states of its atoms."""

from __future__ import annotations

from typing import ClassVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from molgnn.fitting.data import Step
from molgnn.fitting.objectives.codes import CodeClassifier
from molgnn.fitting.objectives.pretraining import AtomObjective
from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Preset
from molgnn.nn.network import MoleculeEncoder

LATENT_DIM = 64
DIVERGENCE_WEIGHT = 1e-3


class GraphAutoencoder(AtomObjective):
    r"""Rebuilds which atoms are bonded, their codes, and those of the bonds.

    Two atoms are bonded by :math:`p_{uv} = \sigma(w^T (z_u \odot z_v) + b)`. The pairs are
    all bonds and as many others of the same molecule.

    Parameters
    ----------
    hidden_dim
        Width of the atoms' states.
    preset
        The columns of the codes.

    Notes
    -----
    Kipf and Welling, "Variational Graph Auto-Encoders", 2016.
    """

    is_variational: ClassVar[bool] = False

    def __init__(self, hidden_dim: int, preset: Preset) -> None:
        super().__init__(hidden_dim, preset)
        self.latent = nn.Linear(hidden_dim, LATENT_DIM * (2 if self.is_variational else 1))
        self.is_bonded = nn.Linear(LATENT_DIM, 1)
        self.atoms = CodeClassifier(LATENT_DIM, preset.atoms)
        self.bonds = CodeClassifier(LATENT_DIM, preset.bonds)

    def mean_loss(self, network: MoleculeEncoder, step: Step) -> Float[Tensor, ""]:
        """Return the sum of the losses of pairs, atoms and bonds, and of the divergence."""
        batch = step.graphs
        latent, divergence = self._latent(network.encoder(batch))
        bonded = torch.stack([batch.src[0::2], batch.dst[0::2]])
        others = unbonded_pairs(batch)
        pairs = torch.cat([bonded, others], dim=1)
        products = latent[pairs[0]] * latent[pairs[1]]
        truth = torch.zeros(pairs.shape[1], device=latent.device)
        truth[: bonded.shape[1]] = 1.0
        logits = self.is_bonded(products).squeeze(1).float()
        of_pairs = binary_cross_entropy_with_logits(logits, truth, reduction="sum")
        of_pairs = of_pairs / max(len(truth), 1)
        of_atoms = self.atoms.loss(latent, batch.atom_codes)
        of_bonds = self.bonds.loss(products[: bonded.shape[1]], batch.bond_codes)
        return of_pairs + of_atoms + of_bonds + DIVERGENCE_WEIGHT * divergence

    def _latent(
        self, states: Float[Tensor, "atoms hidden"]
    ) -> tuple[Float[Tensor, "atoms latent"], Float[Tensor, ""]]:
        """Return the latent vectors, and their divergence from a standard normal distribution."""
        if not self.is_variational:
            return self.latent(states), states.new_zeros(())
        mean, log_variance = self.latent(states).chunk(2, dim=1)
        latent = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1)
        return latent, divergence.mean()


class VariationalGraphAutoencoder(GraphAutoencoder):
    """The same from a normal distribution of latent vectors for each atom."""

    is_variational = True


def unbonded_pairs(batch: GraphBatch) -> Int64[Tensor, "2 pairs"]:
    """Draw pairs of atoms of one molecule that are not bonded: at most one for each bond."""
    mol_of_bond = torch.repeat_interleave(batch.n_bonds)
    first_atom = batch.n_atoms.cumsum(0) - batch.n_atoms
    n_atoms = batch.n_atoms[mol_of_bond]
    drawn = (torch.rand(2, len(mol_of_bond), device=n_atoms.device) * n_atoms).long()
    drawn = first_atom[mol_of_bond] + torch.minimum(drawn, n_atoms - 1)
    n = len(batch.atom_codes)
    is_bonded = torch.isin(drawn[0] * n + drawn[1], batch.src * n + batch.dst)
    return drawn[:, ~is_bonded & (drawn[0] != drawn[1])]
