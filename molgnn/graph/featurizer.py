"""From a batch of SMILES to codes; one that gives no molecule is named with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from molgnn.graph.backends.rdkit import RDKitBackend
from molgnn.graph.presets import PRESETS
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.errors import unknown_name

class Featurized(NamedTuple):
    """The molecules that could be made, in the order of the input, and why the others could not.

    Parameters
    ----------
    molecules
        Those of every position that is not in *rejected*.
    rejected
        Position in the input → reason, ``"kind: detail"``.
    """

    molecules: MoleculeStore
    rejected: dict[int, str]


class Featurizer:
    def __init__(
        self,
        preset: str | Preset = "canonical",
        backend: Literal["auto", "cpp", "rdkit"] = "auto",
    ) -> None:
        if isinstance(preset, str):
            if preset not in PRESETS:
                raise unknown_name("preset", preset, PRESETS)
            preset = PRESETS[preset]
        self.preset = preset
        self._backend = RDKitBackend(preset)

    @property
    def backend(self) -> str:
        return self._backend.name

    def __call__(self, smiles: Sequence[str]) -> Featurized:
        molecules, rejected = self._backend(smiles)
        return Featurized(molecules, rejected)
