from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from molgnn.chem.records import Rejected, Row, Stage
from molgnn.errors import ConfigError
from molgnn.predictor.predictions import Predictions
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
