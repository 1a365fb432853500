"""Outputs: the files to write and their formats, checked before any work is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from molgnn.errors import ConfigError, FileProblem
from molgnn.files import explain_os_errors
from molgnn.screening.formats import OutputFormat, find_format, find_stream_format
from molgnn.screening.manifest import is_own
from molgnn.screening.stream import STANDARD_OUTPUT


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the rows go: to files, to standard output, or, where none is named, nowhere.

    Parameters
    ----------
    paths
        The files, or ``-``, standard output, alone.
    formats
        The format of each.
    """

    paths: list[Path]
    formats: list[type[OutputFormat[Any]]]

    @classmethod
    def of(cls, output: str | Path | Sequence[str | Path] | None, format: str | None) -> Outputs:
        """Return what `molgnn.screen` was asked for.

        Raises
        ------
        ConfigError
            If an empty list of outputs is given, one is named twice, or standard output beside
            others, or in a format that cannot be written row by row.
        FileProblem, UnknownName
            If the suffix is that of no format, or no format has that name.
        """
        paths = _list_paths(output)
        if paths == [Path(STANDARD_OUTPUT)]:
            return cls(paths, [find_stream_format(format)])
        return cls(paths, [find_format(path, format) for path in paths])

    @property
    def is_stream(self) -> bool:
        """Whether rows go to standard output."""
        return self.paths == [Path(STANDARD_OUTPUT)]

    def check(self, sources: Sequence[Path], *, overwrite: bool) -> None:
        """Make sure that every file may be written, as `check_output` does.

        A file that was merged from the parts that still lie beside the first may be replaced.
        """
        for path in () if self.is_stream else self.paths:
            check_output(path, sources, overwrite=overwrite or is_own(path, self.paths[0]))


def check_output(output: Path, sources: Iterable[Path], *, overwrite: bool) -> None:
    """Make sure, before any work is done, that *output* may be written.

    Raises
    ------
    FileProblem
        If it is one of *sources*, the input, by whatever name; if it exists and *overwrite* is not
        set; if it is no ordinary file, or lies in no folder.
    """
    with explain_os_errors(output):
        if not output.exists():
            if not output.resolve().parent.is_dir():
                raise FileProblem(
                    f"expected an output in an existing folder but got {output}; fix: create "
                    f"{output.parent} first"
                )
        elif not output.is_file():
            raise FileProblem(f"expected a file to write to but {output} is none")
        elif any(source.exists() and output.samefile(source) for source in sources):
            raise FileProblem(
                f"the output {output} is the input itself, which is never written over; fix: "
                "name another output"
            )
        elif not overwrite:
            raise FileProblem(
                f"{output} exists already; fix: name another output, or have it replaced with "
                "overwrite=…"
            )


def _list_paths(output: str | Path | Sequence[str | Path] | None) -> list[Path]:
    if output is None:
        return []
    paths = [Path(output)] if isinstance(output, str | Path) else [Path(each) for each in output]
    if not paths:
        raise ConfigError("expected an output but got an empty list; fix: name one, or give None")
    if len(paths) > 1 and Path(STANDARD_OUTPUT) in paths:
        raise ConfigError(
            "expected standard output (-) alone but got it among files; fix: name the files only"
        )
    places = [each.resolve() for each in paths]
    for place, each in zip(places, paths, strict=True):
        if places.count(place) > 1:
            raise ConfigError(f"expected each output once but got {each} twice; fix: leave one")
    return paths
