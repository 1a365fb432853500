"""Hyperparameter search spaces: plain data, in the file of the part that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values."""

    values: tuple[str | int | float | bool, ...]

    @property
    def corners(self) -> tuple[str | int | float | bool, ...]:
        """All of them."""
        return self.values


@dataclass(frozen=True, slots=True)
class IntRange:
    """A whole number, both ends included."""

    low: int
    high: int

    @property
    def corners(self) -> tuple[int, int]:
        """The two ends."""
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class FloatRange:
    """A number; with *log*, its magnitude is what is varied evenly."""

    low: float
    high: float
    log: bool = False

    @property
    def corners(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high


Dimension = Choice | IntRange | FloatRange
SearchSpace = dict[str, Dimension]
