from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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

NAMES = ["NR-AR", "NR-AR-LBD", "SR-p53", "odd name", "1", "max", "it's", "5-HT2A (human)", "a.b"]
SCORES = [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]]
TASKS = find_operands(OutputTable((), Tasks([*map(Task, NAMES)])))


def rows_of(values: Sequence[Sequence[float]]) -> ScoredChunk:
    """Return rows of these scores, those of NaN rejected."""
    scores = np.array(values, dtype=np.float64).reshape(len(values), -1)
    unknown = np.flatnonzero(np.isnan(scores).all(axis=1)).tolist()
    rejected = {row: Rejected(row, "", Stage.PARSE, "no: it is not") for row in unknown}
    tasks = Tasks([Task(f"{place}") for place in range(scores.shape[1])])
    smiles = tuple("C" for _ in values)
    rows = tuple(Row(row, row + 1, "C", ("C",)) for row in range(len(values)))
    return ScoredChunk(rows, Predictions(smiles, tasks, scores, rejected))


SCORED = rows_of(SCORES)
UNKNOWN = rows_of([[np.nan] * len(NAMES)])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SR-p53", 0.3),
        (" NR-AR-LBD ", 0.2),
        ("NR-AR-NR-AR-LBD", -0.1),
        ("odd name + a.b", 1.3),
        ("5-HT2A (human)", 0.8),
        ("`SR-p53`", 0.3),
        ("'max' + \"it's\" + `1`", 1.8),
        ("it's", 0.7),
        ("mean", 0.5),
        ("max", 0.9),
        ("min", 0.1),
        ("mean(NR-AR, SR-p53)", 0.2),
        ("max(NR-AR, 2 * SR-p53, 0.5)", 0.6),
        ("min(SR-p53)", 0.3),
        ("0.5 * SR-p53 + NR-AR", 0.25),
        ("SR-p53 - NR-AR - NR-AR", 0.1),
        ("SR-p53 / (NR-AR + NR-AR-LBD)", 1.0),
        ("-SR-p53 * 1e1", -3.0),
        ("max - min", 0.8),
        ("SR-p53 / 0", np.inf),
    ],
)
def test_a_number_is_computed_from_the_scores(text: str, value: float) -> None:
    assert parse_number(text, TASKS)(SCORED) == pytest.approx([value])


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("SR-p53 < 0.4", True),
        ("SR-p53<.2", False),
        ("SR-p53 >= 0.3 and SR-p53 <= 0.3", True),
        ("NR-AR == 0.1", True),
        ("NR-AR != 0.1", False),
        ("0.05 < NR-AR < 0.2", True),
        ("0.05 < NR-AR < 0.1", False),
        ("NR-AR < 0.3 and max < 0.5", False),
        ("NR-AR < 0.3 or max < 0.5 and min > 1", True),
        ("not (NR-AR > SR-p53)", True),
        ("not NR-AR < 0.3", False),
        ("NR-AR + NR-AR-LBD > 0.25", True),
        ("max(NR-AR, SR-p53) > 0.2", True),
    ],
)
def test_a_condition_holds_or_does_not(text: str, holds: bool) -> None:
    assert parse_condition(text, TASKS)(SCORED).tolist() == [holds]


@pytest.mark.parametrize(
    "text", ["SR-p53 < 1", "not SR-p53 < 0", "SR-p53 != 2", "max < 1 or 1 < 2", "not mean == mean"]
)
def test_no_condition_holds_of_a_row_without_scores(text: str) -> None:
    assert parse_condition(text, TASKS)(UNKNOWN).tolist() == [False]


def test_a_row_without_scores_has_no_number() -> None:
    assert np.isnan(parse_number("0 * max + 1", TASKS)(UNKNOWN)).all()


@given(st.integers(0, 40), st.integers(1, 40), st.sampled_from(["mean", "max(a, b / c) - 0.1 * a"]))
def test_a_molecule_has_the_same_number_whatever_stands_beside_it(
    start: int, n: int, text: str
) -> None:
    scores = np.random.default_rng(0).random((80, 3), dtype=np.float32)
    operands = find_operands(OutputTable((), Tasks([Task("a"), Task("b"), Task("c")])))
    expression = parse_number(text, operands)
    together, alone = expression(rows_of(scores)), expression(rows_of(scores[start : start + n]))
    assert together[start : start + n].tolist() == alone.tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "SR-p54 < 0.2",
            "'SR-p54 < 0.2': unknown column 'SR-p54': did you mean SR-p53.*known: 1, ",
        ),
        ("sr-p53 < 0.2", "unknown column 'sr-p53': did you mean SR-p53"),
        ("`SR` < 0.2", "unknown column 'SR'"),
        ("__import__('os') > 1", "unknown column '__import__'"),
        ("SR-p53 = 0.2", "expected == but got '=' at character 8; fix: write =="),
        ("SR-p53 > 1 & max > 1", "expected and but got '&' at character 12; fix: write and"),
        (
            "SR-p53 > 1 | max > 1",
            "expected or but got '|' at character 12; fix: write or".replace("|", r"\|"),
        ),
        ("SR-p53 > 1 ^ max > 1", r"one of \+ - .* == .* but got '\^' at character 12"),
        ("max == true", "expected a condition, .* but got 'max'"),
        ("SR-p53 == true", "booleans beside true or false but got 'SR-p53'; fix: .* SR-p53 == 1"),
        ("max > true", "expected == or != beside true or false but got 'max > true'"),
        ("any > 0.5", "got 'any', which is not added; fix: add it with add=… any"),
        (
            "SR-p53_spread > 1",
            "got 'SR-p53_spread', which is not added; fix: add it with add=… spread",
        ),
        ("no-task_spread > 1", "unknown column 'no-task_spread'"),
        ("'nowhere' > 1", "unknown column 'nowhere'"),
        ("max == 'nowhere'", "a column of text to compare with a text but got 'max'"),
        ("SR-p53 == 'nowhere'", "a column of text to compare with a text but got 'SR-p53'"),
        ("'a' == 'b'", "expected a column but got none"),
        ("max > 'SR-p53", 'got "\'" at character 7'),
        ("max > 0.2.3", "got '0' at character 7"),
        ("max >", "expected an expression but it ends too early"),
        ("", "ends too early"),
        ("max > SR-p53 NR-AR", "makes no sense at 'NR-AR', character 14"),
        ("(max > 1", r"makes no sense at '\(', character 1"),
        ("max > 1)", r"makes no sense at '\)', character 8"),
        ("max > SR-p53(1)", r"expected a number but got 'SR-p53\(1\)'"),
        ("max > mean()", r"expected a number but got 'mean\(\)'"),
        ("max > (NR-AR < 1)", "expected a number but got 'NR-AR < 1'"),
        ("max > (NR-AR, 1)", r"expected a number but got '\(NR-AR, 1\)'"),
        ("not max", "expected a condition, such as mean > 0.5, but got 'max'"),
        ("max > 1 and odd name", "expected a condition, .* but got 'odd name'"),
        ("1 < 2", "expected a column but got none; known: NR-AR, "),
        ("max" + " + 1" * 200 + " > 1", "expected at most 300 words but got 403"),
    ],
)
def test_what_is_no_condition_is_refused_where_it_goes_wrong(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_condition(text, TASKS)


def test_a_condition_is_no_number() -> None:
    with pytest.raises(ConfigError, match=r"expected a number but got 'SR-p53 < 0\.2'"):
        parse_number("SR-p53 < 0.2", TASKS)


@pytest.mark.parametrize("text", ["not " * 299 + "max", "(" * 149 + "max" + ")" * 149])
def test_the_deepest_nesting_is_read_or_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_condition(text, TASKS)


def test_the_longest_sum_is_computed() -> None:
    assert parse_number("NR-AR" + " + 1" * 149, TASKS)(SCORED) == pytest.approx([149.1])


words = st.sampled_from(
    [*NAMES, *"()<>=!+-*/,.'`\"&|^%[]{}:;#\\\n\0", "and", "or", "not", "mean", "if", "lambda",
     "1", "0.5", "1e400", "é", "\udcff", "==", "<=", "**", "//", "a:=1", "True"]
)  # fmt: skip


@given(st.lists(words, max_size=12).map(" ".join) | st.lists(words, max_size=12).map("".join))
def test_any_text_is_read_or_refused_in_our_own_words(text: str) -> None:
    for parse, kind in ((parse_condition, np.bool_), (parse_number, np.float64)):
        try:
            expression = parse(text, TASKS)
        except ConfigError:
            continue
        assert expression(SCORED).dtype == expression(UNKNOWN).dtype == kind


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
