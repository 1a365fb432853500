"""What each part of a split has to learn from, and to be judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from molgnn.chem.splits.split import PARTS, Split
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    import pandas as pd


def label_counts(
    split: Split, labels: Float[np.ndarray, "mols tasks"], tasks: Tasks
) -> pd.DataFrame:
    """Count the labels of every task in every part.

    Returns
    -------
    pandas.DataFrame
        Indexed by task and part; the columns are measured, positives, negatives and missing.
        A regression task has neither positives nor negatives: these cells are ``<NA>``.
    """
    import pandas as pd

    counts = []
    for i, task in enumerate(tasks):
        for part in PARTS:
            column = labels[getattr(split, part), i]
            n_missing = int(np.isnan(column).sum())
            n_positive = int((column == 1).sum()) if task.is_classification else None
            n_negative = int((column == 0).sum()) if task.is_classification else None
            counts.append((len(column) - n_missing, n_positive, n_negative, n_missing))
    index = pd.MultiIndex.from_product([tasks.names, PARTS], names=["task", "part"])
    columns = ["measured", "positives", "negatives", "missing"]
    return pd.DataFrame(counts, index=index, columns=columns, dtype="Int64")


def one_class_parts(
    split: Split, labels: Float[np.ndarray, "mols tasks"], tasks: Tasks
) -> list[str]:
    """Return a sentence for each part in which a classification task lacks one of its classes.

    Notes
    -----
    There the task's ROC-AUC is undefined; a model may still be trained on the other tasks.
    """
    sentences = []
    for i, task in enumerate(tasks):
        if not task.is_classification:
            continue
        for part, n_rows in split.sizes().items():
            column = labels[getattr(split, part), i]
            lacking = [
                word for word, label in (("positives", 1), ("negatives", 0)) if label not in column
            ]
            if n_rows and lacking:
                sentences.append(f"{task.name}: no {' and no '.join(lacking)} in the {part} part")
    return sentences
