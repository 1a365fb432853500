"""Which rows of a library are written: all, those that match, or the best of them."""

from __future__ import annotations

from dataclasses import dataclass

from molgnn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for; without anything, every row, the rejected ones too.

    Parameters
    ----------
    where
        A condition, as `molgnn.screening.expression.parse_condition` reads it. A row without
        scores never matches.
    top
        How many rows at most: those with the largest numbers *by*, the largest first. Of equal
        ones, those that stand first in the library.
    by
        A number, as `molgnn.screening.expression.parse_number` reads it.
    ascending
        Whether the smallest are the best.

    Raises
    ------
    ConfigError
        If *top* is below 1, or is given without *by*, or *by* without it.
    """

    where: str | None = None
    top: int | None = None
    by: str | None = None
    ascending: bool = False

    def __post_init__(self) -> None:
        if self.top is not None and self.top < 1:
            raise ConfigError(f"expected top=… of at least 1 but got {self.top}")
        if self.top is not None and self.by is None:
            raise ConfigError(
                f"expected by what the top {self.top} are chosen but got nothing; fix: name "
                "a task, or mean, max or min, with by=…"
            )
        if self.top is None and (self.by is not None or self.ascending):
            raise ConfigError(
                "expected how many of the best are wanted but got only what makes them so; "
                "fix: give a number with top=…"
            )
