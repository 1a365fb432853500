from __future__ import annotations

import inspect
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.accuracy.models import _read_chemprop, make_model, settings_hash_of
from benchmarks.datasets import Case, make_case
from benchmarks.processes import measure
from molgnn.errors import UnknownName
from molgnn.nn.encoders.dmpnn import DMPNN
from molgnn.nn.encoders.gcn import GCN


@pytest.mark.parametrize("name", ["chemprob", "dmpnn-x0", "dmpnn-rew"])
def test_a_model_that_nobody_knows_is_an_error(name: str) -> None:
    with pytest.raises(UnknownName, match="chemprop"):
        settings_hash_of(name)


def test_ensembles_and_raw_structures_have_the_settings_of_their_network() -> None:
    assert (
        settings_hash_of("dmpnn-x5") == settings_hash_of("dmpnn-raw") == settings_hash_of("dmpnn")
    )


def test_the_hash_changes_with_the_defaults_of_its_network(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: settings_hash_of(name) for name in ("dmpnn", "gcn", "chemprop")}
    assert before["dmpnn"] != before["gcn"]
    assert before["chemprop"] == ""
    defaults = inspect.unwrap(DMPNN.__init__).__kwdefaults__
    monkeypatch.setitem(defaults, "hidden_dim", 999)
    assert settings_hash_of("dmpnn") != before["dmpnn"]
    assert settings_hash_of("gcn") == before["gcn"]
    monkeypatch.setitem(GCN.shared_defaults, "drop_edge", 0.5)
    assert settings_hash_of("gcn") != before["gcn"]


def test_chemprops_predictions_must_be_of_the_test_rows_in_order(
    data: Path, tmp_path: Path
) -> None:
    case, path = make_case("esol/kpgt0", tmp_path), tmp_path / "test_predictions.csv"
    frame = pd.DataFrame({"smiles": ["C", "CC", "CO"], "logp": [0.1, 0.2, 0.3]})
    frame.to_csv(path, index=False)
    assert _read_chemprop(case, tmp_path)["logp"].tolist() == [0.1, 0.2, 0.3]
    frame.iloc[::-1].to_csv(path, index=False)
    with pytest.raises(ValueError, match="in order but got others"):
        _read_chemprop(case, tmp_path)


def test_a_tree_model_predicts_every_task_of_the_test_rows(case: Case, tmp_path: Path) -> None:
    model, folder = make_model("lightgbm", tmp_path), tmp_path / "model"
    measure(model.command(case, 0, folder), tmp_path / "log")
    predictions = model.predictions(case, folder)
    assert predictions.shape == (1, 2)
    assert predictions.columns.tolist() == ["A", "B"]
    assert predictions.notna().all(axis=None)
