"""Count test molecules that are in the training part in another form; describe what to do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from molgnn.chem.splits import Split
from molgnn.experiments.exclusion import TableKeys
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
from molgnn.predictor.leakage import OTHER_FORMS, ExcludedFile, Leakage, SplitLeakage


def find_leakage(
    data: TrainingData,
    splits: Sequence[Split],
    keys: TableKeys,
    config: TrainingConfig,
    excluded: tuple[ExcludedFile, ...],
) -> Leakage:
    """Return the leakage statement of a model that is trained on these splits."""
    names = [f"fold {i}" for i in range(len(splits))] if len(splits) > 1 else [config.split]
    return Leakage(
        excluded=excluded,
        splits=tuple(
            SplitLeakage(
                split=name,
                test_molecules=len(split.test),
                in_training=_count_test(data, split, keys),
            )
            for name, split in zip(names, splits, strict=True)
        ),
    )


def describe_leaks(
    data: TrainingData, split: Split, keys: TableKeys, config: TrainingConfig
) -> list[str]:
    """Say how many molecules stand in two parts of a split, and how to part them."""
    n_valid = keys.count_shared(data.rows[split.valid], data.rows[split.train])
    n_test = _count_test(data, split, keys)
    sentences = []
    if n_valid:
        sentences.append(
            f"{n_valid} of {len(split.valid)} valid molecules are in the training part, too "
            f"{OTHER_FORMS}, which flatters the choice of the epoch"
        )
    if n_test:
        sentences.append(
            f"{n_test} of {len(split.test)} test molecules are in the training or validation "
            f"part, too {OTHER_FORMS}, which flatters the test metrics; {_remedy(config)}"
        )
    return sentences


def _count_test(data: TrainingData, split: Split, keys: TableKeys) -> int:
    """Count the test molecules that are in the training or the validation part."""
    return keys.count_shared(data.rows[split.test], data.rows[np.r_[split.train, split.valid]])


def _remedy(config: TrainingConfig) -> str:
    if config.split_column is not None:
        return "exclude=… with a file of the test molecules leaves these rows out of training"
    return "split=… balanced keeps most forms of a molecule in one part"
