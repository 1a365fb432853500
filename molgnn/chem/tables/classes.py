"""Words that are classes: True and False, Active and Inactive, or those that a user names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

PAIRS = {
    "true": "false",
    "t": "f",
    "yes": "no",
    "y": "n",
    "active": "inactive",
    "positive": "negative",
    "pos": "neg",
    "present": "absent",
    "pass": "fail",
    "hit": "inactive",
    "toxic": "safe",
}
"""The positive class and the negative one, as `normalize` gives them."""

_NEGATIONS = ("non", "not", "no", "in", "im", "un")


@dataclass(frozen=True)
class Classes:
    """Which words of a column are its classes.

    Parameters
    ----------
    positive, negative
        The words, as they stand in the column.
    """

    positive: frozenset[str]
    negative: frozenset[str]

    def label_of(self, word: str) -> float | None:
        """Return 1 or 0, or None for a word that is neither class."""
        return 1.0 if word in self.positive else 0.0 if word in self.negative else None

    def describe(self) -> str:
        """Return which word is which class."""
        sides = ((self.positive, 1), (self.negative, 0))
        return ", ".join(
            f"{' or '.join(map(repr, sorted(words)))} is {label}" for words, label in sides if words
        )


def normalize(word: str) -> str:
    """Return a word without its case, blanks and hyphens: ``Non-Toxic`` and ``nontoxic``."""
    text = re.sub(r"[\s_]+|(?<=\w)-", "", word.casefold())
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def find_classes(words: Collection[str]) -> Classes | None:
    """Return the classes among the words of a column that are known to be such.

    A word and its negation are, whatever the word: ``mutagenic`` and ``non-mutagenic``.
    """
    by_name: dict[str, set[str]] = {}
    for word in words:
        by_name.setdefault(normalize(word), set()).add(word)
    positive: set[str] = set()
    negative: set[str] = set()
    for name, spellings in by_name.items():
        negations = {f"{prefix}{name}" for prefix in _NEGATIONS} & {*by_name}
        if name in PAIRS or negations:
            positive |= spellings
        if name in PAIRS.values():
            negative |= spellings
        for negation in negations:
            negative |= by_name[negation]
    positive -= negative
    return Classes(frozenset(positive), frozenset(negative)) if positive or negative else None


def choose_classes(
    words: Collection[str], positive: Iterable[str], negative: Iterable[str]
) -> Classes | None:
    """Return the classes among the words that the user named; None if none of them is there.

    Where one side alone was named, the other one is the word that is known to be its opposite, or
    the only other word that there is; otherwise it is empty.
    """
    wanted = {*map(normalize, positive)}, {*map(normalize, negative)}
    sides = [frozenset(word for word in words if normalize(word) in names) for names in wanted]
    if not any(sides):
        return None
    if all(wanted):
        return Classes(*sides)
    named, known = sides[0] or sides[1], find_classes(words)
    other = frozenset(words) - named
    if known and named <= known.positive:
        other = known.negative
    elif known and named <= known.negative:
        other = known.positive
    elif len({*map(normalize, other)}) != 1:
        other = frozenset()
    return Classes(named, other) if sides[0] else Classes(other, named)


def describe_counts(counts: Mapping[str, int]) -> str:
    """Return the most frequent words with their numbers."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{word!r} ({n})" for word, n in ranked[:3])
    return shown + (f" and {len(ranked) - 3} more" if len(ranked) > 3 else "")
