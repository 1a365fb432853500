"""Cross-validation folds, repeats and ensemble members: which network trains on which molecules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from molgnn.chem.splits import SPLITS, Split, k_folds, make_split, split_by_column
from molgnn.chem.tables import LabelledTable
from molgnn.errors import unknown_name
from molgnn.experiments.exclusion import smiles_to_split
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData


@dataclass(frozen=True)
class Fold:
    """One way to split the molecules, and the networks that are trained on it.

    Parameters
    ----------
    split
        Which molecules are for training, validation and test.
    seeds
        One per member; they predict together.
    """

    split: Split
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Member:
    """One member of the model that is to be trained: a network, or trees.

    Parameters
    ----------
    number
        From 0, through all folds.
    fold
        Which fold it belongs to.
    split
        That fold's.
    part
        Which kind it is of, as a recipe lists them.
    seed
        Of its first weights, its batches and its dropout; of trees, of what each may see.
    """

    number: int
    fold: int
    split: Split
    part: int
    seed: int


def make_folds(
    data: TrainingData, table: LabelledTable, config: TrainingConfig, n_members: int
) -> tuple[Fold, ...]:
    """Return the folds of the settings: one, those of a cross-validation, or repeats of either.

    Each has seeds for so many members.

    Raises
    ------
    UnknownName
        If there is no such split, or none into folds.
    TableError
        If a fold has nothing to train or to validate on.
    """
    molecules = -1 - np.arange(len(table))  # a row that shows none is like no other
    molecules[data.rows] = data.molecule_ids
    smiles = smiles_to_split(data, table)
    splits = [
        split.among(data.rows)
        for repeat in range(config.repeats)
        for split in _splits(smiles, table.split_values, molecules, config, config.seed + repeat)
    ]
    if data.rejected:  # by the clean-up, too, of which the split knew nothing
        first = data.rejected[0]
        advice = (
            f"fix: mend the {len(data.rejected)} rows that were rejected, the first of them "
            f"{table.place_of(first.row)} ({first.reason})"
        )
        for split in splits:
            split.check_trainable(advice)
    n, seed = n_members, config.seed
    return tuple(
        Fold(split, tuple(range(seed + i * n, seed + (i + 1) * n)))
        for i, split in enumerate(splits)
    )


def members_of(folds: Sequence[Fold], counts: Sequence[int]) -> list[Member]:
    """Return all members that are to be trained, in order: in each fold so many of every part."""
    parts = [part for part, count in enumerate(counts) for _ in range(count)]
    members: list[Member] = []
    for i, fold in enumerate(folds):
        for part, seed in zip(parts, fold.seeds, strict=True):
            members.append(Member(len(members), i, fold.split, part, seed))
    return members


def _splits(
    smiles: Sequence[str],
    split_values: Sequence[str],
    molecules: Int64[np.ndarray, " mols"],
    config: TrainingConfig,
    seed: int,
) -> list[Split]:
    """Split the table as it was given, so that published splits come out as published."""
    if config.folds is not None:
        folds_by = {name: rule.folds_by for name, rule in SPLITS.items() if rule.folds_by}
        if config.split not in folds_by:
            raise unknown_name("split into folds", config.split, folds_by)
        by = folds_by[config.split]
        return k_folds(smiles, config.folds, by=by, seed=seed, molecules=molecules)
    if config.split_column is not None:
        return [split_by_column(split_values, smiles)]
    split = make_split(
        config.split, smiles, fractions=config.fractions, seed=seed, molecules=molecules
    )
    return [split]
