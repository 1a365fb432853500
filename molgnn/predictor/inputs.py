"""What a model takes as molecules: SMILES, RDKit molecules, a single one or any number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from molgnn.errors import ConfigError


def as_texts(molecules: Any) -> list[str]:
    """Return the SMILES of what `Predictor.predict` takes, empty for what is no molecule.

    Raises
    ------
    ConfigError
        If a whole table is given.
    """
    if isinstance(molecules, Mapping) or hasattr(molecules, "columns"):
        raise ConfigError("expected a column but got a table; fix: predict(df['smiles'])")
    if isinstance(molecules, str) or hasattr(molecules, "GetNumAtoms"):
        molecules = [molecules]
    return [_as_text(molecule) for molecule in molecules]


def _as_text(molecule: Any) -> str:
    if isinstance(molecule, str):
        return molecule
    if hasattr(molecule, "GetNumAtoms"):
        from rdkit.Chem import MolToSmiles, RemoveHs

        return str(MolToSmiles(RemoveHs(molecule, sanitize=False)))
    from pandas import isna

    return "" if isna(molecule) is True else str(molecule)
