"""What an expression reads in the columns of the output and of the library."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from molgnn.chem.records import Rejected, Row, Stage
from molgnn.errors import ConfigError
from molgnn.predictor.columns import numpy_type
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.expression import parse_condition, parse_number
from molgnn.screening.operands import find_operands
from molgnn.screening.table import OutputTable
from molgnn.tasks import Task, Tasks

ADDED = (
    OutputColumn("NR-AR_spread", Role.UNCERTAINTY, "NR-AR"),
    OutputColumn("n_alerts", Role.ALERT, dtype="int64"),
    OutputColumn("is_near", Role.DOMAIN, dtype="bool"),
    OutputColumn("nearest", Role.NOTE, dtype="text"),
)
CELLS = ([0.1, np.nan, 0.3, 0.4], [0, 2, 1, 0], [True, True, False, False], ["A", None, "B", "A"])
LIBRARY = [
    ("smiles", "text", ["C", "N", "O", "F"]),
    ("logp", "text", ["1.5", " 2.5", ">10", ""]),
    ("NR-AR", "text", ["1", "0", "0", "1"]),
    ("series", "text", ["A1", "A1", "", "B2"]),
    ("is new", "bool", ["True", "False", "", "True"]),
    ("year", "int64", ["2020", "2021", "2022", ""]),
    ("caf\udce9", "text", ["1", "1", "1", "1"]),
    ("max", "text", ["9", "9", "9", "9"]),
    ("day", "date", ["2024-01-09", "2024-01-11", "", "2024-02-01"]),
    ("made", "timestamp[us, tz=Europe/Berlin]", [
        "2024-01-10 00:30:00+01:00", "2024-01-09 23:30:00+01:00", "", "2024-01-10 00:00:00+01:00",
    ]),
    ("bought", "text", ["2024-01-09", "2024-01-11 08:00", "soon", "NA"]),
    ("reason", "text", ["old", "new", "new", "new"]),
]  # fmt: skip
LEFT_OUT = [
    ("price", "text", ["1,234.5", " NA ", "x", "20"]),
    ("vendor", "text", ["A", "B", "A", "B"]),
]
VALUES = [[0.1, 0.9], [0.2, 0.8], [0.3, 0.7], [np.nan, np.nan]]


@pytest.fixture(scope="module")
def table() -> OutputTable:
    library, left_out = (
        tuple(OutputColumn(name, Role.INPUT, dtype=dtype) for name, dtype, _ in columns)
        for columns in (LIBRARY, LEFT_OUT)
    )
    return OutputTable(
        library,
        Tasks([Task("NR-AR"), Task("SR-p53")]),
        ADDED,
        left_out=left_out,
        text_only=frozenset([len(LIBRARY) + 1]),
    )


@pytest.fixture(scope="module")
def chunk(table: OutputTable) -> ScoredChunk:
    """Return four rows, the last of which was rejected."""
    fields = zip(*(cells for _, _, cells in [*LIBRARY, *LEFT_OUT]), strict=True)
    rows = tuple(Row(row, row + 2, cells[0], cells) for row, cells in enumerate(fields))
    predictions = Predictions(
        tuple(row.smiles for row in rows),
        table.tasks,
        np.array(VALUES, dtype=np.float32),
        {3: Rejected(3, "F", Stage.PARSE, "no: it is not")},
        added={
            column: np.array(cells, dtype=numpy_type(column))
            for column, cells in zip(ADDED, CELLS, strict=True)
        },
    )
    return ScoredChunk(rows, predictions)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("logp < 2 and SR-p53 > 0.5", [0]),
        ("not logp < 2", [1]),
        ("year >= 2021", [1, 2]),
        ("year - 2020 == logp - 1.5", [0, 1]),
        ("NR-AR_spread < 0.2", [0]),
        ("NR-AR < 0.25", [0, 1]),
        ("NR-AR_pred < 0.25", [0, 1]),
        ("NR-AR_input == 1", [0]),
        ("n_alerts > 0 or NR-AR_input == 1", [0, 1, 2]),
        ("is_near", [0, 1]),
        ("not is_near and SR-p53 > 0.5", [2]),
        ("is new", [0]),
        ("not is new", [1]),
        ("series == 'A1'", [0, 1]),
        ('series != "A1"', [2]),
        ("series == ''", [2]),
        ("'A1' == series", [0, 1]),
        ("nearest == 'A'", [0]),
        ("nearest != 'A'", [2]),
        ("smiles == 'O' or smiles == 'N'", [1, 2]),
        ("café == 1", [0, 1, 2]),
        ("max < 0.85", [1, 2]),
        ("'max' == 9", [0, 1, 2]),
        ("mean > 0 and min >= 0.2", [1, 2]),
        ("is new == true", [0]),
        ("is new != True", [1]),
        ("false == is_near", [2]),
        ("is new == 'false'", [1]),
        ("(logp < 2) == true", [0]),
        ("day > '2024-01-10'", [1]),
        ("day == '2024-01-09'", [0]),
        ("'2024-01-01' <= day < '2024-01-11'", [0]),
        ("day < '2024-01-09 12:00'", [0]),
        ("made >= '2024-01-10'", [0]),
        ("bought > '2024-01-10'", [1]),
        ("bought == '2024-01-09'", [0]),
        ("day == bought", [0]),
        ("vendor == 'A'", [0, 2]),
        ("vendor == series", []),
        ("price < 30", []),
        ("status == 'ok'", [0, 1, 2]),
        ("status == 'rejected'", [3]),
        ("status == 'rejected' and vendor == 'B' and price == 20", [3]),
        ("status != 'ok' and SR-p53 >= 0", []),
        ("reason == 'no: it is not'", [3]),
        ("reason_pred != ''", [3]),
        ("reason_input == 'new'", [1, 2]),
    ],
)
def test_every_column_of_the_output_and_the_library_can_be_asked_for(
    table: OutputTable, chunk: ScoredChunk, text: str, rows: list[int]
) -> None:
    condition = parse_condition(text, find_operands(table))
    assert np.flatnonzero(condition(chunk)).tolist() == rows


def test_a_cell_that_is_no_number_is_none(table: OutputTable, chunk: ScoredChunk) -> None:
    numbers = parse_number("2 * logp", find_operands(table))(chunk).tolist()
    assert numbers == pytest.approx([3, 5, np.nan, np.nan], nan_ok=True)


def test_decimals_may_stand_behind_a_comma(table: OutputTable, chunk: ScoredChunk) -> None:
    rows = tuple(
        replace(row, fields=(row.smiles, cell, *row.fields[2:]))
        for row, cell in zip(chunk.rows, ["1,5", "2.5", "1,234,5", ""], strict=True)
    )
    operands = find_operands(replace(table, decimal=","))
    numbers = parse_number("logp", operands)(ScoredChunk(rows, chunk.predictions)).tolist()
    assert numbers == pytest.approx([1.5, 2.5, np.nan, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nearest > 1", "a number but got 'nearest', which holds text; fix: .* nearest == \"…\""),
        ("day + 1 > 2", "a number but got 'day', which holds dates; fix: .* day > \"2024-01-31\""),
        ("vendor > 1", "a number but got 'vendor', which holds text; fix: .* vendor == \"…\""),
        ("vendor", "but got 'vendor'; fix: compare it, vendor == \"…\""),
        ("day > '31.1.2024'", "expected a date but got \"'31.1.2024'\"; fix: write a date as"),
        ("day == 3", "expected a date but got '3'; fix: write a date as \"2024-01-31\""),
        ("year > '2024-01-31'", "expected a date but got 'year'"),
        ("series == true", "got 'series'; fix: .* such as series == \"true\""),
        ("year == true", "got 'year'; fix: .* such as year == 1"),
        (
            "n_alerts == 'two'",
            "expected a column of text to compare with a text but got 'n_alerts'",
        ),
        ("series < 'B'", "an ISO date, beside < or > but .*; fix: compare texts by == or !="),
        ("lop < 2", "unknown column 'lop': did you mean logp"),
        ("logp", "expected a condition, .* but got 'logp'"),
    ],
)
def test_a_column_is_not_taken_for_what_it_is_not(
    table: OutputTable, text: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_condition(text, find_operands(table))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("price < 30", [
            "2 rows had text where a number was wanted in 'price', the first in line 2: '1,234.5'; "
            "none of them was selected; fix: write numbers without a mark between thousands"
        ]),
        ("logp < 2 and series < 3", [
            "1 row had text where a number was wanted in 'logp', the first in line 4: '>10'; none "
            "of them was selected; fix: write a number or nothing there, or compare the column "
            "with a text: `logp` == \">10\"",
            "3 rows had text where a number was wanted in 'series', the first in line 2: 'A1'; "
            "none of them was selected; fix: write a number or nothing there, or compare the "
            "column with a text: `series` == \"A1\"",
        ]),
        ("bought > '2024-01-10'", [
            "1 row had text where a date was wanted in 'bought', the first in line 4: 'soon'; none "
            "of them was selected; fix: write dates as 2024-01-31"
        ]),
        ("series == 'A1' and year > 2020 and day > '2024-01-01' and is new", []),
    ],
)  # fmt: skip
def test_text_where_a_number_or_a_date_is_wanted_is_counted_and_gaps_are_not(
    table: OutputTable, chunk: ScoredChunk, text: str, said: list[str]
) -> None:
    unread = parse_condition(text, find_operands(table)).find_unread(chunk)
    assert [cells.describe(name) for name, cells in unread.items()] == said
