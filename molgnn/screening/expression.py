"""Numbers and conditions over columns, as they are typed: ``logp < 2 and NR-AhR > 0.5``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from molgnn.errors import ConfigError, unknown_name
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.operands import Operand, tasks_of

_Cells = dict[tuple[str, bool], Any]
"""The columns in use, by their names and whether they are read as text."""
_Evaluation = Callable[[_Cells], Any]

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

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])"
_KEYWORD = rf"(?:and|or|not|{'|'.join(_FUNCTIONS)})(?!\w)"

_COLUMN, _QUOTED = "column_", "quoted"
"""How Python reads a column's name, with its number behind, and a text in quotation marks."""

_MAX_WORDS = 300
"""Of an expression: each may be a level of nesting, for which Python's stack has room."""

_WORDS = "a column, a number or one of + - * / < <= > >= == != ( ) and or not mean max min"


@dataclass(frozen=True, slots=True)
class Expression:
    """What is computed of each row; see `parse_condition`, `parse_number`."""

    text: str
    _evaluate: _Evaluation
    _used: Mapping[tuple[str, bool], Operand]

    def __call__(
        self, chunk: ScoredChunk
    ) -> Bool[np.ndarray, " mols"] | Float[np.ndarray, " mols"]:
        """Return what it is of each row.

        Where the row was rejected, or a number that it needs is NaN, as of a library's cell that is
        no number, a number is NaN and no condition holds, be it a ``not`` or a ``!=``.
        """
        cells: _Cells = {}
        known = chunk.predictions.ok
        for (name, is_text), operand in self._used.items():
            read = operand.texts(chunk) if is_text else operand.numbers(chunk)
            known &= [cell is not None for cell in read] if is_text else ~np.isnan(read)
            cells[name, is_text] = read
        with np.errstate(all="ignore"):
            result = self._evaluate(cells)
        return result & known if result.dtype == bool else np.where(known, result, np.nan)


def parse_condition(text: str, operands: Mapping[str, Operand]) -> Expression:
    """Read what is true or false of a row, such as ``SR-p53 < 0.2 or not mean > 0.1``.

    Parameters
    ----------
    text
        Names of columns, numbers, ``+ - * /``, comparisons (``0.1 < SR-p53 < 0.5``, too), ``and``,
        ``or``, ``not``, parentheses, and ``mean``, ``max``, ``min``: alone they are of all tasks,
        before parentheses of what stands in them. A column of booleans is a condition by itself.
        Where several names fit, the longest is meant. Quotation marks or backticks hold a name that
        would be read as something else. In quotation marks, what is no column is a text, which ==
        and != compare with a column: ``series == "A1"``.
    operands
        The columns by their names, as `molgnn.screening.operands.find_operands` gives them.

    Raises
    ------
    ConfigError
        If it cannot be read, names no column, or is a number.
    """
    return _Compiler(text, operands).compile(_Compiler.condition)


def parse_number(text: str, operands: Mapping[str, Operand]) -> Expression:
    """Read a number that each row has, such as ``max(NR-AR, NR-ER) + 0.5 * SR-p53``.

    It is written as `parse_condition` says.

    Raises
    ------
    ConfigError
        If it cannot be read, names no column, or is a condition.
    """
    return _Compiler(text, operands).compile(_Compiler.number)


class _Token(NamedTuple):
    """A word of the text, as Python shall read it, and where it stands."""

    code: str
    start: int
    end: int
    quoted: str = ""


class _Compiler:
    """Has Python parse a text and builds functions from the tree, of listed kinds of node only."""

    def __init__(self, text: str, operands: Mapping[str, Operand]) -> None:
        self._text = text
        self._operands = operands
        self._names = list(operands)
        self._tokens = list(_tokenize(text, self._names))
        self._used: dict[tuple[str, bool], Operand] = {}

    def compile(self, root: Callable[[_Compiler, ast.expr], _Evaluation]) -> Expression:
        """Build the expression, whose tree begins with a `condition` or a `number`."""
        if len(self._tokens) > _MAX_WORDS:
            raise _misfit(self._text, f"at most {_MAX_WORDS} words", f"{len(self._tokens)}")
        evaluate = root(self, self._tree())
        if not self._used:
            raise _misfit(self._text, "a column", f"none; known: {', '.join(self._names)}")
        return Expression(self._text, evaluate, self._used)

    def condition(self, node: ast.expr) -> _Evaluation:
        """Build what is true or false."""
        match node:
            case ast.BoolOp(op, values):
                return _after(_reduced(_CONNECTIVES[type(op)]), *map(self.condition, values))
            case ast.UnaryOp(ast.Not(), operand):
                return _after(np.logical_not, self.condition(operand))
            case ast.Compare(left, [ast.Eq() | ast.NotEq() as op], [right]) if (
                self._quoted(left) is not None or self._quoted(right) is not None
            ):
                return _after(_COMPARISONS[type(op)], self._as_text(left), self._as_text(right))
            case ast.Compare(left, ops, others) if all(type(op) in _COMPARISONS for op in ops):
                sides = [self.number(side) for side in (left, *others)]
                links = [
                    _after(_COMPARISONS[type(op)], *pair)
                    for op, pair in zip(ops, pairwise(sides), strict=True)
                ]
                return _after(_reduced(np.logical_and), *links)
            case ast.Name() if (name := self._named(node)) and _is_boolean(self._operands[name]):
                return _after(np.greater, self.number(node), lambda cells: 0.5)
        raise self._unexpected("a condition, such as mean > 0.5,", node)

    def number(self, node: ast.expr) -> _Evaluation:
        """Build what can be compared."""
        match node:
            case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
                return _after(_ARITHMETIC[type(op)], self.number(left), self.number(right))
            case ast.UnaryOp(ast.USub(), operand):
                return _after(np.negative, self.number(operand))
            case ast.Call(ast.Name(name), [_, *_] as arguments, []) if name in _FUNCTIONS:
                return _after(_FUNCTIONS[name], *map(self.number, arguments))
            case ast.Name(name) if name in _FUNCTIONS:
                tasks = tasks_of(self._operands)
                return _after(_FUNCTIONS[name], *(self._use(task, as_text=False) for task in tasks))
            case ast.Name() if column := self._named(node):
                if self._operands[column].is_number:
                    return self._use(column, as_text=False)
                raise self._unexpected('a number (a text is compared by == "…")', node)
            case ast.Name():
                raise _unknown(self._text, self._quoted(node) or "", self._names)
            case ast.Constant(int() | float() as value):
                return lambda cells: float(value)
        raise self._unexpected("a number", node)

    def _as_text(self, node: ast.expr) -> _Evaluation:
        """Build a side of a comparison between texts."""
        if (quoted := self._quoted(node)) is not None:
            constant = np.array(quoted, dtype=object)
            return lambda cells: constant
        name = self._named(node)
        if name is None or not self._operands[name].is_text:
            raise self._unexpected("a column of text to compare with a text", node)
        return self._use(name, as_text=True)

    def _use(self, name: str, *, as_text: bool) -> _Evaluation:
        self._used[name, as_text] = self._operands[name]
        return lambda cells: cells[name, as_text]

    def _named(self, node: ast.expr) -> str | None:
        """Return the name of the column that a node stands for, if it does."""
        if isinstance(node, ast.Name) and node.id.startswith(_COLUMN):
            return self._names[int(node.id.removeprefix(_COLUMN))]
        return None

    def _quoted(self, node: ast.expr) -> str | None:
        """Return the text that a node stands for, if it does."""
        if isinstance(node, ast.Name) and node.id == _QUOTED:
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

    def _token_at(self, offset: int) -> _Token:
        """Return what stands at a character of the source that Python has read."""
        end = -1
        for token in self._tokens:
            end += len(token.code) + 1
            if offset <= end:
                return token
        return _Token("", len(self._text), len(self._text))

    def _unexpected(self, expected: str, node: ast.expr) -> ConfigError:
        first = self._token_at(node.col_offset)
        last = self._token_at((node.end_col_offset or 1) - 1)
        return _misfit(self._text, expected, repr(self._text[first.start : last.end]))


def _misfit(text: str, expected: str, got: str) -> ConfigError:
    return ConfigError(f"{text!r}: expected {expected} but got {got}")


def _unknown(text: str, name: str, names: Sequence[str]) -> ConfigError:
    return ConfigError(f"{text!r}: {unknown_name('column', name, names)}")


def _is_boolean(operand: Operand) -> bool:
    return operand.column.dtype == "bool"


def _after(operation: Callable[..., Any], *parts: _Evaluation) -> _Evaluation:
    """Return what does *operation* on the results of *parts*."""
    return lambda cells: operation(*[part(cells) for part in parts])


def _reduced(operation: np.ufunc) -> Callable[..., Any]:
    return lambda *results: reduce(operation, results)


def _tokenize(text: str, names: Sequence[str]) -> Iterator[_Token]:
    """Yield the words of *text*, in which the columns are called ``column_0`` and so on."""
    bare = [
        name
        for name in names
        if re.match(r"\w", name) and not re.fullmatch(rf"{_NUMBER}|{_KEYWORD}", name)
    ]
    known = "|".join(
        re.escape(name) + (r"(?!\w)" if re.match(r"\w", name[-1:]) else "")
        for name in sorted(bare, key=len, reverse=True)
    )
    pattern = re.compile(
        rf"(?P<bare>{known or '(?!)'})|(?P<code>{_NUMBER}|{_KEYWORD}|[<>=!]=|[-+*/<>(),])"
        r"|(?P<quote>[`'\"])(?P<quoted>.*?)(?P=quote)|(?P<unknown>[^\W\d][\w.-]*)|(?P<stray>\S)"
    )
    places = {name: place for place, name in enumerate(names)}
    for match in pattern.finditer(text):
        code, quoted = match[0], match["quoted"]
        if match["stray"]:
            raise _misfit(text, _WORDS, f"{code!r} at character {match.start() + 1}")
        name = code if quoted is None else quoted
        if match["code"]:
            yield _Token(code, match.start(), match.end())
        elif name in places:
            yield _Token(f"{_COLUMN}{places[name]}", match.start(), match.end())
        elif quoted is not None and match["quote"] != "`":
            yield _Token(_QUOTED, match.start(), match.end(), quoted)
        else:
            raise _unknown(text, name, names)
