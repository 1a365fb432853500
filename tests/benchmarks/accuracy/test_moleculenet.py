from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.accuracy.comparison import Comparison
from benchmarks.accuracy.moleculenet import check_complete, to_json, to_table

MakeComparison = Callable[..., Comparison]


def test_a_measured_label_without_a_prediction_ends_the_comparison() -> None:
    labels = np.array([[1.0, np.nan], [0.0, 1.0]])
    check_complete(labels, np.array([[0.9, np.nan], [0.2, 0.7]]), "model")
    with pytest.raises(ValueError, match="1 have none"):
        check_complete(labels, np.array([[0.9, 0.1], [np.nan, 0.7]]), "model")
    with pytest.raises(ValueError, match="expected predictions"):
        check_complete(labels, np.zeros((1, 2)), "model")


def test_the_table_has_every_figure_of_the_json(make_comparison: MakeComparison) -> None:
    values = {"dmpnn": [0.9, 0.8], "chemprop": [0.8, 0.75], "forest": [0.7]}
    scores = make_comparison("bbbp/kpgt0", values).scores
    table = to_table(json.loads(json.dumps(to_json(scores), allow_nan=False)))
    assert table.headings == [
        "case", "dmpnn", "chemprop", "forest", "dmpnn less chemprop", "dmpnn less forest",
    ]  # fmt: skip
    assert table.rows[0] == [
        "bbbp/kpgt0", "0.850 ± 0.071 (2)", "0.775 ± 0.035 (2)", "0.700 (1)",
        "+0.075 ± 0.035 (2)", "+0.200 (1)",
    ]  # fmt: skip
    assert table.rows[1][:4] == ["seconds, summed (cases)", "10 (1)", "10 (1)", "10 (1)"]
    assert table.rows[-1][-2:] == ["1 of 1", "1 of 1"]
