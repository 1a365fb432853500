"""Molecules as pictures."""

from __future__ import annotations

from typing import Any

from rdkit.Chem import MolFromSmiles
from rdkit.Chem.Draw import rdMolDraw2D


def draw_svg(smiles: str, width: int = 220, height: int = 150) -> str:
    """Return a molecule as the text of an SVG element, without a background.

    Parameters
    ----------
    smiles
        A valid molecule.
    width, height
        In pixels.
    """
    drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
    options: Any = drawer.drawOptions()
    options.clearBackground = False
    options.bondLineWidth = 1
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, MolFromSmiles(smiles))
    drawer.FinishDrawing()
    svg = str(drawer.GetDrawingText())
    return svg[svg.index("<svg") :]
