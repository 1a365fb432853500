"""Compile an expression: Python parses it, and functions are built of listed kinds of node only."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from molgnn.chem.reading.cell_types import TEXT
from molgnn.errors import ConfigError
from molgnn.screening.operands import Operand, Reading, parse_date, tasks_of
from molgnn.screening.tokens import COLUMN, QUOTED, Token, misfit, tokenize, unknown_column


class Use(NamedTuple):
    """A column by its name, and what it is read as."""

    name: str
    reading: Reading


Evaluation = Callable[[Mapping[Use, Any]], Any]
"""From the cells of the columns in use to the result."""

_CONNECTIVES: dict[type[ast.boolop], np.ufunc] = {ast.And: np.logical_and, ast.Or: np.logical_or}
_COMPARISONS: dict[type[ast.cmpop], np.ufunc] = {
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
    ast.Eq: np.equal, ast.NotEq: np.not_equal,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], np.ufunc] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "mean": lambda *columns: reduce(np.add, columns) / len(columns),
    "max": lambda *columns: reduce(np.maximum, columns),
    "min": lambda *columns: reduce(np.minimum, columns),
}
"""One column after the other, so that a molecule's result is the same whatever stands beside it."""

_TRUTHS = ("true", "false")

_MAX_WORDS = 300
"""Of an expression: each may be a level of nesting, for which Python's stack has room."""


class Compiler:
    """Compiles one text over columns that are known by name."""

    def __init__(self, text: str, operands: Mapping[str, Operand]) -> None:
        self._text = text
        self._operands = operands
        self._names = list(operands)
        self._tokens = list(tokenize(text, self._names))
        self._used: dict[Use, Operand] = {}

    def compile(
        self, root: Callable[[Compiler, ast.expr], Evaluation]
    ) -> tuple[Evaluation, Mapping[Use, Operand]]:
        """Return the function, whose tree begins with a `condition` or a `number`, and its columns.

        Raises
        ------
        ConfigError
            If it makes no sense.
        """
        if len(self._tokens) > _MAX_WORDS:
            raise misfit(self._text, f"at most {_MAX_WORDS} words", f"{len(self._tokens)}")
        evaluate = root(self, self._tree())
        if not self._used:
            raise misfit(self._text, "a column", f"none; known: {', '.join(self._names)}")
        return evaluate, self._used

    def condition(self, node: ast.expr) -> Evaluation:
        """Build what is true or false."""
        match node:
            case ast.BoolOp(op, values):
                return _after(_reduced(_CONNECTIVES[type(op)]), *map(self.condition, values))
            case ast.UnaryOp(ast.Not(), operand):
                return _after(np.logical_not, self.condition(operand))
            case ast.Compare(left, ops, others) if all(type(op) in _COMPARISONS for op in ops):
                build = self._comparable(node)
                sides = [build(side) for side in (left, *others)]
                links = [
                    _after(_COMPARISONS[type(op)], *pair)
                    for op, pair in zip(ops, pairwise(sides), strict=True)
                ]
                return _after(_reduced(np.logical_and), *links)
        column = self._column(node)
        if column is not None and column.is_boolean:
            return _after(np.greater, self.number(node), lambda cells: 0.5)
        is_text = column is not None and Reading.TEXT in column.readings
        fix = f'compare it, {self._source(node)} == "…"' if is_text else ""
        raise self._unexpected("a condition, such as mean > 0.5,", node, fix)

    def number(self, node: ast.expr) -> Evaluation:
        """Build what can be calculated with."""
        match node:
            case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
                return _after(_ARITHMETIC[type(op)], self.number(left), self.number(right))
            case ast.UnaryOp(ast.USub(), operand):
                return _after(np.negative, self.number(operand))
            case ast.Call(ast.Name(name), [_, *_] as arguments, []) if name in _FUNCTIONS:
                return _after(_FUNCTIONS[name], *map(self.number, arguments))
            case ast.Name(name) if name in _FUNCTIONS:
                tasks = [self._use(task, Reading.NUMBER) for task in tasks_of(self._operands)]
                return _after(_FUNCTIONS[name], *tasks)
            case ast.Name() if column := self._named(node):
                readings = self._operands[column].readings
                if Reading.NUMBER in readings:
                    return self._use(column, Reading.NUMBER)
                raise self._no_number(node, readings)
            case ast.Name():
                raise unknown_column(self._text, self._quoted(node) or "", self._names)
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                return lambda cells: float(value)
        raise self._unexpected("a number", node)

    def _comparable(self, node: ast.Compare) -> Callable[[ast.expr], Evaluation]:
        """Return what builds the sides of a comparison: numbers, texts, dates or truths."""
        sides = [node.left, *node.comparators]
        is_equality = all(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        columns = [column for side in sides if (column := self._column(side)) is not None]
        texts = [text for side in sides if (text := self._quoted(side)) is not None]
        is_boolean = any(column.is_boolean for column in columns)
        if any(_is_truth(side) for side in sides) or (
            texts and is_boolean and all(text.lower() in _TRUTHS for text in texts)
        ):
            if not is_equality:
                raise self._unexpected("== or != beside true or false", node)
            return self._as_truth
        readings = [column.readings for column in columns]
        are_dates = texts and all(parse_date(text, columns) is not None for text in texts)
        if {Reading.DATE} in readings or (are_dates and columns and not is_equality):
            return lambda side: self._as_date(side, columns)
        are_texts = len(columns) == len(sides) and not all(Reading.NUMBER in r for r in readings)
        if is_equality and (texts or are_texts):
            return self._as_text
        if texts and any(Reading.TEXT in each for each in readings):
            fix = 'compare texts by == or !=, and write dates as "2024-01-31"'
            raise self._unexpected("a number, or an ISO date, beside < or >", node, fix)
        return self.number

    def _as_truth(self, node: ast.expr) -> Evaluation:
        """Build a side of a comparison with true or false."""
        if _is_truth(node):
            value = bool(node.value)
            return lambda cells: value
        if (quoted := self._quoted(node)) is not None:
            return self._as_truth(ast.Constant(quoted.lower() == "true"))
        column = self._column(node)
        if column is None or column.is_boolean:
            return self.condition(node)
        fix = f"compare it with a number, such as {self._source(node)} == 1"
        if column.column.dtype == TEXT:
            fix = f'compare it with the text of its cells, such as {self._source(node)} == "true"'
        raise self._unexpected("a column of booleans beside true or false", node, fix)

    def _as_date(self, node: ast.expr, columns: Sequence[Operand]) -> Evaluation:
        """Build a side of a comparison between dates."""
        if (quoted := self._quoted(node)) is not None:
            date = parse_date(quoted, columns)
            if date is not None:
                return lambda cells: date
        name = self._named(node)
        if name is None or Reading.DATE not in self._operands[name].readings:
            fix = 'write a date as "2024-01-31" or "2024-01-31 12:00", in quotation marks'
            raise self._unexpected("a date", node, fix)
        return self._use(name, Reading.DATE)

    def _as_text(self, node: ast.expr) -> Evaluation:
        """Build a side of a comparison between texts."""
        if (quoted := self._quoted(node)) is not None:
            constant = np.array(quoted, dtype=object)
            return lambda cells: constant
        name = self._named(node)
        if name is None or Reading.TEXT not in self._operands[name].readings:
            raise self._unexpected("a column of text to compare with a text", node)
        return self._use(name, Reading.TEXT)

    def _use(self, name: str, reading: Reading) -> Evaluation:
        use = Use(name, reading)
        self._used[use] = self._operands[name]
        return lambda cells: cells[use]

    def _column(self, node: ast.expr) -> Operand | None:
        """Return the column that a node stands for, if it does."""
        name = self._named(node)
        return None if name is None else self._operands[name]

    def _named(self, node: ast.expr) -> str | None:
        """Return the name of the column that a node stands for, if it does."""
        if isinstance(node, ast.Name) and node.id.startswith(COLUMN):
            return self._names[int(node.id.removeprefix(COLUMN))]
        return None

    def _quoted(self, node: ast.expr) -> str | None:
        """Return the text that a node stands for, if it does."""
        if isinstance(node, ast.Name) and node.id == QUOTED:
            return self._token_at(node.col_offset).quoted
        return None

    def _tree(self) -> ast.expr:
        source = " ".join(token.code for token in self._tokens)
        try:
            return ast.parse(source, mode="eval").body
        except SyntaxError as error:
            where = "ends too early"
            if error.offset:
                token = self._token_at(error.offset - 1)
                word = self._text[token.start : token.end]
                where = f"makes no sense at {word!r}, character {token.start + 1}"
            raise ConfigError(f"{self._text!r}: expected an expression but it {where}") from None

    def _token_at(self, offset: int) -> Token:
        """Return what stands at a character of the source that Python has read."""
        end = -1
        for token in self._tokens:
            end += len(token.code) + 1
            if offset <= end:
                return token
        return Token("", len(self._text), len(self._text))

    def _source(self, node: ast.expr) -> str:
        """Return what the user wrote for a node."""
        first = self._token_at(node.col_offset)
        last = self._token_at((node.end_col_offset or 1) - 1)
        return self._text[first.start : last.end]

    def _no_number(self, node: ast.expr, readings: frozenset[Reading]) -> ConfigError:
        """Say what a column is compared with that holds no numbers by its type."""
        source = self._source(node)
        fix = f'compare it with a date, {source} > "2024-01-31"'
        if Reading.TEXT in readings:
            fix = f'compare it with a text, {source} == "…", or convert the column to numbers'
        holds = "text" if Reading.TEXT in readings else "dates"
        return misfit(self._text, "a number", f"{source!r}, which holds {holds}", fix)

    def _unexpected(self, expected: str, node: ast.expr, fix: str = "") -> ConfigError:
        return misfit(self._text, expected, repr(self._source(node)), fix)


def _is_truth(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _after(operation: Callable[..., Any], *parts: Evaluation) -> Evaluation:
    """Return what does *operation* on the results of *parts*."""
    return lambda cells: operation(*[part(cells) for part in parts])


def _reduced(operation: np.ufunc) -> Callable[..., Any]:
    return lambda *results: reduce(operation, results)
