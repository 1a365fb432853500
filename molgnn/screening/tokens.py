"""Split an expression into words that Python can parse: columns, numbers, operators, texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from molgnn.errors import ConfigError, unknown_name
from molgnn.predictor.annotators import ANNOTATORS

COLUMN, QUOTED = "column_", "quoted"
"""How Python reads a column's name, with its number behind, and a text in quotation marks."""

FUNCTIONS = ("mean", "max", "min")

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])"
_KEYWORD = rf"(?:and|or|not|{'|'.join(FUNCTIONS)})(?!\w)"
_TRUTH = r"(?:true|True|TRUE|false|False|FALSE)(?![\w.])"
_WORDS = "a column, a number or one of + - * / < <= > >= == != ( ) and or not mean max min"
_MEANT = {"=": "==", "&": "and", "|": "or", "!": "not"}
"""What stands for the same in other languages, and how it is written here."""


class Token(NamedTuple):
    """A word of the text, as Python shall read it, and where it stands."""

    code: str
    start: int
    end: int
    quoted: str = ""


def tokenize(text: str, names: Sequence[str]) -> Iterator[Token]:
    """Yield the words of *text*, in which the columns are called ``column_0`` and so on.

    Raises
    ------
    ConfigError, UnknownName
        If a word is none of an expression, or names no column.
    """
    places = {name: place for place, name in enumerate(names)}
    for match in _pattern(names).finditer(text):
        code, quoted = match[0], match["quoted"]
        if match["stray"]:
            raise _stray(text, code, match.start() + 1)
        name = code if quoted is None else quoted
        if match["code"]:
            yield Token(code, match.start(), match.end())
        elif match["truth"]:
            yield Token(code.title(), match.start(), match.end())
        elif name in places:
            yield Token(f"{COLUMN}{places[name]}", match.start(), match.end())
        elif quoted is not None and match["quote"] != "`":
            yield Token(QUOTED, match.start(), match.end(), quoted)
        else:
            raise unknown_column(text, name, names)


def misfit(text: str, expected: str, got: str, fix: str = "") -> ConfigError:
    """Say what an expression should hold and what stands there instead."""
    return ConfigError(f"{text!r}: expected {expected} but got {got}{fix and f'; fix: {fix}'}")


def unknown_column(text: str, name: str, names: Sequence[str]) -> ConfigError:
    """Say that an expression names no column: one that can be added, or none at all."""
    of_task, _, added = name.rpartition("_")
    is_there = any(known == added or known.endswith(f"_{added}") for known in names)
    if added in ANNOTATORS and of_task in ("", *names) and not is_there:
        return misfit(
            text, "a column", f"{name!r}, which is not added", f"add it with add=… {added}"
        )
    return ConfigError(f"{text!r}: {unknown_name('column', name, names)}")


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    """Return what matches a word; of the columns, the longest name that fits."""
    bare = [
        name
        for name in names
        if re.match(r"\w", name) and not re.fullmatch(rf"{_NUMBER}|{_KEYWORD}", name)
    ]
    known = "|".join(
        re.escape(name) + (r"(?!\w)" if re.match(r"\w", name[-1:]) else "")
        for name in sorted(bare, key=len, reverse=True)
    )
    return re.compile(
        rf"(?P<bare>{known or '(?!)'})|(?P<code>{_NUMBER}|{_KEYWORD}|[<>=!]=|[-+*/<>(),])"
        rf"|(?P<truth>{_TRUTH})"
        r"|(?P<quote>[`'\"])(?P<quoted>.*?)(?P=quote)|(?P<unknown>[^\W\d][\w.-]*)|(?P<stray>\S)"
    )


def _stray(text: str, character: str, place: int) -> ConfigError:
    got = f"{character!r} at character {place}"
    if meant := _MEANT.get(character):
        return misfit(text, f"{meant}", got, f"write {meant}")
    return misfit(text, _WORDS, got)
