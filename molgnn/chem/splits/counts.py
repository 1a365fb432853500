"""Label counts: positives, negatives and gaps of every task in each part of a split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from molgnn.chem.splits.split import PARTS, Split
from molgnn.tasks import Tasks

MOST_SHOWN = 30

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


def describe_counts(counts: pd.DataFrame) -> str:
    """Return the counts as a table of text: a line per task, a column per part.

    A cell holds positives/negatives, or how many values were measured, and the gaps in brackets.
    Of more than 30 tasks, those with the fewest measured labels in the training part are shown.

    Parameters
    ----------
    counts
        What `label_counts` returned.
    """
    measured = counts["measured"].unstack("part")["train"]
    names = counts.index.unique("task")
    if len(names) > MOST_SHOWN:
        names = measured.sort_values(kind="stable").index[:MOST_SHOWN]
    rows = [["task", *PARTS]]
    rows += [[name, *(describe_cell(counts.loc[(name, part)]) for part in PARTS)] for name in names]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join([name.ljust(widths[0]), *map(str.rjust, cells, widths[1:])])
        for name, *cells in rows
    ]
    n_hidden = len(measured) - len(names)
    more = [f"… and {n_hidden} tasks with more labels than these"] if n_hidden else []
    return "\n".join(["positives/negatives, or values, (gaps):", *lines, *more])


def describe_cell(counts: pd.Series[int]) -> str:
    """Return the counts of one task in one part, as in `describe_counts`."""
    import pandas as pd

    if pd.isna(counts["positives"]):
        return f"{counts['measured']} ({counts['missing']})"
    return f"{counts['positives']}/{counts['negatives']} ({counts['missing']})"


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
