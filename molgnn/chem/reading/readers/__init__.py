"""The kinds of files that are read: a new one is a new file here and one line below."""

from __future__ import annotations

from pathlib import PurePath

from molgnn.chem.reading.packed import COMPRESSED, name_inside, unpack
from molgnn.chem.reading.readers.base import Opener, Reader
from molgnn.chem.reading.readers.dataframe import open_dataframe
from molgnn.chem.reading.readers.delimited import open_csv, open_tsv
from molgnn.chem.reading.readers.excel import open_excel
from molgnn.chem.reading.readers.parquet import open_parquet
from molgnn.chem.reading.readers.sdf import open_sdf
from molgnn.chem.reading.readers.smi import open_smi
from molgnn.chem.reading.readers.standard_input import open_standard_input
from molgnn.chem.reading.sources import FrameSource, Source, StandardInput
from molgnn.errors import TableError

READERS: dict[str, Opener] = {
    **dict.fromkeys((".smi", ".smiles", ".ism", ".txt"), open_smi),
    **dict.fromkeys((".csv",), open_csv),
    **dict.fromkeys((".tsv", ".tab"), open_tsv),
    **dict.fromkeys((".sdf", ".sd", ".mol"), open_sdf),
    **dict.fromkeys((".parquet",), open_parquet),
    **dict.fromkeys((".xlsx", ".xlsm"), open_excel),
}
"""Suffix to what opens such a file."""


def open_reader(source: Source, smiles_column: str | None) -> Reader:
    """Open *source* as what its name says that it is.

    Raises
    ------
    FileProblem
        If it cannot be read.
    TableError
        If it is of an unknown kind, empty, or its SMILES column cannot be found.
    """
    if isinstance(source, StandardInput):
        return open_standard_input(source, smiles_column)
    if isinstance(source, FrameSource):
        return open_dataframe(source, smiles_column)
    source.open().close()  # that it is a folder, or missing, is said before what its suffix lacks
    path = source.path
    names = name_inside(path), path.stem  # an archive's file may have no suffix itself
    suffixes = [PurePath(name).suffix.lower() for name in names]
    suffix = next((suffix for suffix in suffixes if suffix in READERS), None)
    if suffix is None:
        with source.open() as file:
            unpack(str(source), file)  # an archive of several files says so
        raise TableError(
            f"expected a file of the kind {', '.join(READERS)} (text also with "
            f"{', '.join(COMPRESSED)}) but got {path.name}; fix: save it as CSV with a column "
            "named smiles"
        )
    return READERS[suffix](source, smiles_column)


__all__ = ["COMPRESSED", "READERS", "Reader", "open_reader"]
