"""From the words and numbers of a column to the labels 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from molgnn.chem.tables.classes import Classes, choose_classes, find_classes
from molgnn.chem.tables.options import LabelOptions
from molgnn.chem.tables.texts import TextCells

MAX_NUMBERS = 20
"""A column of more different numbers than this holds values, and no classes."""

Labels = Float[np.ndarray, " mols"]


def classes_named(
    labels: Labels, words: Mapping[str, int], options: LabelOptions
) -> Classes | None:
    """Return the classes that the user has named, of which a number may be one.

    Both are there, or the one that is there is a word: in a column of 0 and 1 the 1 alone is no
    reason to forget each 0.
    """
    numbers = np.unique(labels[~np.isnan(labels)])
    if not (options.positive or options.negative) or len(numbers) > MAX_NUMBERS:
        return None
    known = [*words, *(f"{number:g}" for number in numbers)]
    classes = choose_classes(known, options.positive, options.negative)
    if classes is None:
        return None
    has_words = not (classes.positive | classes.negative).isdisjoint(words)
    return classes if has_words or (classes.positive and classes.negative) else None


def classes_known(labels: Labels, words: Mapping[str, int]) -> Classes | None:
    """Return the classes that everybody knows, if they are at least half of what the cells hold."""
    classes = find_classes(words)
    numbers = labels[~np.isnan(labels)]
    if classes is None or not np.isin(numbers, (0, 1)).all():
        return None
    is_half = not (classes.positive and classes.negative)
    if is_half and any(classes.label_of(word) is None for word in words):
        return None  # the other class may be any of these words
    n_known = sum(n for word, n in words.items() if classes.label_of(word) is not None)
    return classes if 2 * n_known >= sum(words.values()) + len(numbers) else None


def relabel(
    labels: Labels, texts: TextCells, words: Mapping[str, int], classes: Classes, *, numbers: bool
) -> dict[str, int]:
    """Write the labels of words, and of *numbers* too, in their places.

    Returns
    -------
    dict
        What is neither class, and how often; nothing was measured there.
    """
    others: dict[str, int] = {}
    before = labels.copy()
    for number in np.unique(before[~np.isnan(before)]).tolist() if numbers else ():
        rows = before == number
        label = classes.label_of(f"{number:g}")
        labels[rows] = math.nan if label is None else label
        if label is None:
            others[f"{number:g}"] = int(rows.sum())
    for word, n in words.items():
        label = classes.label_of(word)
        if label is None:
            others[word] = n
        else:
            labels[texts.rows_of(word)] = label
    return others
