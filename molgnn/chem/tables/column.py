"""A column of labels: numbers, or words that are classes."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

from molgnn.chem.reading import as_text
from molgnn.chem.tables.classes import describe_counts, normalize
from molgnn.chem.tables.headers import NAMES_ROWS
from molgnn.chem.tables.molecule_rows import MoleculeRows
from molgnn.chem.tables.numbers import is_either, is_label, split_censored
from molgnn.chem.tables.options import Censored, LabelOptions
from molgnn.chem.tables.relabel import classes_known, classes_named, relabel
from molgnn.chem.tables.texts import TextCells
from molgnn.tasks import TaskKind

MOSTLY = 0.9
"""From which share of numbers a column was meant to be one of labels."""

MAX_NAMED_CLASSES = 20
"""Of how many words it is said that they may be classes."""

_CENSORED_IS = {Censored.DROP: "not measured", Censored.BOUND: "taken as the bound"}


class LabelColumn:
    """The labels of a column, as far as it holds any.

    Parameters
    ----------
    name, index
        Its header and its place.
    options
        How its cells are read.
    must_be_classes
        Whether other numbers than 0 and 1 are taken for those of the rows.
    relation
        The place of the column that says ``>`` or ``<`` of its values, where there is one.

    Attributes
    ----------
    problem
        Why it holds no labels; empty if it does.
    fix
        What can be done about it.
    notes
        How it was read where it could have been read otherwise.
    is_as_named
        Whether it holds words that the user has named for classes.
    """

    def __init__(
        self,
        name: str,
        index: int,
        options: LabelOptions,
        *,
        must_be_classes: bool = False,
        relation: int | None = None,
    ) -> None:
        self.name, self.index, self.relation = name, index, relation
        self.problem = self.fix = ""
        self.notes: list[str] = []
        self.n_wrong = 0
        self.is_as_named = False
        self._options, self._parse = options, options.parse
        self._must_be_classes = must_be_classes
        self._cells, self._texts = array("f"), TextCells()
        self._n_censored, self._a_censored = 0, ""
        self._marks: dict[str, int] = {}

    def read(self, cell: Any) -> None:
        """Take up the next row's cell."""
        if cell is None or cell == "":
            self._cells.append(math.nan)
            return
        try:
            number = self._parse(cell)
        except (TypeError, ValueError):
            number = self._read_text(as_text(str(cell).strip()))
        else:
            if not is_label(number):
                number = self._read_text(str(cell).strip())
            elif self._options.allows_either and isinstance(cell, str):
                for mark in {*cell} & {",", "."}:
                    self._marks.setdefault(mark, len(self._cells))
        self._cells.append(number)

    def read_with_relation(self, cell: Any, relation: Any) -> None:
        """Take up the next row's cell, of which another one may say that it is a bound."""
        sign = "" if relation is None else str(relation).strip(" '\"=")
        is_value = cell is not None and cell != ""
        self.read(f"{sign}{cell}" if sign and is_value and split_censored(f"{sign}0") else cell)

    def read_aside(self, cell: Any) -> None:
        """Take up the cell of a row that has no SMILES; what is no number there is no fault."""
        try:
            number = self._parse(cell)
        except (TypeError, ValueError):
            number = math.nan
        self._cells.append(number if is_label(number) else math.nan)

    def _read_text(self, text: str) -> float:
        if self._options.is_gap(text):
            return math.nan
        bound = split_censored(text)
        if bound is not None:
            try:
                number = self._parse(bound)
            except ValueError:
                number = math.inf
            if is_label(number):
                self._n_censored += 1
                self._a_censored = self._a_censored or text
                if self._options.censored is not None:
                    return number if self._options.censored is Censored.BOUND else math.nan
        self._texts.add(len(self._cells), text)
        return math.nan

    @property
    def labels(self) -> Float[np.ndarray, " mols"]:
        """The labels, NaN for gaps."""
        return np.frombuffer(self._cells, dtype=np.float32)

    @property
    def is_meant(self) -> bool:
        """Whether few cells, or censored values, only keep it from being a column of labels."""
        n_labels = int(np.isfinite(self.labels).sum())
        if n_labels and self.n_wrong == self._n_censored > 0:
            return True
        return 0 < self.n_wrong <= (1 - MOSTLY) * (n_labels + self.n_wrong)

    def finish(self, molecules: MoleculeRows, place_of: Callable[[int], str]) -> None:
        """Find out whether the column holds labels; rows without a molecule have no say in it."""
        labels = self.labels
        values = np.flatnonzero(~np.isnan(labels) & ~np.isin(labels, (0, 1)))
        labels[molecules.before_first(values.tolist())] = math.nan
        words = self._texts.count(molecules)
        if self._texts.are_few:
            words = self._classify(words)
        self.n_wrong = sum(words.values()) if self._texts.are_few else self._texts.n_cells
        if self._n_censored and self._options.censored is not None:
            self.notes.append(
                f"{self.name}: {self._n_censored} censored value"
                f"{'s' if self._n_censored > 1 else ''} such as {self._a_censored!r} "
                f"{_CENSORED_IS[self._options.censored]}"
            )
        self._note_problem(words, molecules, place_of)

    def _classify(self, words: dict[str, int]) -> dict[str, int]:
        """Turn words that are classes into labels; return the words that no label is made of."""
        named = classes_named(self.labels, words, self._options)
        self.is_as_named = named is not None
        classes = named or classes_known(self.labels, words)
        if classes is None:
            return words
        is_half = not (classes.positive and classes.negative)
        if named and is_half and not (self._options.positive and self._options.negative):
            return words  # which of several words is the other class, nobody has said
        others = relabel(self.labels, self._texts, words, classes, numbers=named is not None)
        gaps = f"; not measured: {describe_counts(others)}" if others else ""
        if gaps or named or not {"true", "false"}.issuperset(map(normalize, words)):
            self.notes.append(f"{self.name}: {classes.describe()}{gaps}")
        return {}

    def _note_problem(
        self, words: dict[str, int], molecules: MoleculeRows, place_of: Callable[[int], str]
    ) -> None:
        if len(self._marks) == 2:
            places = " and ".join(place_of(row) for row in self._marks.values())
            self.problem = f"it has decimal commas and decimal points, in {places}"
            self.fix = "decimal=… says which is meant"
            self.n_wrong = 1
        elif self.n_wrong:
            row, text = self._texts.first(molecules)
            self.problem = f"{place_of(row)} holds {text!r}"
            self.fix = self._advise(text, words)
            if _is_number(text) and not is_either(text):
                self.problem += ", which is not finite"
        elif not molecules.are_any(np.flatnonzero(~np.isnan(self.labels)).tolist()):
            self.problem = "nothing in it was measured"
        elif self._must_be_classes and kind_of(self.labels) is not TaskKind.CLASSIFICATION:
            self.problem = NAMES_ROWS

    def _advise(self, text: str, words: dict[str, int]) -> str:
        if self.is_as_named:
            return "positive=… and negative=… name the words of both classes"
        if self._n_censored and self._options.censored is None:
            return "censored=… leaves censored values out, or takes their bounds"
        if is_either(text):
            return "decimal=… says whether a comma or a point is decimal"
        if {*words} <= {"+", "++", "+++"}:
            return "positive=… and negative=… make classes of + and -"
        if not self._texts.are_few or len(words) > MAX_NAMED_CLASSES:
            return ""
        if 1 < len(words) < sum(words.values()):
            each = ", one_vs_rest=… a task of each" if len(words) > 2 else ""
            return f"positive=… and negative=… make two classes of its {len(words)} words{each}"
        return ""


def kind_of(labels: Float[np.ndarray, " mols"]) -> TaskKind:
    """Return classification if all labels are 0 or 1, else regression."""
    measured = labels[~np.isnan(labels)]
    is_binary = bool(np.isin(measured, (0, 1)).all())
    return TaskKind.CLASSIFICATION if is_binary else TaskKind.REGRESSION


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
