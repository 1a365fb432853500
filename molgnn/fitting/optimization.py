"""Settings of the optimizer: seed, epochs, patience, batch size, learning rate, precision."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from molgnn.settings import Shown

MIN_STEPS, MAX_STEPS, MAX_EPOCHS = 3_000, 60_000, 200

TRAINING = Shown("Training")


class OptimizationConfig(BaseModel):
    """How weights are found, whatever they are to be good for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: Annotated[int, TRAINING] = Field(
        0, ge=0, lt=2**32, description="The same seed gives the same model"
    )
    epochs: Annotated[int | None, TRAINING] = Field(
        None,
        ge=1,
        description="Most epochs to train; by default 10 to 200, by the table's size",
    )
    patience: Annotated[int | None, TRAINING] = Field(
        None,
        ge=1,
        description="Stop after so many epochs without a better validation score; by default half "
        "of all",
    )
    batch_size: Annotated[int, TRAINING] = Field(64, ge=1, description="Molecules per step")
    learning_rate: Annotated[float, TRAINING] = Field(
        1e-3, gt=0, description="Largest learning rate, after warm-up"
    )
    weight_decay: Annotated[float, TRAINING] = Field(
        0.0, ge=0, description="Weight decay of the optimizer, AdamW"
    )
    warmup_epochs: Annotated[float, TRAINING] = Field(
        2.0, ge=0, description="Epochs in which the learning rate rises"
    )
    precision: Annotated[Literal["fp32", "bf16", "auto"], TRAINING] = Field(
        "fp32", description="Precision of matrix products; auto is bf16 on a GPU that has it"
    )

    def epochs_for(self, n_mols: int) -> int:
        """Return the number of epochs for so many training molecules.

        Small tables need many passes to make as many steps as it takes to learn anything; beyond
        thirty passes, or ten over a very large table, little is gained.
        """
        if self.epochs is not None:
            return self.epochs
        n_steps = max(1, math.ceil(n_mols / self.batch_size))
        fewest = 30 if 30 * n_steps <= MAX_STEPS else 10
        return min(max(math.ceil(MIN_STEPS / n_steps), fewest), MAX_EPOCHS)

    def patience_for(self, n_mols: int) -> int:
        """Return the number of epochs without a better score after which training ends."""
        return self.patience or max(1, self.epochs_for(n_mols) // 2)
