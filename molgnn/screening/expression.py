"""Numbers and conditions over tasks, as they are typed: ``NR-AhR < 0.3 and max < 0.5``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from molgnn.errors import ConfigError, unknown_name

_Evaluation = Callable[[Float[np.ndarray, "tasks mols"]], Any]

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

_MAX_WORDS = 300
"""Of an expression: each may be a level of nesting, for which Python's stack has room."""

_WORDS = "a task, a number or one of + - * / < <= > >= == != ( ) and or not mean max min"


@dataclass(frozen=True, slots=True)
class Expression:
    """What is computed from the scores of each molecule; see `parse_condition`, `parse_number`."""

    text: str
    _evaluate: _Evaluation
    _used: tuple[int, ...]

    def __call__(
        self, values: Float[np.ndarray, "mols tasks"]
    ) -> Bool[np.ndarray, " mols"] | Float[np.ndarray, " mols"]:
        """Return what it is of each molecule.

        Where a score that it needs is NaN, a number is NaN and no condition holds, be it a
        ``not`` or a ``!=``.
        """
        columns = values.astype(np.float64).T
        with np.errstate(all="ignore"):
            result = self._evaluate(columns)
        known = ~np.isnan(columns[list(self._used)]).any(axis=0)
        return result & known if result.dtype == bool else np.where(known, result, np.nan)


def parse_condition(text: str, tasks: Sequence[str]) -> Expression:
    """Read what is true or false of a molecule, such as ``SR-p53 < 0.2 or not mean > 0.1``.

    Parameters
    ----------
    text
        Names of tasks, numbers, ``+ - * /``, comparisons (``0.1 < SR-p53 < 0.5``, too), ``and``,
        ``or``, ``not``, parentheses, and ``mean``, ``max``, ``min``: alone they are of all tasks,
        before parentheses of what stands in them. Where several names fit, the longest is meant.
        Quotation marks or backticks hold a name that would be read as something else.
    tasks
        Their names, in the order of the columns.

    Raises
    ------
    ConfigError
        If it cannot be read, names no task, or is a number.
    """
    return _Compiler(text, tasks).compile(_Compiler.condition)


def parse_number(text: str, tasks: Sequence[str]) -> Expression:
    """Read a number that each molecule has, such as ``max(NR-AR, NR-ER) + 0.5 * SR-p53``.

    It is written as `parse_condition` says.

    Raises
    ------
    ConfigError
        If it cannot be read, names no task, or is a condition.
    """
    return _Compiler(text, tasks).compile(_Compiler.number)


class _Token(NamedTuple):
    """A word of the text, as Python shall read it, and where it stands."""

    code: str
    start: int
    end: int


class _Compiler:
    """Has Python parse a text and builds functions from the tree, of listed kinds of node only."""

    def __init__(self, text: str, tasks: Sequence[str]) -> None:
        self._text = text
        self._tasks = list(tasks)
        self._tokens = list(_tokenize(text, tasks))
        self._used: set[int] = set()

    def compile(self, root: Callable[[_Compiler, ast.expr], _Evaluation]) -> Expression:
        """Build the expression, whose tree begins with a `condition` or a `number`."""
        if len(self._tokens) > _MAX_WORDS:
            raise _misfit(self._text, f"at most {_MAX_WORDS} words", f"{len(self._tokens)}")
        evaluate = root(self, self._tree())
        if not self._used:
            raise _misfit(self._text, "a task", f"none; known: {', '.join(self._tasks)}")
        return Expression(self._text, evaluate, tuple(sorted(self._used)))

    def condition(self, node: ast.expr) -> _Evaluation:
        """Build what is true or false."""
        match node:
            case ast.BoolOp(op, values):
                return _after(_reduced(_CONNECTIVES[type(op)]), *map(self.condition, values))
            case ast.UnaryOp(ast.Not(), operand):
                return _after(np.logical_not, self.condition(operand))
            case ast.Compare(left, ops, others) if all(type(op) in _COMPARISONS for op in ops):
                sides = [self.number(side) for side in (left, *others)]
                links = [
                    _after(_COMPARISONS[type(op)], *pair)
                    for op, pair in zip(ops, pairwise(sides), strict=True)
                ]
                return _after(_reduced(np.logical_and), *links)
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
                return _after(_FUNCTIONS[name], *map(self._task, range(len(self._tasks))))
            case ast.Name(name):
                return self._task(int(name.removeprefix("task_")))
            case ast.Constant(int() | float() as value):
                return lambda columns: float(value)
        raise self._unexpected("a number", node)

    def _task(self, index: int) -> _Evaluation:
        self._used.add(index)
        return lambda columns: columns[index]

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


def _after(operation: Callable[..., Any], *parts: _Evaluation) -> _Evaluation:
    """Return what does *operation* on the results of *parts*."""
    return lambda columns: operation(*[part(columns) for part in parts])


def _reduced(operation: np.ufunc) -> Callable[..., Any]:
    return lambda *results: reduce(operation, results)


def _tokenize(text: str, tasks: Sequence[str]) -> Iterator[_Token]:
    """Yield the words of *text*, in which the tasks are called ``task_0``, ``task_1`` and so on."""
    bare = [name for name in tasks if not re.fullmatch(rf"{_NUMBER}|{_KEYWORD}", name)]
    names = "|".join(
        re.escape(name) + (r"(?!\w)" if re.match(r"\w", name[-1:]) else "")
        for name in sorted(bare, key=len, reverse=True)
    )
    pattern = re.compile(
        rf"(?P<bare>{names or '(?!)'})|(?P<code>{_NUMBER}|{_KEYWORD}|[<>=!]=|[-+*/<>(),])"
        r"|(?P<quote>[`'\"])(?P<quoted>.*?)(?P=quote)|(?P<unknown>[^\W\d][\w.-]*)|(?P<stray>\S)"
    )
    for match in pattern.finditer(text):
        code = match[0]
        if match["stray"]:
            raise _misfit(text, _WORDS, f"{code!r} at character {match.start() + 1}")
        if not match["code"]:
            name = code if match["quoted"] is None else match["quoted"]
            if name not in tasks:
                raise ConfigError(f"{text!r}: {unknown_name('task', name, tasks)}")
            code = f"task_{tasks.index(name)}"
        yield _Token(code, match.start(), match.end())
