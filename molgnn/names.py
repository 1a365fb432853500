"""Unique names for the columns of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence


def unique_name(name: str, taken: Iterable[str], *, prefix: str = "", suffix: str = "") -> str:
    """Return *name*, with *prefix* and *suffix* added as often as it takes to be a new one."""
    names = set(taken)
    while name in names:
        name = f"{prefix}{name}{suffix}"
    return name


def unique_names(wanted: Iterable[str], taken: Iterable[str], *, suffix: str) -> list[str]:
    """Return the *wanted* names, each with *suffix* as often as makes it new among all."""
    known, names = set(taken), []
    for name in wanted:
        names.append(unique_name(name, known, suffix=suffix))
        known.add(names[-1])
    return names


def number_repeats(names: Iterable[str]) -> list[str]:
    """Return the names, a second *a* being called *a_2*, and an empty third one *column_3*."""
    taken: list[str] = []
    for place, name in enumerate(names, 1):
        name = unique = name or f"column_{place}"
        again = 2
        while unique in taken:
            unique, again = f"{name}_{again}", again + 1
        taken.append(unique)
    return taken


def count_repeats(names: Sequence[str]) -> list[tuple[str, int]]:
    """Return each name with how often it stood there before; a table may have it twice."""
    seen: Counter[str] = Counter()
    keys = []
    for name in names:
        keys.append((name, seen[name]))
        seen[name] += 1
    return keys
