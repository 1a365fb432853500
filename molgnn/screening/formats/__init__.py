"""The formats of a screening's output, found by the suffix of its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from molgnn.errors import ConfigError, FileProblem, unknown_name
from molgnn.screening.formats.base import OutputFormat, TextFormat, gzipped
from molgnn.screening.formats.delimited import CsvFormat, TsvFormat
from molgnn.screening.formats.parquet import ParquetFormat
from molgnn.screening.formats.sdf import SdfFormat

__all__ = ["FORMATS", "OutputFormat", "find_format", "find_stream_format"]

FORMATS: dict[str, type[OutputFormat[Any]]] = {
    ".csv": CsvFormat,
    ".csv.gz": gzipped(CsvFormat),
    ".tsv": TsvFormat,
    ".tsv.gz": gzipped(TsvFormat),
    ".parquet": ParquetFormat,
    ".sdf": SdfFormat,
    ".sdf.gz": gzipped(SdfFormat),
}


def find_format(path: Path, name: str | None = None) -> type[OutputFormat[Any]]:
    """Return the format of a file of this name, or the one that is named.

    Parameters
    ----------
    path
        Its suffix tells the format.
    name
        A suffix without its dot, such as ``"tsv"``, which tells it instead.

    Raises
    ------
    FileProblem
        If the suffix is that of no format.
    UnknownName
        If no format has that name.
    """
    if name is not None:
        suffix = f".{name.lower().removeprefix('.')}"
        if suffix not in FORMATS:
            raise unknown_name("format", name, [each.removeprefix(".") for each in FORMATS])
        return FORMATS[suffix]
    for suffix, kind in FORMATS.items():
        if path.name.lower().endswith(suffix):
            return kind
    raise FileProblem(
        f"expected an output that ends in {', '.join(FORMATS)} but got {path.name}; fix: rename "
        "it, or name the format with format=…"
    )


def find_stream_format(name: str | None = None) -> type[TextFormat]:
    """Return the format of what is written to standard output, by default CSV.

    Raises
    ------
    UnknownName
        If no format has that name.
    ConfigError
        If it is one that cannot be written row by row.
    """
    kind = find_format(Path(), name or "csv")
    if not issubclass(kind, TextFormat):
        raise ConfigError(
            f"expected a format that can be written row by row to standard output but got {name}; "
            "fix: csv or tsv, or name a file"
        )
    return kind
