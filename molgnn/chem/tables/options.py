"""How the cells of label columns are to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from molgnn.chem.tables.numbers import NumberParser, is_gap, with_comma, with_either, with_point
from molgnn.errors import ConfigError, unknown_name


class Censored(StrEnum):
    """What is made of a value such as ``>10``: nothing measured, or its bound."""

    DROP = "drop"
    BOUND = "bound"


@dataclass(frozen=True)
class LabelOptions:
    """How cells become labels.

    Parameters
    ----------
    parse
        From a cell to its number.
    allows_either
        Whether *parse* takes decimal points and commas, of which a column may have one kind.
    positive, negative
        Words that are 1 and 0.
    censored
        What is made of censored values; None refuses them.
    """

    parse: NumberParser = with_point
    allows_either: bool = False
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    censored: Censored | None = None

    def is_gap(self, text: str) -> bool:
        """Say whether a text means that nothing was measured, unless it is named as a class."""
        return is_gap(text) and text not in self.positive and text not in self.negative


def make_options(
    *,
    decimal: str | None,
    usual_decimal: str,
    positive: str | Sequence[str] | None,
    negative: str | Sequence[str] | None,
    censored: str | None,
) -> LabelOptions:
    """Check what the user asks for.

    Parameters
    ----------
    usual_decimal
        What stands before decimals in a file of this kind: ``","`` in a CSV with semicolons.

    Raises
    ------
    ConfigError
        If there is no such decimal mark, or a word is to be both classes.
    UnknownName
        If there is no such way with censored values.
    """
    if decimal not in (None, ".", ","):
        raise ConfigError(f"expected decimal=… to be '.' or ',' but got {decimal!r}")
    if censored is not None and censored not in tuple(Censored):
        raise unknown_name("way with censored values", censored, tuple(Censored))
    words = as_words(positive), as_words(negative)
    if both := {*words[0]} & {*words[1]}:
        raise ConfigError(
            f"expected different words in positive=… and negative=… but got {both.pop()!r} in both"
        )
    either = decimal is None and usual_decimal == ","
    parse = with_either if either else with_comma if decimal == "," else with_point
    return LabelOptions(parse, either, *words, Censored(censored) if censored else None)


def as_words(words: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return one word, several or none as a tuple."""
    return (words,) if isinstance(words, str) else tuple(words or ())
