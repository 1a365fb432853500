"""SMILES without what says nothing of the molecule: atom maps and the drawing in a CXSMILES."""

from __future__ import annotations

import re

_ATOM_MAP = re.compile(r":\d+\]")
_DRAWING = re.compile(
    r"\((?:-?[\d.]*(?:e-?\d+)?[,;]?)*\)"  # the coordinates of the atoms
    r"|w[UD]:\d+\.\d+(?:,\d+\.\d+)*"  # the wedged bonds
)
_LOST_COMMAS = re.compile(r"^,+|,+(?=,|\|$)")


def without_annotations(smiles: str) -> str:
    """Return the SMILES with ``[CH3:1]`` as ``[CH3]``, and its extension without coordinates.

    RDKit takes atom maps for a difference between atoms: ``[CH3:1][C@H:2]([CH3:3])O`` would have a
    stereocentre, which propan-2-ol has not. Wedged bonds of a CXSMILES repeat what its SMILES says
    of stereocentres, but make RDKit forget the configuration of double bonds beside them.
    """
    if ":" in smiles:
        smiles = _ATOM_MAP.sub("]", smiles)
    if "|" in smiles:
        text, bar, extension = smiles.partition("|")
        smiles = text + bar + _LOST_COMMAS.sub("", _DRAWING.sub("", extension))
    return smiles
