"""Check a table and its split before training: duplicates, leaks, parts that lack a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from molgnn.chem.records import Rejected, Stage
from molgnn.chem.splits import Split, describe_counts, label_counts, one_class_parts
from molgnn.chem.tables import LabelledTable
from molgnn.chem.tables.column import MOSTLY
from molgnn.experiments.duplicates import describe_duplicates
from molgnn.experiments.exclusion import TableKeys
from molgnn.experiments.leakage import describe_leaks
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
from molgnn.tasks import TaskKind

MAX_NOTED_ROWS = 10
MIN_PART_SIZE = 20
MAX_CLASSES = 5


def check_table(
    table: LabelledTable,
    data: TrainingData,
    splits: Sequence[Split],
    keys: TableKeys,
    config: TrainingConfig,
) -> list[str]:
    """Say which columns and lines were not used, and where the parts of the split fall short."""
    columns = [f"column {name!r} is no task: {why}" for name, why in table.ignored_columns.items()]
    places = [table.place_of(row) for row in data.rows.tolist()]
    rejected = [row for row in data.rejected if row.stage is not Stage.EXCLUDE]
    unused = [describe_unused(table.place_of(row.row), row) for row in rejected[:MAX_NOTED_ROWS]]
    if (n_more := len(rejected) - MAX_NOTED_ROWS) > 0:
        unused.append(f"{n_more} more rows are not used: see split.csv")
    return [
        *table.notes,
        *columns,
        *_doubtful_tasks(table),
        *unused,
        *data.notes,
        *describe_duplicates(data.molecule_ids, data.labels, data.tasks, places),
        *_by_fold(splits, lambda split: describe_leaks(data, split, keys, config)),
        *_same_splits(splits),
        *_by_fold(splits, _tiny_parts),
        *_by_fold(splits, lambda split: _unmeasured_choice(data, split)),
        *_by_fold(splits, lambda split: one_class_parts(split, data.labels, data.tasks)),
        *_by_fold(splits, lambda split: _constant_tasks(data, split)),
    ]


def describe_unused(place: str, row: Rejected) -> str:
    """Say why the row at a place is not used, and what stands there, if anything does."""
    text = f" ({row.text[:40]})" if row.text.strip() else ""
    return f"{place} is not used: {row.reason}{text}"


def _doubtful_tasks(table: LabelledTable) -> list[str]:
    """Name the regressions that look like classes, or like an identifier."""
    sentences = []
    for i in table.tasks.where(TaskKind.REGRESSION):
        name, labels = table.tasks[i].name, table.labels[:, i]
        rows = np.flatnonzero(~np.isnan(labels))
        values, is_class = np.unique(labels[rows]), np.isin(labels[rows], (0, 1))
        if is_class.mean() >= MOSTLY:
            row = rows[int((~is_class).argmax())]
            sentences.append(
                f"{name} is regressed, since {table.place_of(int(row))} holds {labels[row]:g}, "
                f"though {is_class.sum()} of {len(rows)} labels are 0 or 1"
            )
        elif 1 < len(values) <= MAX_CLASSES < len(rows):
            written = ", ".join(f"{value:g}" for value in values)
            each = ", one_vs_rest=… of each" if len(values) > 2 else ""
            sentences.append(
                f"{name} is regressed, since it holds {written}; classes are 0 and 1; "
                f"positive=… and negative=… make them of two values{each}"
            )
        elif len(values) == len(rows) >= MIN_PART_SIZE and (values == values.round()).all():
            sentences.append(
                f"{name} is regressed, though all its values are different whole numbers, as those "
                "of an identifier are; tasks=… names the columns of labels"
            )
    return sentences


def describe_labels(data: TrainingData, splits: Sequence[Split]) -> list[str]:
    """Return a text table of the label counts of each fold."""
    return [
        (f"fold {i}, " if len(splits) > 1 else "")
        + describe_counts(label_counts(split, data.labels, data.tasks))
        for i, split in enumerate(splits)
    ]


def _by_fold(splits: Sequence[Split], describe: Callable[[Split], list[str]]) -> list[str]:
    """Describe each split, and name which one, if there are several."""
    if len(splits) == 1:
        return describe(splits[0])
    return [f"fold {i}: {text}" for i, split in enumerate(splits) for text in describe(split)]


def _same_splits(splits: Sequence[Split]) -> list[str]:
    """Say of repeats that they share out the molecules alike, since their split knows no seed."""
    distinct = {tuple(split.names()) for split in splits}
    if len(distinct) == len(splits):
        return []
    return [
        f"of the {len(splits)} splits only {len(distinct)} differ: the deviation of the metrics is "
        "mostly that of the seeds"
    ]


def _tiny_parts(split: Split) -> list[str]:
    """Say which parts are too small to mean anything."""
    return [
        f"the {part} part holds {n} molecule{'' if n == 1 else 's'}: its metrics mean little"
        for part, n in split.sizes().items()
        if part != "train" and 0 < n < MIN_PART_SIZE
    ]


def _unmeasured_choice(data: TrainingData, split: Split) -> list[str]:
    """Say that there is nothing to choose an epoch by."""
    if not np.isnan(data.labels[split.valid]).all():
        return []
    return ["nothing was measured in the valid part: the last epoch is kept, uncalibrated"]


def _constant_tasks(data: TrainingData, split: Split) -> list[str]:
    """Name the regressions without labels, or with one value only, in the training part."""
    sentences = []
    for i in data.tasks.where(TaskKind.REGRESSION):
        measured = data.labels[split.train, i]
        measured = measured[~np.isnan(measured)]
        name = data.tasks[i].name
        if not len(measured):
            sentences.append(f"{name}: nothing was measured in the train part")
        elif np.ptp(measured) == 0:
            sentences.append(f"{name}: the train part holds one value only, {measured[0]:g}")
    return sentences
