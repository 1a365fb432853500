from __future__ import annotations

import pytest
import typer

from benchmarks.processes import Run
from benchmarks.speed.epoch_times import EpochTiming
from benchmarks.speed.training import _pair, epoch_targets, to_table


def timing(title: str, short: float, long: float) -> EpochTiming:
    return EpochTiming(title, (2, 12), [(Run(short, 1.0, 10**9), Run(long, 1.0, 10**9))])


def test_the_targets_hold_the_d_mpnn_against_chemprops_faster_featurizer() -> None:
    seconds = {"molgnn-dmpnn": 10.0, "chemprop-cuik": 30.0, "chemprop": 60.0}
    [target] = epoch_targets({name: timing(name, 0.0, s) for name, s in seconds.items()})
    assert (target.value, target.outcome) == (pytest.approx(3.0), "met")


def test_the_table_is_made_of_the_json_alone_and_leaves_out_what_is_lost_in_the_noise() -> None:
    epochs = {"a": timing("A", 0.0, 40.0).to_json(), "b": timing("B", 9.0, 8.0).to_json()}
    record = {"date": "today", "machine": {"cpu": "any"}, "case": "tox21/kpgt0", "threads": 2}
    table = to_table({**record, "batch_size": 64, "epochs": epochs})
    assert table.rows == [
        ["A", "2, 12", "4.00", "4.00", "4.00", "40.0", "1.00"],
        ["B", "2, 12", "", "", "", "8.0", "1.00"],
    ]


def test_two_numbers_of_epochs_are_given_the_smaller_first() -> None:
    assert _pair("2,12") == (2, 12)
    for text in ("12,2", "2", "2,2", "0,3", "1,2,3"):
        with pytest.raises(typer.BadParameter, match="fix: the smaller first"):
            _pair(text)
