"""Transfer learning: start from a pretrained encoder, or the encoder of a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from jaxtyping import UInt64

from molgnn.chem.standardize import Standardizer
from molgnn.errors import ConfigError
from molgnn.fitting.architecture import ArchitectureConfig
from molgnn.fitting.config import SCRATCH, TrainingConfig
from molgnn.graph.presets.column import Preset
from molgnn.nn.config import NO_ENCODER, NetworkConfig
from molgnn.nn.network import AnyNetwork, MoleculeEncoder, Network, resolve
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.description import ENCODER, kind_of, read_description
from molgnn.predictor.members.network import NetworkMember
from molgnn.predictor.pretrained import PretrainedEncoder
from molgnn.zoo.store import resolve as find_bundle

Settings = TypeVar("Settings", bound=ArchitectureConfig)

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

    @property
    def inputs(self) -> tuple[Any, Any]:
        """What a model has to be given that starts from it: clean-up and codes."""
        return self.standardizer.to_json(), self.preset.to_json()

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
            graph_members = _graph_members(name, model)
            networks = [each.network for each in graph_members]
            encoders = tuple(
                MoleculeEncoder(each.encoder, each.readout)
                for each in networks
                if isinstance(each, Network)
            )
            parts = (model.standardizer, model.preset, graph_members[0].config)
            training_keys = model.training_keys
        return cls(name, description["sha256"], *parts, encoders, training_keys)

    def settings_for(self, config: Settings) -> Settings:
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
        defaults = type(config)()
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

    def initialize(self, network: AnyNetwork, member: int) -> None:
        """Copy the weights of encoder and readout into an ensemble's member of that number."""
        if not isinstance(network, Network):
            return
        source = self.encoders[member % len(self.encoders)]
        network.encoder.load_state_dict(source.encoder.state_dict())
        network.readout.load_state_dict(source.readout.state_dict())


def _graph_members(name: str, model: Bundle) -> list[NetworkMember]:
    """Return the members of a model that read graphs, of the first kind of encoder."""
    members = [each for each in model.members if isinstance(each, NetworkMember)]
    members = [each for each in members if each.config.encoder != NO_ENCODER]
    if not members:
        raise ConfigError(
            f"expected a model with a graph network to start from but {name} has none; fix: name "
            "another, or a pretrained encoder"
        )
    ours = _body(members[0])
    return [each for each in members if _body(each) == ours]


def _body(member: NetworkMember) -> dict[str, Any]:
    return resolve(member.config).model_dump(
        exclude={"head_options", "molecule_features", "feature_options"}
    )


def find_start(config: TrainingConfig) -> StartingPoint | None:
    """Return where the settings have a training start from; None for random weights.

    A network without an encoder has nothing to start from.
    """
    if config.starts_from_scratch or config.encoder == NO_ENCODER:
        return None
    return StartingPoint.load(str(config.start_from))


def refuse_start(config: TrainingConfig) -> None:
    """Refuse what has no place where a network is searched for: a starting point, members.

    Raises
    ------
    ConfigError
        If one is given.
    """
    if not config.starts_from_scratch:
        raise ConfigError(
            f"expected start_from=… {SCRATCH}, as a search varies the network, but got "
            f"{config.start_from}; fix: leave it out, or train from it without a search"
        )
    if config.members:
        raise ConfigError(
            f"expected a search for one network but got {len(config.members)} members; fix: leave "
            "members out"
        )
