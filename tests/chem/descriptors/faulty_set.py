"""A feature set with faults, in a module that spawned processes can import."""

from __future__ import annotations

import os
import time

import numpy as np
from rdkit import Chem

from molgnn.chem.descriptors.base import FeatureSet, Kind


class Faulty(FeatureSet):
    """Counts atoms; xenon ends the process, krypton takes long, and neon raises."""

    @property
    def columns(self) -> tuple[str, ...]:
        return ("atoms",)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return (Kind.COUNT,)

    def compute(self, mol: Chem.Mol) -> np.ndarray:
        symbols = {atom.GetSymbol() for atom in mol.GetAtoms()}
        if "Xe" in symbols:
            os._exit(3)
        if "Kr" in symbols:
            time.sleep(60)
        if "Ne" in symbols:
            raise ValueError("neon")
        return np.float32([mol.GetNumAtoms()])


def load_with_faults():
    """Return what a worker does, with the set called faulty among those known."""
    from molgnn.chem.descriptors.compute import load_computing
    from molgnn.chem.descriptors.registry import FEATURE_SETS

    FEATURE_SETS["faulty"] = Faulty
    return load_computing()
