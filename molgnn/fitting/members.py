"""Settings of a model's members, where they are not all alike: what a recipe lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

NETWORK, LIGHTGBM = "network", "lightgbm"


class MemberConfig(BaseModel):
    """One kind of member: ``{"kind": "lightgbm", "count": 2, "n_trees": 400}``.

    Parameters
    ----------
    kind
        ``"network"`` or ``"lightgbm"``: a name in `molgnn.experiments.trainers.TRAINERS`.
    count
        How many of them, each from a seed of its own, are trained on each split.
    weight
        What they count for together in the mean of all outputs.
    settings
        All else that the record holds: of a network, any setting of its architecture, loss and
        training, where it is not to be that of the whole; of trees, those of `BoostingConfig`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = NETWORK
    count: int = Field(1, ge=1)
    weight: float = Field(1.0, gt=0)
    settings: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _nested(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        own = {name: given[name] for name in cls.model_fields if name in given}
        others = {name: value for name, value in given.items() if name not in own}
        return own | {"settings": dict(own.get("settings", {})) | others}

    @classmethod
    def single(cls) -> Self:
        """Return what a model consists of by default: networks, all by the same settings."""
        return cls(kind=NETWORK, count=1, weight=1.0)
