"""What can be read: a file, several, a pattern of names, standard input, or a pandas DataFrame."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Generator, Iterator, Sequence
from difflib import get_close_matches
from glob import glob, has_magic
from itertools import chain
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, BinaryIO, ClassVar, TypeGuard, cast
from weakref import WeakSet, finalize

from molgnn.chem.reading.lines import read_lines
from molgnn.chem.reading.packed import BUFFER
from molgnn.errors import ConfigError, FileProblem

if TYPE_CHECKING:
    import pandas as pd

STANDARD_INPUT = "-"


class Source:
    """A file, to be opened as often as needed."""

    is_file: ClassVar[bool] = True
    """Whether another process finds the same bytes under `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def open(self) -> io.BufferedReader:
        """Open the file; raise `FileProblem` for what is none."""
        path = self.path
        if path.is_dir():
            raise FileProblem(
                f"expected a file but got the folder {path}; fix: name a file in it, or all with "
                f"the pattern '{path}/*'"
            )
        if not path.exists():
            raise FileProblem(f"expected a file but {path} does not exist{_suggest(path)}")
        if not path.is_file():
            raise FileProblem(
                f"expected a file, to be read more than once, but {path} is a pipe or a device; "
                "fix: name standard input, -, and redirect it there"
            )
        try:
            return io.BufferedReader(path.open("rb", buffering=0), BUFFER)
        except OSError as error:
            raise FileProblem(f"{path}: {error.strerror}") from error

    def lines(self) -> Generator[str]:
        """Yield the lines of the file, unpacked, from the first one on."""
        return read_lines(str(self), self.open)

    def preview(self) -> Generator[str]:
        """Yield the first lines, as many as are asked for; `lines` gives them again."""
        return self.lines()


class StandardInput(Source):
    """Standard input, whose lines come once.

    Raises
    ------
    FileProblem
        If it has been opened before: what was read then is gone.
    """

    is_file = False
    _opened: ClassVar[WeakSet[BinaryIO]] = WeakSet()

    def __init__(self) -> None:
        super().__init__(Path(STANDARD_INPUT))
        stream = sys.stdin.buffer
        raw = cast(io.RawIOBase, stream)
        if stream in self._opened:
            raise _spent()
        self._opened.add(stream)
        self._previewed: list[str] = []
        # A pipe gives as much as there is; a buffer above its own is filled before it is looked at.
        self._rest = read_lines(str(self), lambda: io.BufferedReader(raw, BUFFER))
        self._is_read = False

    def __str__(self) -> str:
        return "standard input"

    def lines(self) -> Generator[str]:
        """Yield every line; raise `FileProblem` the second time."""
        if self._is_read:
            raise _spent()
        self._is_read = True
        yield from chain(self._previewed, self._rest)

    def preview(self) -> Generator[str]:
        """Yield the first lines, as many as are asked for; they are kept for `lines`."""
        yield from tuple(self._previewed)
        for line in self._rest:
            self._previewed.append(line)
            yield line


class TemporaryCopy(Source):
    """A temporary copy of what can be read once only; it is gone with the object."""

    is_file = False

    def __init__(self, original: Source) -> None:
        handle, name = mkstemp(prefix="molgnn-")
        finalize(self, Path(name).unlink, missing_ok=True)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.writelines(original.lines())
        super().__init__(Path(name))
        self._original = str(original)

    def __str__(self) -> str:
        return self._original


class FrameSource(Source):
    """A pandas DataFrame, which is in memory already."""

    is_file = False

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__(Path("DataFrame"))
        self.frame = frame

    def __str__(self) -> str:
        return "the DataFrame"


def is_dataframe(source: object) -> TypeGuard[pd.DataFrame]:
    """Say whether *source* is a pandas DataFrame, without importing pandas to find out."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(source, pandas.DataFrame)


def find_sources(named: str | Path | Sequence[str | Path] | pd.DataFrame) -> list[Source]:
    """Return what the user's names stand for, in order; those that a pattern finds are sorted.

    Raises
    ------
    FileProblem
        If a pattern finds no file.
    ConfigError
        If a file is named twice, or standard input and something else, or nothing at all.
    """
    if is_dataframe(named):
        return [FrameSource(named)]
    if not isinstance(named, str | Path | list | tuple):
        raise ConfigError(
            "expected a file, several, a pattern or a DataFrame but got "
            f"{type(named).__name__}; fix: make a DataFrame with a column smiles of it"
        )
    names = [named] if isinstance(named, str | Path) else list(cast(Sequence[str | Path], named))
    if [str(name) for name in names] == [STANDARD_INPUT]:
        return [StandardInput()]
    if STANDARD_INPUT in map(str, names):
        raise ConfigError(
            "expected standard input (-) alone but got it among files; fix: name the files only"
        )
    paths = list(chain.from_iterable(map(_expand, names)))
    if not paths:
        raise ConfigError("expected a file, several, or a pattern but got an empty list of names")
    seen: dict[Path, Path] = {}
    for path in paths:
        place = path.resolve()
        if place in seen:
            also = f", also as {seen[place]}" if seen[place] != path else ""
            raise ConfigError(f"expected each file once but got {path} twice{also}; fix: leave one")
        seen[place] = path
    return [Source(path) for path in paths]


def _expand(name: str | Path) -> Iterator[Path]:
    """Yield the files that *name* stands for: a pattern's, unless a file is so called."""
    path = Path(name)
    if path.exists() or not has_magic(str(name)):
        yield path
        return
    matches = sorted(map(Path, glob(str(name), recursive=True)))
    found = [match for match in matches if match.is_file()]
    if not found:
        raise FileProblem(
            f"expected files but the pattern {str(name)!r} matches none; fix: check the folder and "
            "the suffix, or quote the pattern so that the shell leaves it alone"
        )
    yield from found


def _spent() -> FileProblem:
    return FileProblem(
        "expected to read standard input once but it has been read already; fix: save it to a "
        "file, and name that"
    )


def _suggest(path: Path) -> str:
    from molgnn.chem.parsing import why_rejected

    if why_rejected(str(path)) is None:
        return "; fix: to score SMILES, make a DataFrame with a column smiles of them"
    if not path.parent.is_dir():
        return f"; fix: the folder {path.parent} does not exist either"
    names = [entry.name for entry in path.parent.iterdir()]
    near = get_close_matches(path.name, names, n=3, cutoff=0.6)
    return f"; fix: did you mean {' or '.join(near)}?" if near else ""
