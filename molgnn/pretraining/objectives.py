"""Objectives of pretraining by name, imported when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from molgnn.graph.presets.column import Preset

if TYPE_CHECKING:
    from molgnn.fitting.objectives.pretraining import NamedObjective, PretrainingObjective
    from molgnn.nn.network import MoleculeEncoder
    from molgnn.pretraining.targets import Targets

OBJECTIVES = {
    "descriptors": "molgnn.fitting.objectives.descriptors:Descriptors",
    "masked": "molgnn.fitting.objectives.masked:MaskedCodes",
    "autoencoder": "molgnn.fitting.objectives.autoencoder:GraphAutoencoder",
    "variational_autoencoder": "molgnn.fitting.objectives.autoencoder:VariationalGraphAutoencoder",
}
"""Name → ``"module:class"``, a `NamedObjective`."""


def make_objective(
    names: Sequence[str], network: MoleculeEncoder, preset: Preset, targets: Targets
) -> PretrainingObjective:
    """Return the objective of that name, or the sum of several."""
    from molgnn.fitting.objectives.pretraining import Mixture

    objectives = []
    for name in names:
        module, _, found = OBJECTIVES[name].partition(":")
        kind: type[NamedObjective] = getattr(import_module(module), found)
        made = kind.for_network(network, preset, targets.n_continuous, targets.n_bits)
        objectives.append(made)
    return objectives[0] if len(objectives) == 1 else Mixture(objectives)
