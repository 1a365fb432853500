"""Scaffold splits that can be repeated: one for each seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from molgnn.chem.scaffolds import group_by_scaffold
from molgnn.chem.splits.split import Fractions, Molecules, Split, collect, join_repeats, share_out


def split_balanced(
    smiles: Sequence[str],
    fractions: Fractions,
    seed: int,
    molecules: Molecules | None = None,
) -> Split:
    """Share scaffolds out at random, so that common and rare ones stand in every part.

    Notes
    -----
    Each scaffold goes whole to the part that has the most room left, those that would fill more
    than half of the validation or of the test part before the others: large ones stand in the
    training part, and where one has more molecules than that should have, the two others share
    what is left. The idea is chemprop's ``scaffold_balanced``; the splits are not the same.
    """
    groups = group_by_scaffold(smiles)
    joined = join_repeats(groups.rows, molecules)
    n_rows = sum(map(len, joined))
    n_half = min((share for share in fractions[1:] if share), default=0) * n_rows / 2
    order = np.random.default_rng(seed).permutation(len(joined))
    shuffled = [joined[i] for i in order]
    large_first = sorted(shuffled, key=lambda rows: -len(rows) if len(rows) > n_half else 0)
    parts = share_out(large_first, fractions)
    advice = "fix: a random split, since too few scaffolds are shared out"
    return collect(parts, groups.is_molecule, advice)
