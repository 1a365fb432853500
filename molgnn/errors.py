"""The errors of molgnn: each says what was expected, what came instead, and how to go on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import ClassVar


class MolgnnError(Exception):
    """Base of every error that molgnn raises on purpose; the command line prints it as one line.

    Attributes
    ----------
    exit_code
        What the command line then ends with: 2 where the command must be given otherwise.
    """

    exit_code: ClassVar[int] = 1


class InvalidSmiles(MolgnnError, ValueError):
    """A SMILES that gives no molecule. Its text is the reason that stands in a rejected row."""


class TableError(MolgnnError, ValueError):
    """An input table that cannot be read as asked: no such column, labels of text, no rows."""


class UnknownName(MolgnnError, KeyError):
    """A name that no registered thing bears (encoder, split, model, preset…)."""

    exit_code = 2

    def __str__(self) -> str:  # KeyError shows the repr of its argument, quotes included
        return str(self.args[0])


class UnknownRow(MolgnnError, IndexError):
    """A position at which a table has no row."""


class ConfigError(MolgnnError, ValueError):
    """Settings that contradict each other or lie outside their range."""

    exit_code = 2


class BundleError(MolgnnError, ValueError):
    """A model bundle that is incomplete, altered, or made by a newer molgnn."""


class FileProblem(MolgnnError, OSError):
    """A file that cannot be opened, read or written."""


class MissingDependency(MolgnnError, ImportError):
    """An optional package that the call needs, with the command that installs it."""


def unknown_name(kind: str, got: str, known: Iterable[str]) -> UnknownName:
    """Say which names there are, the likeliest first.

    Parameters
    ----------
    kind
        What is being named, in the singular: ``"encoder"``, ``"model"``…
    got
        The name that was asked for.
    known
        The names that exist.
    """
    names = sorted(known)
    by_lower_case = {name.lower(): name for name in names}
    near = get_close_matches(got.lower(), by_lower_case, n=3, cutoff=0.5)
    meant = " or ".join(by_lower_case[name] for name in near)
    hint = f"did you mean {meant}? " if near else ""
    return UnknownName(f"unknown {kind} {got!r}: {hint}known: {', '.join(names) or 'none'}")


def with_options(message: str, options: Mapping[str, str]) -> str:
    """Return a message in which options of a command stand for the parameters that it names.

    Parameters
    ----------
    message
        An error's or a note's text; it writes a parameter as ``name=…``, as Python's users do.
    options
        The option for each parameter of the command; others stay as they are.
    """
    return re.sub(r"\b([a-z][a-z_]*)=…", lambda match: options.get(match[1], match[0]), message)
