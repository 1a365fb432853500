"""Which network to build and what it learns by: plain data, readable without loading torch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Options = dict[str, Any]


class NetworkConfig(BaseModel):
    """Which parts a network is made of; options not given take the part's own defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: str = Field("dmpnn", description="a name in ENCODERS")
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
