"""Settings of the network and of the loss: plain data, readable without loading torch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from molgnn.settings import DISTILL, TRAIN, TUNE, Shown

Options = dict[str, Any]

READOUT_NAMES = (
    "sum", "mean", "max", "weighted_sum_and_max", "attention", "set2set", "attentivefp",
)  # fmt: skip
"""The keys of `molgnn.nn.readouts.READOUTS`, which loads torch; a test holds both equal."""

NO_ENCODER = "none"
"""In the place of an encoder: molecule features alone are the input."""

_NETWORK = Shown("Network")
_FEATURES = Shown(
    "Network", registry="molgnn.chem.descriptors:FEATURE_SETS", commands=(TRAIN, TUNE)
)
_LOSS = Shown("Training")


def _name_of(encoder: Any) -> Any:
    """Register an encoder that is given as a class, and return its name."""
    if isinstance(encoder, type):
        from molgnn.nn.encoders import register_encoder
        from molgnn.nn.encoders.registry import path_of

        return path_of(register_encoder(encoder))
    return encoder


def _as_tuple(words: Any) -> Any:
    return (words,) if isinstance(words, str) else words


Words = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""One word or several."""


class NetworkConfig(BaseModel):
    """Which parts a network is made of; options not given take the part's own defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: Annotated[
        str,
        BeforeValidator(_name_of),
        Shown("Network", registry="molgnn.nn.encoders:ENCODERS", others=(NO_ENCODER,)),
    ] = Field(
        "dmpnn",
        description="The graph neural network; in Python also a class of your own; none reads "
        "molecule_features alone",
    )
    encoder_options: Annotated[Options, _NETWORK] = Field(
        default_factory=dict, description="Any other option of the encoder"
    )
    readout: Annotated[str, Shown("Network", others=READOUT_NAMES)] = Field(
        "weighted_sum_and_max", description="How atoms are pooled into a molecule"
    )
    readout_options: Annotated[Options, _NETWORK] = Field(
        default_factory=dict, description="An option of the readout"
    )
    molecule_features: Annotated[Words, _FEATURES] = Field(
        (), description="Descriptors and fingerprints that the network reads besides the graph"
    )
    feature_options: Annotated[Options, Shown("Network", commands=(TRAIN, TUNE))] = Field(
        default_factory=dict,
        description="An option of the perceptron that reads molecule_features, such as its depth",
    )
    head_options: Annotated[Options, Shown("Network", commands=(TRAIN, TUNE, DISTILL))] = Field(
        default_factory=dict, description="An option of the head, such as its dropout"
    )


class LossConfig(BaseModel):
    """What a prediction's error costs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    loss: Annotated[Literal["bce", "focal"], _LOSS] = Field(
        "bce", description="Loss of classifications"
    )
    focal_gamma: Annotated[float, _LOSS] = Field(
        2.0, gt=0, description="How little the focal loss counts labels that are predicted well"
    )
    regression_loss: Annotated[Literal["mse", "huber"], _LOSS] = Field(
        "mse", description="Loss of regressions"
    )
    class_balance: Annotated[bool, _LOSS] = Field(
        False, description="Weigh rare positives as much as the negatives of their task"
    )
    task_weights: Annotated[dict[str, Annotated[float, Field(gt=0)]], _LOSS] = Field(
        default_factory=dict,
        description='Weight of a task in the loss, as in "NR-AR=2,SR-p53=0.5"; 1 for the others',
    )
