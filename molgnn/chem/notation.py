"""SMILES less what tells nothing of the molecule, and what RDKit is known to misread."""

from __future__ import annotations

import re

_ATOM_MAP = re.compile(r":\d+\]")
_DRAWING = re.compile(
    r"\((?:-?[\d.]*(?:e-?\d+)?[,;]?)*\)"  # the coordinates of the atoms
    r"|w[UD]:\d+\.\d+(?:,\d+\.\d+)*"  # the wedged bonds
)
_LOST_COMMAS = re.compile(r"^,+|,+(?=,|\|$)")

_LEADING_HYDROGEN = re.compile(r"(?:^|(?<=\.))\[H\]([/\\])(C(?:\d|%\d\d)+)(?==)")


def plain_smiles(smiles: str) -> str:
    r"""Return a SMILES that RDKit reads as the molecule that is meant.

    - ``[CH3:1]`` becomes ``[CH3]``. RDKit takes atom maps for a difference between atoms:
      ``[CH3:1][C@H:2]([CH3:3])O`` would have a stereocentre, which propan-2-ol has not.
    - Coordinates and wedged bonds of a CXSMILES are left out. They repeat what its SMILES says of
      stereocentres, but make RDKit forget the configuration of double bonds beside them.
    - ``[H]/C1=`` becomes ``C1(\[H])=``, whose configuration RDKit 2026.3 reads the wrong way round.
    """
    if ":" in smiles:
        smiles = _ATOM_MAP.sub("]", smiles)
    if "|" in smiles:
        text, bar, extension = smiles.partition("|")
        smiles = text + bar + _LOST_COMMAS.sub("", _DRAWING.sub("", extension))
    if smiles.startswith("[H]") or ".[H]" in smiles:
        smiles = _LEADING_HYDROGEN.sub(_behind_its_atom, smiles)
    return smiles


def _behind_its_atom(match: re.Match[str]) -> str:
    bond, atom = match.groups()
    reverse = {"/": "\\", "\\": "/"}[bond]
    return f"{atom}({reverse}[H])"
