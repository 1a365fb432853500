"""Cross-validation: every molecule is tested once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from molgnn.chem.scaffolds import group_by_scaffold
from molgnn.chem.splits.split import (
    IsMolecule,
    Molecules,
    Split,
    collect,
    find_molecules,
    join_repeats,
    share_out,
)
from molgnn.errors import ConfigError, unknown_name


def k_folds(
    smiles: Sequence[str],
    k: int = 5,
    *,
    by: str = "scaffold",
    seed: int = 0,
    molecules: Molecules | None = None,
) -> list[Split]:
    """Return *k* splits whose test parts are the folds; the next fold is the validation part.

    Parameters
    ----------
    smiles
        The rows of the table; those that give no molecule are left out.
    k
        The number of folds, at least 3.
    by
        ``"scaffold"`` keeps molecules of one scaffold in one fold, ``"random"`` does not.
    seed
        Of the order in which groups of equal size are shared out.
    molecules
        A number for each row, the same for rows of the same molecule, which then stand together.

    Raises
    ------
    ConfigError
        If *k* is below 3.
    UnknownName
        If *by* is neither of the two.
    TableError
        If there are fewer groups than folds.
    """
    if k < 3:
        raise ConfigError(f"expected at least 3 folds (train, valid, test) but got {k}")
    if by not in FOLD_GROUPS:
        raise unknown_name("grouping of folds", by, FOLD_GROUPS)
    groups, is_molecule = FOLD_GROUPS[by](smiles)
    joined = join_repeats(groups, molecules)
    order = np.random.default_rng(seed).permutation(len(joined))
    largest_first = sorted((joined[i] for i in order), key=len, reverse=True)
    folds = share_out(largest_first, [1 / k] * k)
    fewer = "fix: " if k == 3 else f"fix: fewer folds than {k}, or "
    advice = f"{fewer}more molecules" + (", or the random split" if by == "scaffold" else "")
    splits = []
    for i in range(k):
        test, valid, *rest = folds[i:] + folds[:i]
        train = [row for fold in rest for row in fold]
        splits.append(collect((train, valid, test), is_molecule, advice))
    return splits


def _each_scaffold(smiles: Sequence[str]) -> tuple[list[list[int]], IsMolecule]:
    groups = group_by_scaffold(smiles)
    return groups.rows, groups.is_molecule


def _each_row(smiles: Sequence[str]) -> tuple[list[list[int]], IsMolecule]:
    is_molecule = find_molecules(smiles)
    return [[int(row)] for row in np.flatnonzero(is_molecule)], is_molecule


FOLD_GROUPS = {"scaffold": _each_scaffold, "random": _each_row}
