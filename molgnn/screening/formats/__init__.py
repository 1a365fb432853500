"""The formats of a screening's output, found by the suffix of its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from molgnn.errors import FileProblem
from molgnn.screening.formats.base import OutputFormat, gzipped
from molgnn.screening.formats.delimited import CsvFormat, TsvFormat
from molgnn.screening.formats.parquet import ParquetFormat
from molgnn.screening.formats.sdf import SdfFormat

__all__ = ["FORMATS", "OutputFormat", "find_format"]

FORMATS: dict[str, type[OutputFormat[Any]]] = {
    ".csv": CsvFormat,
    ".csv.gz": gzipped(CsvFormat),
    ".tsv": TsvFormat,
    ".tsv.gz": gzipped(TsvFormat),
    ".parquet": ParquetFormat,
    ".sdf": SdfFormat,
    ".sdf.gz": gzipped(SdfFormat),
}


def find_format(path: Path) -> type[OutputFormat[Any]]:
    """Return the format of a file of this name; raise `FileProblem` if there is none."""
    for suffix, kind in FORMATS.items():
        if path.name.lower().endswith(suffix):
            return kind
    raise FileProblem(
        f"expected an output that ends in {', '.join(FORMATS)} but got {path.name}; fix: rename it"
    )
