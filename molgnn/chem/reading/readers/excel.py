"""Excel workbooks: the first sheet that has a column of SMILES."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from molgnn.chem.reading.columns import find_columns
from molgnn.chem.reading.readers.base import Reader, choose_cells, empty
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row
from molgnn.distribution import install_extra
from molgnn.errors import FileProblem, MissingDependency, TableError

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_N_SAMPLED = 20
_MIDNIGHT = dt.time()


@dataclass(frozen=True)
class ExcelReader(Reader):
    """Cells become text: of a formula, its last result; of a gap, nothing.

    The first row that holds anything is the header. Empty rows at the end of the sheet, which
    Excel keeps where something was deleted, are none.
    """

    sheet: str
    has_header: bool

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield the rows of the sheet, numbered as Excel does."""
        n_columns, smiles_index = len(self.columns), self.smiles_index
        pick = choose_cells(picks, n_columns)
        self.enhanced_stereo.clear()
        with closing(_read_rows(self.source, self.sheet)) as rows:
            if self.has_header:
                next(rows, None)
            for number, (line, cells) in enumerate(rows):
                cells = [*cells, *[""] * (n_columns - len(cells))]
                smiles = cells[smiles_index].strip()
                if "|" in smiles:
                    self.enhanced_stereo.look_at(smiles, line)
                yield Row(number, line, smiles, pick(cells[:n_columns]))


def open_excel(source: Source, smiles_column: str | None) -> ExcelReader:
    """Look through the sheets for a column of SMILES."""
    with _open(source) as workbook:
        names = [sheet.title for sheet in workbook.worksheets]
    problem: TableError = empty(source)
    for name in names:
        with closing(_read_rows(source, name)) as rows:
            sample = [cells for _, cells in islice(rows, _N_SAMPLED)]
        if not sample:
            continue
        width = max(map(len, sample))
        sample[0] = [*sample[0], *[""] * (width - len(sample[0]))]
        try:
            found = find_columns(source, sample, smiles_column)
        except TableError as error:
            problem = error if problem.args == empty(source).args else problem
            continue
        notes = found.notes
        if len(names) > 1:
            notes = (f"{source}: the sheet {name!r} is read, of {len(names)}", *notes)
        return ExcelReader(
            source, found.columns, found.smiles_index, None, name, found.has_header, notes=notes
        )
    raise problem


def _read_rows(source: Source, sheet: str) -> Generator[tuple[int, list[str]]]:
    """Yield the number of each row and its cells, from the first to the last that hold anything."""
    blank: list[tuple[int, list[str]]] = []
    is_begun = False
    with _open(source) as workbook:
        worksheet = workbook[sheet]
        worksheet.reset_dimensions()  # some programs write a wrong size
        for line, values in enumerate(worksheet.iter_rows(values_only=True), 1):
            cells = list(map(_as_text, values))
            if not any(cells):
                if is_begun:
                    blank.append((line, cells))
                continue
            is_begun = True
            yield from blank
            blank = []
            yield line, cells


@contextmanager
def _open(source: Source) -> Iterator[Workbook]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingDependency(
            "expected the package openpyxl for Excel workbooks but it is not installed; fix: "
            f"{install_extra('excel')}, or save the sheet as CSV"
        ) from error
    try:
        with source.path.open("rb") as file:
            workbook = load_workbook(file, read_only=True, data_only=True)
            try:
                yield workbook
            finally:
                workbook.close()
    except Exception as error:  # openpyxl lets whatever XML and ZIP raise pass
        raise FileProblem(
            f"{source}: expected an Excel workbook but {error}; fix: save it anew, or as CSV"
        ) from error


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and value.time() == _MIDNIGHT:
        return value.date().isoformat()
    return f"{value:.15g}" if isinstance(value, float) else str(value)
