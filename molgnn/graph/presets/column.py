"""A preset is data: which integer properties are read, and what each value means to a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, NoReturn

import numpy as np
from jaxtyping import Float32, Integer, UInt8

from molgnn.errors import ConfigError


@dataclass(frozen=True)
class Column:
    """One property of an atom or bond, kept as its position in a vocabulary: the *code*.

    Parameters
    ----------
    name
        The raw property, one of those that `molgnn.graph.backends.rdkit` lists.
    vocabulary
        The values that have a code of their own, which is their position here.
    kind
        ``"one-hot"``: each value switches on an entry of its own. ``"number"``: the value is
        a magnitude, and fills a single entry.
    has_unknown
        Whether a one-hot column has an entry for any value outside the vocabulary. Without it,
        such a value switches on nothing.
    values
        For a number, what each code contributes where that is not the vocabulary itself: a
        mass for each atomic number, say.

    Notes
    -----
    A one-hot column has one code more than its vocabulary, for all other values. A number has
    not: a value outside its vocabulary takes the nearest one.
    """

    name: str
    vocabulary: tuple[int, ...]
    kind: Literal["one-hot", "number"] = "one-hot"
    has_unknown: bool = False
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        is_number = self.kind == "number"
        if not self.vocabulary or self.n_codes > 256:
            self._refuse("1 to 256 codes", f"{len(self.vocabulary)} words", "codes are bytes")
        if len(set(self.vocabulary)) < len(self.vocabulary):
            self._refuse("each word once", "a repeated one", "leave it out")
        if self.values and not (is_number and len(self.values) == len(self.vocabulary)):
            self._refuse("values for numbers alone, one per word", f"{self.values}", "drop them")
        if self.has_unknown and is_number:
            self._refuse("has_unknown for one-hots alone", "a number", "drop it")

    def _refuse(self, expected: str, got: str, fix: str) -> NoReturn:
        raise ConfigError(f"column {self.name!r}: expected {expected} but got {got}; fix: {fix}")

    @property
    def n_codes(self) -> int:
        """How many codes there are; they are 0 … ``n_codes - 1``."""
        return len(self.vocabulary) + (self.kind == "one-hot")

    @property
    def width(self) -> int:
        """How many entries of the feature vector the column fills."""
        return 1 if self.kind == "number" else len(self.vocabulary) + self.has_unknown

    @cached_property
    def expansion(self) -> Float32[np.ndarray, "codes width"]:
        """What each code contributes to the feature vector."""
        if self.kind == "number":
            return np.array(self.values or self.vocabulary, dtype=np.float32)[:, None]
        return np.eye(self.n_codes, self.width, dtype=np.float32)

    @cached_property
    def _table(self) -> UInt8[np.ndarray, " values"]:
        """The code of each value in the vocabulary's range and of the first ones beyond it."""
        values = np.arange(min(self.vocabulary) - 1, max(self.vocabulary) + 2)
        distances = np.abs(values[:, None] - np.array(self.vocabulary))
        codes: UInt8[np.ndarray, " values"] = distances.argmin(axis=1).astype(np.uint8)
        if self.kind == "one-hot":
            codes[distances.min(axis=1) > 0] = len(self.vocabulary)
        return codes

    def encode(self, raw: Integer[np.ndarray, " n"]) -> UInt8[np.ndarray, " n"]:
        """Return the code of each raw value."""
        return self._table.take(raw - (min(self.vocabulary) - 1), mode="clip")


@dataclass(frozen=True)
class Preset:
    """The columns of atoms and of bonds, complete enough to outlive a change of the registry.

    Parameters
    ----------
    name
        The key in `PRESETS`, or any other name for a table of one's own.
    atoms, bonds
        The columns, in the order of the codes and of the feature vector.
    """

    name: str
    atoms: tuple[Column, ...]
    bonds: tuple[Column, ...]

    @property
    def atom_dim(self) -> int:
        """The length of an atom's feature vector."""
        return sum(column.width for column in self.atoms)

    @property
    def bond_dim(self) -> int:
        """The length of a bond's feature vector."""
        return sum(column.width for column in self.bonds)

    def to_json(self) -> dict[str, Any]:
        """Return the whole table as plain lists and dictionaries."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Preset:
        """Rebuild what `to_json` gave, also after a trip through JSON text."""
        return cls(record["name"], _columns(record["atoms"]), _columns(record["bonds"]))


def expand(
    codes: UInt8[np.ndarray, "n columns"], columns: Sequence[Column]
) -> Float32[np.ndarray, "n dim"]:
    """Write codes out as the float feature vectors that other toolkits use."""
    parts = [column.expansion[codes[:, i]] for i, column in enumerate(columns)]
    return np.concatenate(parts, axis=1)


def _columns(records: Sequence[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(
        Column(
            **{
                **record,
                "vocabulary": tuple(record["vocabulary"]),
                "values": tuple(record["values"]),
            }
        )
        for record in records
    )
