"""Objectives of pretraining by name; a new one is one file in `fitting.objectives` and one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from molgnn.fitting.objectives.autoencoder import GraphAutoencoder
from molgnn.fitting.objectives.descriptors import Descriptors
from molgnn.fitting.objectives.masked import MaskedCodes
from molgnn.fitting.objectives.pretraining import Mixture, PretrainingObjective
from molgnn.graph.presets.column import Preset
from molgnn.nn.network import MoleculeEncoder
from molgnn.pretraining.targets import Targets

OBJECTIVES: dict[str, Callable[[MoleculeEncoder, Preset, Targets], PretrainingObjective]] = {
    "descriptors": lambda network, _, targets: Descriptors(
        network.readout.out_dim, targets.n_continuous, targets.n_bits
    ),
    "masked": lambda network, preset, _: MaskedCodes(network.encoder.out_dim, preset),
    "autoencoder": lambda network, preset, _: GraphAutoencoder(network.encoder.out_dim, preset),
    "variational_autoencoder": lambda network, preset, _: GraphAutoencoder(
        network.encoder.out_dim, preset, variational=True
    ),
}


def make_objective(
    names: Sequence[str], network: MoleculeEncoder, preset: Preset, targets: Targets
) -> PretrainingObjective:
    """Return the objective of that name, or the sum of several."""
    objectives = [OBJECTIVES[name](network, preset, targets) for name in names]
    return objectives[0] if len(objectives) == 1 else Mixture(objectives)
