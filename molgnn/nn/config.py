"""Settings of a network and its loss: plain data, readable without loading torch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Options = dict[str, Any]


def _name_of(encoder: Any) -> Any:
    """Register an encoder that is given as a class, and return its name."""
    if isinstance(encoder, type):
        from molgnn.nn.encoders import register_encoder
        from molgnn.nn.encoders.registry import path_of

        return path_of(register_encoder(encoder))
    return encoder


class NetworkConfig(BaseModel):
    """Which parts a network is made of; options not given take the part's own defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: Annotated[str, BeforeValidator(_name_of)] = Field(
        "dmpnn", description="a name in ENCODERS, or a class of one's own or its path"
    )
    encoder_options: Options = Field(default_factory=dict)
    readout: str = Field("weighted_sum_and_max", description="a name in READOUTS")
    readout_options: Options = Field(default_factory=dict)
    head_options: Options = Field(default_factory=dict)


class LossConfig(BaseModel):
    """What a prediction's error costs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    classification: Literal["bce", "focal"] = "bce"
    focal_gamma: float = Field(2.0, gt=0, description="how little the easy labels count")
    regression: Literal["mse", "huber"] = "mse"
    class_balance: bool = Field(False, description="weigh positives by negatives per positive")
    task_weights: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, description="task to its weight; 1 for the others"
    )
