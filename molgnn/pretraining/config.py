"""Settings of a pretraining: one checked record for Python, config.json and the command line."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from molgnn.chem.standardize import Mode
from molgnn.errors import unknown_name
from molgnn.fitting.architecture import ArchitectureConfig
from molgnn.fitting.config import FileNames
from molgnn.fitting.optimization import OptimizationConfig
from molgnn.nn.config import Words
from molgnn.pretraining.objectives import OBJECTIVES
from molgnn.settings import PRETRAIN, Shown

_DATA = Shown("Data", commands=(PRETRAIN,))
_TRAINING = Shown("Training", commands=(PRETRAIN,))


class PretrainingConfig(ArchitectureConfig, OptimizationConfig):
    """Settings of a pretraining; each is a keyword of `molgnn.pretrain` and an option.

    ``PretrainingConfig.describe()`` says what each means.
    """

    smiles_column: Annotated[str | None, _DATA] = Field(
        None, description="Column that holds the SMILES; found by its name where not given"
    )
    exclude: Annotated[FileNames, Shown("Data", commands=(PRETRAIN,), is_files=True)] = Field(
        (),
        description="File of molecules that are not learned from, in whatever form (salts, "
        "stereoisomers, tautomers…), or of sha256 of InChIKeys' first 14 letters",
    )
    standardize: Annotated[Mode, _DATA] = Field(Mode.PARENT, description="Clean-up of structures")
    valid: Annotated[int, _DATA] = Field(
        5_000,
        ge=1,
        description="Molecules, chosen at random, that only say when to stop; a tenth at most",
    )
    objective: Annotated[
        Words,
        Shown(
            "Training", registry="molgnn.pretraining.objectives:OBJECTIVES", commands=(PRETRAIN,)
        ),
    ] = Field(
        ("descriptors",),
        description="What is learned: descriptors and fingerprints, the codes of masked atoms "
        "and bonds, or the graph again (autoencoder); several add up",
    )
    features: Annotated[
        Words,
        Shown("Training", registry="molgnn.chem.descriptors:FEATURE_SETS", commands=(PRETRAIN,)),
    ] = Field(
        ("rdkit2d", "maccs", "morgan"),
        description="Which molecule features the objective descriptors learns",
    )
    name: Annotated[str | None, _TRAINING] = Field(
        None, description="Name of the result, after its encoder; by default the library's"
    )

    @field_validator("objective")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in OBJECTIVES:
                raise ValueError(str(unknown_name("objective", name, OBJECTIVES)))
        return names
