"""Transfer learning: start from a pretrained encoder, or the encoder of a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import UInt64

from molgnn.chem.standardize import Standardizer
from molgnn.errors import ConfigError
from molgnn.fitting.config import SCRATCH, TrainingConfig
from molgnn.graph.presets.column import Preset
from molgnn.nn.config import NetworkConfig
from molgnn.nn.network import MoleculeEncoder, Network, resolve
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.description import ENCODER, kind_of, read_description
from molgnn.predictor.pretrained import PretrainedEncoder
from molgnn.zoo.store import resolve as find_bundle

FREE_OPTIONS = ("dropout", "drop_edge")
"""Options of an encoder that its weights do not depend on."""


@dataclass(frozen=True)
class StartingPoint:
    """Where a training begins instead of at random weights.

    Parameters
    ----------
    name
        As the user gave it.
    sha256
        Of its description, which holds that of its weights.
    standardizer, preset, config
        What the encoder was trained with, and a training from it has to keep.
    encoders
        One, or those of an ensemble's networks, of which each member takes the next.
    training_keys
        Of the molecules whose labels it has learned from, as in `Bundle`; None where there are
        none, or they are not known.
    """

    name: str
    sha256: str
    standardizer: Standardizer
    preset: Preset
    config: NetworkConfig
    encoders: tuple[MoleculeEncoder, ...]
    training_keys: UInt64[np.ndarray, " molecules"] | None = None

    def __str__(self) -> str:
        return f"{self.name} (sha256 {self.sha256[:12]}…)"

    @classmethod
    def load(cls, name: str) -> StartingPoint:
        """Load a pretrained encoder, or a trained model without its head.

        Raises
        ------
        UnknownName, BundleError
            If there is none of that name, or its files are not as they were saved.
        """
        folder = find_bundle(name)
        description = read_description(folder)
        training_keys = None
        if kind_of(description) == ENCODER:
            found = PretrainedEncoder.load(folder)
            encoders: tuple[MoleculeEncoder, ...] = (found.network,)
            parts = (found.standardizer, found.preset, found.config)
        else:
            model = Bundle.load(folder)
            encoders = tuple(MoleculeEncoder(each.encoder, each.readout) for each in model.networks)
            parts = (model.standardizer, model.preset, model.config)
            training_keys = model.training_keys
        return cls(name, description["sha256"], *parts, encoders, training_keys)

    def settings_for(self, config: TrainingConfig) -> TrainingConfig:
        """Return settings with this encoder in them.

        Raises
        ------
        ConfigError
            If the settings ask for another encoder, readout, preset or clean-up.
        """
        ours = resolve(self.config)
        asked = config.network
        wanted: dict[str, Any] = {
            "encoder": ours.encoder,
            "readout": ours.readout,
            "preset": self.preset.name,
            "standardize": self.standardizer.mode,
        }
        defaults = TrainingConfig()
        for setting, value in wanted.items():
            given = getattr(config, setting)
            if given not in (value, getattr(defaults, setting)):
                raise self._refusal(setting, value, given)
        options = {n: v for n, v in ours.encoder_options.items() if n not in FREE_OPTIONS}
        for name, given in asked.encoder_options.items():
            if name not in FREE_OPTIONS and options.get(name) != given:
                raise self._refusal(name, options.get(name), given)
        free = {n: v for n, v in asked.encoder_options.items() if n in FREE_OPTIONS}
        network = {
            "encoder_options": options | free,
            "readout_options": ours.readout_options,
        }
        return config.changed(**wanted | network)

    def _refusal(self, setting: str, value: Any, given: Any) -> ConfigError:
        return ConfigError(
            f"expected {setting}=… {value}, which {self.name} was trained with, but got {given}; "
            f"fix: leave {setting}=… out, or start_from=… {SCRATCH}"
        )

    def initialize(self, network: Network, member: int) -> None:
        """Copy the weights of encoder and readout into an ensemble's member of that number."""
        source = self.encoders[member % len(self.encoders)]
        network.encoder.load_state_dict(source.encoder.state_dict())
        network.readout.load_state_dict(source.readout.state_dict())


def find_start(config: TrainingConfig) -> StartingPoint | None:
    """Return where the settings have a training start from; None for random weights."""
    if config.starts_from_scratch:
        return None
    return StartingPoint.load(str(config.start_from))


def refuse_start(config: TrainingConfig) -> None:
    """Refuse a starting point where the network is searched for; raise `ConfigError` if given."""
    if not config.starts_from_scratch:
        raise ConfigError(
            f"expected start_from=… {SCRATCH}, as a search varies the network, but got "
            f"{config.start_from}; fix: leave it out, or train from it without a search"
        )
