"""Settings of a distillation: one checked record for Python, config.json and the command line."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from molgnn.chem.standardize import Mode
from molgnn.fitting.architecture import ArchitectureConfig
from molgnn.fitting.config import SCRATCH, FileNames
from molgnn.fitting.optimization import OptimizationConfig
from molgnn.settings import DISTILL, Shown

_DATA = Shown("Data", commands=(DISTILL,))
_TRAINING = Shown("Training", commands=(DISTILL,))


class DistillationConfig(ArchitectureConfig, OptimizationConfig):
    """Settings of a distillation; each is a keyword of `molgnn.distill` and an option.

    ``DistillationConfig.describe()`` says what each means.
    """

    smiles_column: Annotated[str | None, _DATA] = Field(
        None,
        description="Column of the library that holds the SMILES; found by its name if not given",
    )
    exclude: Annotated[FileNames, Shown("Data", commands=(DISTILL,), is_files=True)] = Field(
        (),
        description="File of molecules that are not learned from, in whatever form (salts, "
        "stereoisomers, tautomers…), or of sha256 of InChIKeys' first 14 letters",
    )
    standardize: Annotated[Mode, Shown("Data", commands=())] = Field(
        Mode.PARENT, description="Clean-up of structures: the teacher's"
    )
    valid: Annotated[int, _DATA] = Field(
        5_000,
        ge=1,
        description="Molecules of the library, chosen at random, that only say when to stop; a "
        "tenth at most",
    )
    start_from: Annotated[str | None, Shown("Network", option="--from", commands=(DISTILL,))] = (
        Field(
            None,
            description="A pretrained encoder, or a trained model, whose encoder and readout the "
            "student starts from: a name or a folder; scratch, or none, starts from random weights",
        )
    )
    label_weight: Annotated[float, _TRAINING] = Field(
        1.0,
        ge=0,
        description="What a measured label counts for beside what the teacher predicts",
    )
    name: Annotated[str | None, _TRAINING] = Field(
        None, description="Name of the student, after its encoder; by default the teacher's"
    )

    @property
    def starts_from_scratch(self) -> bool:
        """Whether the student starts from random weights."""
        return self.start_from in (None, SCRATCH)
