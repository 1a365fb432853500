"""Everything that decides what a training gives, in one checked record."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from molgnn.chem.standardize import Mode
from molgnn.errors import ConfigError, FileProblem, unknown_name
from molgnn.nn.config import LossConfig, NetworkConfig

ENOUGH_STEPS, MOST_STEPS, MOST_EPOCHS = 3_000, 60_000, 200


class TrainingConfig(BaseModel):
    """Settings of one training; a run folder holds them resolved, as ``config.json``.

    Raises
    ------
    pydantic.ValidationError
        If a value is outside its range; `TrainingConfig.read` turns that into a `ConfigError`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str | None = Field(None, description="of the model, after its encoder; the table's")
    smiles_column: str | None = Field(None, description="found by name where not given")
    tasks: tuple[str, ...] | None = Field(None, description="every numeric column by default")
    split: str = Field("balanced", description="a name in SPLITS, or column:NAME")
    fractions: tuple[float, float, float] = (0.8, 0.1, 0.1)
    folds: int | None = Field(None, ge=3, description="of a cross-validation, instead of a split")
    repeats: int = Field(1, ge=1, description="of the whole, each with another seed, and its split")
    ensemble: int = Field(1, ge=1, description="networks per split, that predict together")
    seed: int = Field(0, ge=0, lt=2**32)
    standardize: Mode = Mode.PARENT
    preset: str = "canonical"
    network: NetworkConfig = NetworkConfig()
    loss: LossConfig = LossConfig()
    epochs: int | None = Field(None, ge=1, description="by the size of the table")
    patience: int | None = Field(
        None, ge=1, description="epochs without a better validation score; half of all"
    )
    batch_size: int = Field(64, ge=1)
    learning_rate: float = Field(1e-3, gt=0, description="the highest, after warm-up")
    weight_decay: float = Field(0.0, ge=0)
    warmup_epochs: float = Field(2.0, ge=0)
    precision: Literal["fp32", "bf16", "auto"] = Field(
        "fp32", description="of products of matrices; auto is bf16 on a GPU that has it"
    )

    @model_validator(mode="after")
    def _folds_or_column(self) -> Self:
        if self.folds is not None and self.split_column is not None:
            raise ValueError(
                f"expected folds or a column of parts but got {self.folds} folds and "
                f"{self.split}; fix: leave one of them out"
            )
        return self

    def epochs_for(self, n_mols: int) -> int:
        """Return the number of epochs for so many training molecules.

        Small tables need many passes to make as many steps as it takes to learn anything; beyond
        thirty passes, or ten over a very large table, little is gained.
        """
        if self.epochs is not None:
            return self.epochs
        n_steps = max(1, math.ceil(n_mols / self.batch_size))
        fewest = 30 if 30 * n_steps <= MOST_STEPS else 10
        return min(max(math.ceil(ENOUGH_STEPS / n_steps), fewest), MOST_EPOCHS)

    def patience_for(self, n_mols: int) -> int:
        """Return the number of epochs without a better score after which training ends."""
        return self.patience or max(1, self.epochs_for(n_mols) // 2)

    @property
    def split_column(self) -> str | None:
        """The column that says each row's part, where the split is ``column:NAME``."""
        kind, _, name = self.split.partition(":")
        return name if kind == "column" else None

    @classmethod
    def read(cls, path: Path) -> TrainingConfig:
        """Read a ``config.json``.

        Raises
        ------
        FileProblem
            If there is no such file.
        ConfigError
            If it holds no valid settings, saying which and why.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise FileProblem(f"cannot read settings from {path}: {error.strerror}") from error
        except ValidationError as error:
            raise ConfigError(f"{path}: {_readable(error)}") from error

    @classmethod
    def build(cls, **settings: Any) -> TrainingConfig:
        """Check settings given one by one; raise `ConfigError` for the first that is wrong."""
        try:
            return cls(**settings)
        except ValidationError as error:
            raise ConfigError(_readable(error)) from error


def _readable(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "value_error":  # of settings that contradict each other
        return str(first["ctx"]["error"])
    *outer, name = map(str, first["loc"] or ["the settings"])
    if first["type"] == "extra_forbidden":
        records: dict[str, type[BaseModel]] = {"network": NetworkConfig, "loss": LossConfig}
        known = (records[outer[0]] if outer else TrainingConfig).model_fields
        return str(unknown_name(" ".join([*outer, "setting"]), name, known))
    return f"{'.'.join([*outer, name])}: {first['msg'].lower()} but got {first.get('input')!r}"
