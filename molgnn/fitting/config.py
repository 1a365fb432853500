"""Settings of a training: one checked record for Python, config.json and the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from molgnn.chem.standardize import Mode
from molgnn.chem.tables.duplicates import Duplicates
from molgnn.errors import FileProblem
from molgnn.fitting.config_checks import config_error, flat_settings
from molgnn.nn.config import LossConfig, NetworkConfig
from molgnn.settings import EVALUATE, TRAIN, TUNE, Shown

MIN_STEPS, MAX_STEPS, MAX_EPOCHS = 3_000, 60_000, 200

DATA, NETWORK, TRAINING = Shown("Data"), Shown("Network"), Shown("Training")
READING = Shown("Data", commands=(TRAIN, TUNE, EVALUATE))
SPLIT = Shown("Data", registry="molgnn.chem.splits:SPLITS", others=("column:NAME",))
PRESET = Shown("Network", registry="molgnn.graph.presets:PRESETS")

ENCODER_FIELDS = ("hidden_dim", "depth", "dropout")
"""Options of the encoder that nearly all have, which are fields of their own."""

READING_FIELDS = (
    "smiles_column", "tasks", "positive", "negative", "one_vs_rest", "decimal", "censored",
)  # fmt: skip
"""The parameters of `read_table` that are settings of the same name."""


def _as_tuple(words: Any) -> Any:
    return (words,) if isinstance(words, str) else words


def _as_file_names(files: Any) -> Any:
    named = (files,) if isinstance(files, str | PurePath) else files
    if not isinstance(named, list | tuple):
        return named
    return tuple(str(each) if isinstance(each, PurePath) else each for each in named)


Words = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""One word or several."""

FileNames = Annotated[tuple[str, ...], BeforeValidator(_as_file_names)]
"""One file or several."""


class TrainingConfig(NetworkConfig, LossConfig):
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
    ensemble: Annotated[int, Shown("Network", commands=(TRAIN,))] = Field(
        1, ge=1, description="Networks that are trained on each split and predict together"
    )
    name: Annotated[str | None, Shown("Network", commands=(TRAIN,))] = Field(
        None, description="Name of the model, after its encoder; by default the table's"
    )
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

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, given: Any) -> Any:
        return flat_settings(given, ENCODER_FIELDS) if isinstance(given, Mapping) else given

    @model_validator(mode="after")
    def _folds_or_column(self) -> Self:
        if self.folds is not None and self.split_column is not None:
            raise ValueError(
                f"expected folds or a column of parts but got {self.folds} folds and "
                f"{self.split}; fix: leave one of them out"
            )
        return self

    @property
    def network(self) -> NetworkConfig:
        """The description of the network alone, as a bundle keeps it."""
        record = self.model_dump(include=set(NetworkConfig.model_fields))
        given = {name: getattr(self, name) for name in ENCODER_FIELDS}
        record["encoder_options"] |= {n: value for n, value in given.items() if value is not None}
        return NetworkConfig(**record)

    @property
    def split_column(self) -> str | None:
        """The column that says each row's part, where the split is ``column:NAME``."""
        kind, _, name = self.split.partition(":")
        return name if kind == "column" else None

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

    def changed(self, **settings: Any) -> TrainingConfig:
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
        for name in ("encoder_options", "readout_options", "head_options"):
            if isinstance(settings.get(name), Mapping):
                settings[name] = record[name] | dict(settings[name])
        for name in set(ENCODER_FIELDS) & set(settings.get("encoder_options") or ()):
            record[name] = None
        return self.build(**record | settings)

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
            raise config_error(error, cls.model_fields, f"{path}: ") from error

    @classmethod
    def build(cls, **settings: Any) -> TrainingConfig:
        """Check settings given one by one.

        Raises
        ------
        ConfigError
            If there is no such setting, or a value is outside its range.
        """
        try:
            return cls(**settings)
        except ValidationError as error:
            raise config_error(error, cls.model_fields) from error

    @classmethod
    def describe(cls) -> str:
        """Return a line for each setting: its name, what it means, and its default."""
        lines = []
        for name, field in cls.model_fields.items():
            default = field.get_default(call_default_factory=True)
            text = f"{name}: {field.description}"
            lines.append(text if default in (None, {}, ()) else f"{text} (default {default})")
        return "\n".join(lines)
