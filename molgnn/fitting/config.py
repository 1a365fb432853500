"""Settings of a training: one checked record for Python, config.json and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from molgnn.chem.standardize import Mode
from molgnn.chem.tables.duplicates import Duplicates
from molgnn.fitting.architecture import ArchitectureConfig
from molgnn.fitting.members import MemberConfig
from molgnn.fitting.optimization import OptimizationConfig
from molgnn.fitting.recipes import read_recipe
from molgnn.nn.config import LossConfig, Words
from molgnn.settings import EVALUATE, TRAIN, TUNE, Shown

DATA, NETWORK = Shown("Data"), Shown("Network")
SCRATCH = "scratch"
"""In the place of a starting point: random weights."""

READING = Shown("Data", commands=(TRAIN, TUNE, EVALUATE))
SPLIT = Shown("Data", registry="molgnn.chem.splits:SPLITS", others=("column:NAME",))

READING_FIELDS = (
    "smiles_column", "tasks", "positive", "negative", "one_vs_rest", "decimal", "censored",
)  # fmt: skip
"""The parameters of `read_table` that are settings of the same name."""


def _as_file_names(files: Any) -> Any:
    named = (files,) if isinstance(files, str | PurePath) else files
    if not isinstance(named, list | tuple):
        return named
    return tuple(str(each) if isinstance(each, PurePath) else each for each in named)


FileNames = Annotated[tuple[str, ...], BeforeValidator(_as_file_names)]
"""One file or several."""


class TrainingConfig(ArchitectureConfig, LossConfig, OptimizationConfig):
    """Settings of a training; each is a keyword of `molgnn.train` and an option of its command.

    A run folder holds them as ``config.json``. ``TrainingConfig.describe()`` says what each means.

    Raises
    ------
    pydantic.ValidationError
        If a value is outside its range; `build`, `changed` and `read` turn that into a
        `ConfigError` that names the setting.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tasks: Annotated[Words | None, READING] = Field(
        None,
        description="Label columns, with commas between; by default all of numbers or classes, but "
        "those that by their header name the rows (id, no, cas…) or are properties (MW, AlogP…)",
    )
    smiles_column: Annotated[str | None, READING] = Field(
        None, description="Column that holds the SMILES; found by its name where not given"
    )
    positive: Annotated[Words | None, READING] = Field(
        None, description="Words, or numbers, that are the class 1, such as active"
    )
    negative: Annotated[Words | None, READING] = Field(
        None, description="Words, or numbers, that are the class 0, such as -1 or inactive"
    )
    one_vs_rest: Annotated[Words | None, READING] = Field(
        None, description="Columns of several classes, each of which becomes a task of its own"
    )
    decimal: Annotated[Literal[".", ","] | None, READING] = Field(
        None,
        description="Decimal mark; by default a point, and in a CSV with semicolons either",
    )
    censored: Annotated[Literal["drop", "bound"] | None, READING] = Field(
        None,
        description="What is made of values such as >10: drop them, or take their bound; by "
        "default they are refused",
    )
    duplicates: Annotated[Duplicates, DATA] = Field(
        Duplicates.KEEP,
        description="What is made of rows that show the same molecule: keep them all; mean or "
        "median of their values, the majority of their classes; or mean, and drop labels that "
        "contradict each other",
    )
    exclude: Annotated[FileNames, Shown("Data", is_files=True)] = Field(
        (),
        description="File of molecules that are not learned from, in whatever form (salts, "
        "stereoisomers, tautomers…), or of sha256 of InChIKeys' first 14 letters; they leave the "
        "table, or where split is column:NAME, its train and valid parts",
    )
    standardize: Annotated[Mode, DATA] = Field(Mode.PARENT, description="Clean-up of structures")
    split: Annotated[str, SPLIT] = Field(
        "balanced",
        description="How test molecules are chosen; balanced shares whole scaffolds out at random, "
        "by the seed, and column:NAME reads train, valid and test from a column",
    )
    fractions: Annotated[tuple[float, float, float], DATA] = Field(
        (0.8, 0.1, 0.1), description="Shares of the train, valid and test parts"
    )
    folds: Annotated[int | None, Shown("Data", commands=(TRAIN,))] = Field(
        None, ge=3, description="Cross-validation: so many folds, each of them tested once"
    )
    repeats: Annotated[int, Shown("Data", commands=(TRAIN,))] = Field(
        1,
        ge=1,
        description="Repeat the whole so often, each time with another seed, which also splits "
        "anew unless the split is scaffold or a column",
    )
    start_from: Annotated[str | None, Shown("Network", option="--from", commands=(TRAIN,))] = Field(
        None,
        description="A pretrained encoder, or a trained model, whose encoder and readout the "
        "training starts from: a name or a folder; scratch, or none, starts from random weights",
    )
    freeze: Annotated[Literal["encoder"] | None, Shown("Network", commands=(TRAIN,))] = Field(
        None, description="What stays as start_from has it, so that the rest alone is trained"
    )
    encoder_learning_rate: Annotated[float | None, Shown("Training", commands=(TRAIN,))] = Field(
        None,
        gt=0,
        description="Largest learning rate of the encoder; by default that of the whole network",
    )
    ensemble: Annotated[int, Shown("Network", commands=(TRAIN,))] = Field(
        1,
        ge=1,
        description="Networks that are trained on each split and predict together; with members, "
        "so many times each of them",
    )
    recipe: Annotated[
        str | None,
        Shown(
            "Network",
            registry="molgnn.fitting.recipes:RECIPES",
            others=("or a JSON file of settings",),
            commands=(TRAIN,),
        ),
    ] = Field(
        None,
        description="Settings under a name, which come before those of config and after those that "
        "are given one by one",
    )
    members: Annotated[tuple[MemberConfig, ...], Shown("Network", commands=())] = Field(
        (),
        description="What the model averages, where it is more than networks of one kind: records "
        'such as {"kind": "lightgbm", "count": 2}',
    )
    name: Annotated[str | None, Shown("Network", commands=(TRAIN,))] = Field(
        None, description="Name of the model, after its encoder; by default the table's"
    )

    @classmethod
    def given(
        cls,
        config: Self | str | Path | None,
        settings: Mapping[str, Any],
        function: Callable[..., Any] | None = None,
    ) -> Self:
        """Return settings as `SettingsRecord.given` does, with those of a recipe among them.

        Raises
        ------
        FileProblem, ConfigError, UnknownName
            If the file, the recipe or a setting cannot be used, saying which.
        """
        base = super().given(config, {})
        if settings.get("recipe"):
            base = base.changed(**read_recipe(settings["recipe"]))
        return super().given(base, settings, function)

    @model_validator(mode="after")
    def _folds_or_column(self) -> Self:
        if self.folds is not None and self.split_column is not None:
            raise ValueError(
                f"expected folds or a column of parts but got {self.folds} folds and "
                f"{self.split}; fix: leave one of them out"
            )
        return self

    @model_validator(mode="after")
    def _something_to_freeze(self) -> Self:
        if self.freeze is not None and self.starts_from_scratch:
            raise ValueError(
                "expected start_from=… with freeze=…, as random weights are not worth keeping; "
                "fix: name a pretrained encoder"
            )
        return self

    @property
    def starts_from_scratch(self) -> bool:
        """Whether a training starts from random weights."""
        return self.start_from in (None, SCRATCH)

    @property
    def learning_rates(self) -> dict[str, float]:
        """Parts of the network with a learning rate of their own; 0 for those that are frozen."""
        if self.freeze is not None:
            return {self.freeze: 0.0}
        rate = self.encoder_learning_rate
        return {} if rate is None else {"encoder": rate}

    @property
    def split_column(self) -> str | None:
        """The column that says each row's part, where the split is ``column:NAME``."""
        kind, _, name = self.split.partition(":")
        return name if kind == "column" else None
