"""The split that flatters: near neighbours of the training molecules stand in the test part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from molgnn.chem.splits.split import (
    Fractions,
    Molecules,
    Split,
    collect,
    fill,
    find_molecules,
    join_repeats,
)


def split_at_random(
    smiles: Sequence[str],
    fractions: Fractions,
    seed: int,
    molecules: Molecules | None = None,
) -> Split:
    """Shuffle the molecules; right only where new molecules will be like those of the table."""
    is_molecule = find_molecules(smiles)
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(is_molecule))
    parts = fill(join_repeats([[int(row)] for row in rows], molecules), fractions)
    return collect(parts, is_molecule, "fix: more molecules, or other fractions")
