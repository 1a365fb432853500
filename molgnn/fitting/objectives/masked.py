"""Pretraining by masking: hide some atoms and bonds, and predict their codes."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from molgnn.fitting.data import Step
from molgnn.fitting.objectives.codes import CodeClassifier, unknown_codes
from molgnn.fitting.objectives.pretraining import AtomObjective
from molgnn.graph.presets.column import Preset
from molgnn.nn.network import MoleculeEncoder

MASKED_SHARE = 0.15


class MaskedCodes(AtomObjective):
    """Predicts the codes of masked atoms and bonds from the states of the atoms around.

    Parameters
    ----------
    hidden_dim
        Width of the atoms' states.
    preset
        The columns of the codes.

    Notes
    -----
    Hu et al., "Strategies for Pre-training Graph Neural Networks", ICLR 2020.
    """

    def __init__(self, hidden_dim: int, preset: Preset) -> None:
        super().__init__(hidden_dim, preset)
        self.atoms = CodeClassifier(hidden_dim, preset.atoms)
        self.bonds = CodeClassifier(hidden_dim, preset.bonds)
        self.register_buffer("unknown_atom", unknown_codes(preset.atoms), persistent=False)
        self.register_buffer("unknown_bond", unknown_codes(preset.bonds), persistent=False)
        self.unknown_atom: UInt8[Tensor, " atom_columns"]
        self.unknown_bond: UInt8[Tensor, " bond_columns"]

    def mean_loss(self, network: MoleculeEncoder, step: Step) -> Float[Tensor, ""]:
        """Return the sum of the mean losses of the masked atoms and of the masked bonds."""
        batch = step.graphs
        atoms, bonds = _draw(batch.atom_codes), _draw(batch.bond_codes)
        masked = replace(
            batch,
            atom_codes=torch.where(atoms[:, None], self.unknown_atom, batch.atom_codes),
            bond_codes=torch.where(bonds[:, None], self.unknown_bond, batch.bond_codes),
        )
        states = network.encoder(masked)
        # Edges 2i and 2i + 1 are bond i: its ends, in either order.
        ends = states[batch.src.view(-1, 2)[bonds]].sum(dim=1)
        of_atoms = self.atoms.loss(states[atoms], batch.atom_codes[atoms])
        return of_atoms + self.bonds.loss(ends, batch.bond_codes[bonds])


def _draw(codes: UInt8[Tensor, "rows columns"]) -> Bool[Tensor, " rows"]:
    return torch.rand(len(codes), device=codes.device) < MASKED_SHARE
