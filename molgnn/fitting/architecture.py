"""Settings of what is trained: encoder, width, depth, dropout, readout, head, preset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from molgnn.fitting.config_checks import flat_settings
from molgnn.fitting.settings_record import SettingsRecord
from molgnn.nn.config import NetworkConfig
from molgnn.settings import Shown

NETWORK = Shown("Network")
PRESET = Shown("Network", registry="molgnn.graph.presets:PRESETS")

ENCODER_FIELDS = ("hidden_dim", "depth", "dropout")
"""Options of the encoder that nearly all have, which are fields of their own."""


class ArchitectureConfig(NetworkConfig, SettingsRecord):
    """The network and its input; what nearly all encoders have is a setting of its own."""

    hidden_dim: Annotated[int | None, NETWORK] = Field(
        None, ge=1, description="Width of the encoder; by default its own"
    )
    depth: Annotated[int | None, NETWORK] = Field(
        None, ge=1, description="Number of layers, or rounds of message passing; the encoder's own"
    )
    dropout: Annotated[float | None, NETWORK] = Field(
        None, ge=0, lt=1, description="Dropout of the encoder; by default its own"
    )
    preset: Annotated[str, PRESET] = Field(
        "canonical", description="Which properties of atoms and bonds are the network's input"
    )

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, given: Any) -> Any:
        return flat_settings(given, ENCODER_FIELDS) if isinstance(given, Mapping) else given

    @property
    def network(self) -> NetworkConfig:
        """The description of the network alone, as a bundle keeps it."""
        record = self.model_dump(include=set(NetworkConfig.model_fields))
        given = {name: getattr(self, name) for name in ENCODER_FIELDS}
        record["encoder_options"] |= {n: value for n, value in given.items() if value is not None}
        return NetworkConfig(**record)

    def changed(self, **settings: Any) -> Self:
        """Return these settings with others in their place.

        Another encoder or readout comes without the options of the one before; options that are
        given for the same one are added to those that it has.

        Raises
        ------
        ConfigError
            If there is no such setting, or a value is outside its range.
        """
        record = self.model_dump()
        if settings.get("encoder", self.encoder) != self.encoder:
            record |= {"encoder_options": {}} | dict.fromkeys(ENCODER_FIELDS)
        if settings.get("readout", self.readout) != self.readout:
            record["readout_options"] = {}
        for name in ("encoder_options", "readout_options", "feature_options", "head_options"):
            if isinstance(settings.get(name), Mapping):
                settings[name] = record[name] | dict(settings[name])
        for name in set(ENCODER_FIELDS) & set(settings.get("encoder_options") or ()):
            record[name] = None
        return self.build(**record | settings)
