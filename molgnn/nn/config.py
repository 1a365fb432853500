"""Which network to build: plain data, so that settings can be read without loading torch."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Options = dict[str, Any]


class NetworkConfig(BaseModel):
    """Which parts a network is made of; options not given take the part's own defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: str = Field("dmpnn", description="a name in ENCODERS")
    encoder_options: Options = Field(default_factory=dict)
    readout: str = Field("mean", description="a name in READOUTS")
    readout_options: Options = Field(default_factory=dict)
    head_options: Options = Field(default_factory=dict)
