"""Splits by name: a new one is one file here and one line in `SPLITS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from molgnn.chem.splits.balanced import split_balanced
from molgnn.chem.splits.column import part_named, split_by_column
from molgnn.chem.splits.counts import describe_counts, label_counts, one_class_parts
from molgnn.chem.splits.folds import FOLD_GROUPS, k_folds
from molgnn.chem.splits.random import split_at_random
from molgnn.chem.splits.scaffold import split_by_scaffold
from molgnn.chem.splits.split import PARTS, Fractions, Molecules, Split, check_fractions
from molgnn.errors import unknown_name

__all__ = [
    "FOLD_GROUPS",
    "PARTS",
    "SPLITS",
    "Split",
    "SplitRule",
    "describe_counts",
    "k_folds",
    "label_counts",
    "make_split",
    "one_class_parts",
    "part_named",
    "split_by_column",
]

Splitter = Callable[[Sequence[str], Fractions, int, Molecules | None], Split]


class SplitRule(NamedTuple):
    """How a table is split, and how into folds.

    Parameters
    ----------
    split
        From SMILES, fractions, seed and molecules to the parts.
    folds_by
        What the folds of a cross-validation keep together, one of `FOLD_GROUPS`; empty if the rule
        makes no folds.
    """

    split: Splitter
    folds_by: str = ""


SPLITS: dict[str, SplitRule] = {
    "random": SplitRule(split_at_random, folds_by="random"),
    "scaffold": SplitRule(split_by_scaffold, folds_by="scaffold"),
    "balanced": SplitRule(split_balanced, folds_by="scaffold"),
}


def make_split(
    name: str,
    smiles: Sequence[str],
    *,
    fractions: Sequence[float] = (0.8, 0.1, 0.1),
    seed: int = 0,
    molecules: Molecules | None = None,
) -> Split:
    """Split the rows of a table by the rule called *name*.

    Parameters
    ----------
    name
        A key of `SPLITS`: random, scaffold or balanced.
    smiles
        The rows of the table; those that give no molecule are left out.
    fractions
        Of the molecules, for train, valid and test.
    seed
        The same seed gives the same split.
    molecules
        A number for each row, the same for rows of the same molecule: these then stand in the same
        part, other than by the published rule ``"scaffold"``, which knows scaffolds alone.

    Raises
    ------
    UnknownName
        If no rule has that name.
    ConfigError
        If the fractions do not add up to 1.
    TableError
        If there are too few molecules, or scaffolds, to train and to validate on.
    """
    if name not in SPLITS:
        raise unknown_name("split", name, SPLITS)
    return SPLITS[name].split(smiles, check_fractions(fractions), seed, molecules)
