"""Predictions are a table: columns by name, rows by position."""

from __future__ import annotations

import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest

from molgnn.chem.records import Rejected, Stage
from molgnn.errors import UnknownName, UnknownRow
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.tasks import Task, Tasks

TASKS = Tasks([Task("NR-AR"), Task("SR-p53")])
SPREAD = OutputColumn("spread", Role.UNCERTAINTY)
N_ALERTS = OutputColumn("n_alerts", Role.ALERT, dtype="int64")
IS_NEAR = OutputColumn("is_near", Role.DOMAIN, dtype="bool")
NEAREST = OutputColumn("nearest", Role.NOTE, dtype="text")


@pytest.fixture
def predictions() -> Predictions:
    return Predictions(
        smiles=("C", "no", "CC", "CCC"),
        tasks=TASKS,
        values=np.array([[0.1, 0.2], [np.nan] * 2, [0.3, 0.4], [0.5, 0.6]], dtype=np.float32),
        rejected={1: Rejected(1, "no", Stage.PARSE, "invalid SMILES: no")},
        added={
            SPREAD: np.array([0.01, np.nan, 0.02, np.nan], dtype=np.float32),
            N_ALERTS: np.array([1, 0, 2, 3]),
            IS_NEAR: np.array([True, False, True, False]),
            NEAREST: np.array(["methane", None, "ethane", None], dtype=object),
        },
    )


def test_a_name_gives_a_column_with_gaps_where_rows_were_rejected(predictions: Predictions) -> None:
    np.testing.assert_allclose(predictions["NR-AR"], [0.1, np.nan, 0.3, 0.5])
    np.testing.assert_allclose(predictions["spread"], [0.01, np.nan, 0.02, np.nan])
    assert predictions["n_alerts"].tolist() == [1, None, 2, 3]
    assert predictions["is_near"].tolist() == [True, None, True, False]
    assert predictions["nearest"].tolist() == ["methane", None, "ethane", None]


def test_a_position_gives_a_row(predictions: Predictions) -> None:
    row = predictions[2]
    assert dict(row) == pytest.approx(
        {"NR-AR": 0.3, "SR-p53": 0.4, "spread": 0.02, "n_alerts": 2, "is_near": True,
         "nearest": "ethane"}
    )  # fmt: skip
    assert (row.smiles, row.ok, row.reason, row.label) == ("CC", True, "", 2)
    assert predictions[-2] == row
    assert [type(row[name]) for name in ("NR-AR", "n_alerts", "is_near")] == [float, int, bool]


def test_a_rejected_row_has_a_reason_and_no_cells(predictions: Predictions) -> None:
    row = predictions[1]
    assert (row.ok, row.reason) == (False, "invalid SMILES: no")
    assert set(row.values()) == {None}


def test_rows_are_iterated_over_in_order(predictions: Predictions) -> None:
    assert [row.smiles for row in predictions] == ["C", "no", "CC", "CCC"]


@pytest.mark.parametrize(
    "key", [slice(1, 3), [1, 2], np.array([1, 2]), np.array([False, True, True, False])]
)
def test_a_slice_or_a_mask_gives_predictions_of_those_rows(
    predictions: Predictions, key: slice
) -> None:
    part = predictions[key]
    assert part.smiles == ("no", "CC")
    assert part.ok.tolist() == [False, True]
    assert part.rejected[0].row == 0
    assert part["n_alerts"].tolist() == [None, 2]
    assert part.columns == predictions.columns


def test_no_rows_are_predictions_of_none(predictions: Predictions) -> None:
    assert len(predictions[[]]) == len(predictions[9:]) == 0
    with pytest.raises(UnknownRow, match="that have none"):
        predictions[[]][0]


def test_a_part_keeps_its_labels(predictions: Predictions) -> None:
    labelled = Predictions(
        predictions.smiles, TASKS, predictions.values, {}, pd.Index(list("abcd"))
    )
    assert list(labelled[2:].to_frame().index) == ["c", "d"]
    assert labelled[3].label == "d"


@pytest.mark.parametrize("key", ["NR-AB", "smiles"])
def test_a_wrong_name_is_answered_in_words(predictions: Predictions, key: str) -> None:
    with pytest.raises(UnknownName, match=r"unknown column .*known: NR-AR"):
        predictions[key]
    with pytest.raises(UnknownName, match=r"unknown column .*known: NR-AR"):
        predictions[0][key]


@pytest.mark.parametrize("position", [4, -5])
def test_a_row_that_is_not_there_is_answered_in_words(
    predictions: Predictions, position: int
) -> None:
    with pytest.raises(UnknownRow, match=rf"a row from 0 to 3 but got {position}; fix"):
        predictions[position]


def test_the_frame_has_every_column_in_its_type(predictions: Predictions) -> None:
    frame = predictions.to_frame()
    assert list(frame.columns) == [
        "smiles", "status", "reason", "NR-AR", "SR-p53", "spread", "n_alerts", "is_near", "nearest",
    ]  # fmt: skip
    assert frame["n_alerts"].dtype == "Int64"
    assert frame["is_near"].dtype == "boolean"
    assert frame["n_alerts"].isna().tolist() == [False, True, False, False]
    assert predictions[2:].to_frame()["n_alerts"].dtype == "int64"


def test_pieces_are_put_end_to_end(predictions: Predictions) -> None:
    again = Predictions.concatenate([predictions[:1], predictions[1:3], predictions[3:]])
    pd.testing.assert_frame_equal(again.to_frame(), predictions.to_frame())
    assert again.rejected == predictions.rejected


def test_rows_can_be_rejected_beforehand() -> None:
    why = Rejected(0, "", Stage.PREDICT, "crash: it did")
    blank = Predictions.blank(["C", "CC"], TASKS, [N_ALERTS, NEAREST], why)
    assert [(row.smiles, row.reason) for row in blank] == [("C", why.reason), ("CC", why.reason)]
    assert blank.rejected[1] == Rejected(1, "CC", Stage.PREDICT, "crash: it did")
    assert blank["n_alerts"].tolist() == blank["nearest"].tolist() == [None, None]
    assert np.isnan(blank.values).all()


def test_it_survives_pickling_and_copying(predictions: Predictions) -> None:
    for again in (pickle.loads(pickle.dumps(predictions)), deepcopy(predictions)):
        pd.testing.assert_frame_equal(again.to_frame(), predictions.to_frame())


def test_rows_and_tables_show_themselves_in_a_line(predictions: Predictions) -> None:
    assert repr(predictions) == (
        "Predictions(3 of 4 molecules scored; rejected: 1 invalid SMILES; "
        "columns: NR-AR, SR-p53, spread, n_alerts, is_near, nearest)"
    )
    assert repr(predictions[0]) == (
        "PredictedRow('C', NR-AR=0.1, SR-p53=0.2, spread=0.01, n_alerts=1, … 2 more)"
    )
    assert repr(predictions[1]) == "PredictedRow('no', rejected: invalid SMILES: no)"


def test_the_notebook_sees_added_columns_and_nothing_for_a_gap(predictions: Predictions) -> None:
    html = predictions._repr_html_()
    assert "<td>methane</td>" in html
    assert "<td>0.02</td>" in html
    assert html.count("<td></td>") == 2  # the last row's spread and nearest
    assert "None" not in html
