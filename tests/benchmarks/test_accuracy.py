"""What goes wrong unseen in a comparison: rows, seeds, signs, and figures of older settings."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from molgnn.errors import UnknownName
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.encoders.dmpnn import DMPNN
from molgnn.nn.encoders.gcn import GCN

HYDRIDE = "[H][H-][B-]1([H-][H])[n+]2ccccc2-c2cccc[n+]21"
"""RDKit parses it, but no clean-up makes a molecule of it."""


def score(case: str, model: str, seed: int, value: float | None, **changes: Any) -> Any:
    from processes import Run
    from scores import Score

    dataset, split = case.split("/")
    metric = changes.pop("metric", "roc_auc")
    figures = {
        "mean": {metric: {"value": value, "n_tasks": 1}},
        "tasks": {"A": {metric: value}, "B": {metric: None}},
    }
    return Score(dataset, split, model, seed, metric, Run(10.0, 9.0, None), figures, **changes)


def standing(case: str, values: dict[str, list[float | None]], **changes: Any) -> Any:
    from standings import Standing

    pairs = [(m, seed, v) for m, own in values.items() for seed, v in enumerate(own)]
    return Standing(case, [score(case, m, seed, v, **changes) for m, seed, v in pairs])


def test_splits_in_another_order_are_found_by_smiles() -> None:
    from cases import match_parts

    splits = pd.DataFrame({"smiles": ["CO", "CC", "C"], "scaffold0": ["test", "valid", "train"]})
    assert match_parts(splits, "scaffold0", ["C", "CC", "N", "CO"]) == [
        "train",
        "valid",
        None,
        "test",
    ]


def test_a_repeated_smiles_keeps_its_own_part_where_the_order_is_the_same() -> None:
    from cases import match_parts

    splits = pd.DataFrame({"smiles": ["C", "C"], "scaffold0": ["train", "test"]})
    assert match_parts(splits, "scaffold0", ["C", "C"]) == ["train", "test"]


def test_splits_without_smiles_must_have_as_many_rows() -> None:
    from cases import match_parts

    splits = pd.DataFrame({"row": [0, 1], "split_achiral": ["train", "test"]})
    assert match_parts(splits, "split_achiral", ["C", "CC"]) == ["train", "test"]
    with pytest.raises(ValueError, match="expected a part for each of 3 rows but got 2"):
        match_parts(splits, "split_achiral", ["C", "CC", "CCC"])


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    for name in ("datasets", "splits"):
        (folder / name).mkdir(parents=True)
    smiles = ["C", "not a molecule", "CC", "CO", HYDRIDE]
    table = {"smiles": smiles, "logp": [1.0, 2.0, 3.0, 4.0, 5.0]}
    pd.DataFrame(table).to_csv(folder / "datasets" / "delaney.csv", index=False)
    parts = {"CO": "test", "CC": "test", "C": "test", "not a molecule": "train", HYDRIDE: "test"}
    splits = {"smiles": list(parts), "scaffold0": list(parts.values())}
    pd.DataFrame(splits).to_csv(folder / "splits" / "kpgt_esol.csv.gz", index=False)
    monkeypatch.setenv("MOLGNN_DATA", str(folder))
    return folder


def test_a_row_that_gives_no_molecule_is_left_out_for_all(data: Path, tmp_path: Path) -> None:
    from cases import make_case

    table = make_case("esol/kpgt0", tmp_path).read()
    assert table.smiles == ["C", "CC", "CO"]
    assert table.labels.ravel().tolist() == [1.0, 3.0, 4.0]
    assert table.split_values == ["test", "test", "test"]


def test_a_data_set_a_split_or_a_model_that_nobody_knows_is_an_error(tmp_path: Path) -> None:
    from cases import make_case
    from learners import recipe_of

    for name in ("esool/kpgt0", "esol/kpgt9"):
        with pytest.raises(UnknownName):
            make_case(name, tmp_path)
    for name in ("chemprob", "dmpnn-x0", "dmpnn-rew"):
        with pytest.raises(UnknownName, match="chemprop"):
            recipe_of(name)
    assert recipe_of("dmpnn-x5") == recipe_of("dmpnn-raw") == recipe_of("dmpnn")


def test_chemprops_predictions_must_be_of_the_test_rows_in_order(
    data: Path, tmp_path: Path
) -> None:
    from cases import make_case
    from learners import _read_chemprop

    case, path = make_case("esol/kpgt0", tmp_path), tmp_path / "test_predictions.csv"
    frame = pd.DataFrame({"smiles": ["C", "CC", "CO"], "logp": [0.1, 0.2, 0.3]})
    frame.to_csv(path, index=False)
    assert _read_chemprop(case, tmp_path)["logp"].tolist() == [0.1, 0.2, 0.3]
    frame.iloc[::-1].to_csv(path, index=False)
    with pytest.raises(ValueError, match="in order but got others"):
        _read_chemprop(case, tmp_path)


def test_a_measured_label_without_a_prediction_ends_the_comparison() -> None:
    from accuracy import check_complete

    labels = np.array([[1.0, np.nan], [0.0, 1.0]])
    check_complete(labels, np.array([[0.9, np.nan], [0.2, 0.7]]), "model")
    with pytest.raises(ValueError, match="1 have none"):
        check_complete(labels, np.array([[0.9, 0.1], [np.nan, 0.7]]), "model")
    with pytest.raises(ValueError, match="expected predictions"):
        check_complete(labels, np.zeros((1, 2)), "model")


def test_mean_and_deviation_are_those_of_the_seeds_that_have_a_figure() -> None:
    from standings import Spread

    spread = Spread.of([0.7, math.nan, 0.8, 0.9])
    assert spread.mean == pytest.approx(0.8)
    assert spread.deviation == pytest.approx(0.1)
    assert spread.describe() == "0.800 ± 0.100 (3)"
    assert Spread.of([0.7]).describe(signed=True) == "+0.700 (1)"
    assert Spread.of([math.nan]).describe() == ""
    assert Spread.of([]).to_json() == {"mean": None, "deviation": None, "n_seeds": 0}


def test_a_difference_is_of_equal_seeds_alone() -> None:
    case = standing("bbbp/kpgt0", {"dmpnn": [0.9, 0.8, 0.1], "chemprop": [0.8, 0.75]})
    assert case.gap("dmpnn", "chemprop").values == pytest.approx((0.1, 0.05))
    assert case.gap("dmpnn", "forest").values == ()


def test_a_smaller_error_counts_as_better() -> None:
    case = standing("esol/kpgt0", {"dmpnn": [0.6], "chemprop": [0.8]}, metric="rmse")
    assert case.gap("dmpnn", "chemprop").values == pytest.approx((0.2,))


def test_wins_count_data_sets_beside_tox21_each_once() -> None:
    from standings import wins

    standings = [
        standing("tox21/kpgt0", {"dmpnn": [0.9], "chemprop": [0.8]}),
        standing("bbbp/kpgt0", {"dmpnn": [0.9], "chemprop": [0.8]}),
        standing("bbbp/kpgt1", {"dmpnn": [0.8], "chemprop": [0.85]}),
        standing("esol/kpgt0", {"dmpnn": [0.9], "chemprop": [0.8]}, metric="rmse"),
        standing("hiv/scaffold", {"dmpnn": [0.9], "forest": [0.8]}),
    ]
    assert wins(standings, "chemprop") == (1, 2)


def test_the_bar_on_tox21_compares_the_seeds_that_all_have() -> None:
    from standings import bars_of_accuracy

    values = {"dmpnn": [0.8, 0.1], "chemprop": [0.7, 0.9], "forest": [0.75]}
    [bar] = bars_of_accuracy([standing("tox21/kpgt0", values)])
    assert (bar.figure, bar.bar, bar.aim, bar.verdict) == (0.8, 0.7, 0.75, "aim")


def test_a_task_without_a_figure_does_not_spoil_the_others() -> None:
    record = standing("bbbp/kpgt0", {"dmpnn": [0.9, None]}).to_json()
    tasks = record["models"]["dmpnn"]["tasks"]
    assert tasks["A"] == {"mean": 0.9, "deviation": None, "n_seeds": 1}
    assert tasks["B"]["mean"] is None
    json.dumps(record, allow_nan=False)


def test_what_older_settings_gave_is_neither_counted_nor_taken_for_done(tmp_path: Path) -> None:
    from scores import collect, save_score, score_name

    for recipe, value in (("old", 0.5), ("new", 0.9)):
        save_score(score("bbbp/kpgt0", "dmpnn", 0, value, recipe=recipe), tmp_path)
    save_score(score("bbbp/kpgt0", "forest", 0, 0.7), tmp_path)
    found = collect(tmp_path, ["bbbp/kpgt0"], {"forest": "", "dmpnn": "new"})
    assert [(each.model, each.value) for each in found] == [("forest", 0.7), ("dmpnn", 0.9)]
    names = {score_name("bbbp/kpgt0", "dmpnn", 0, recipe) for recipe in ("old", "new")}
    assert names == {path.stem for path in tmp_path.glob("*dmpnn*.json")}


def test_what_another_machine_has_measured_is_taken_up_beside_what_is_there(tmp_path: Path) -> None:
    from scores import collect, save_score, take_up

    here, there = score("bbbp/kpgt0", "dmpnn", 0, 0.9), score("bbbp/kpgt0", "dmpnn", 0, 0.1)
    other = score("bbbp/kpgt0", "chemprop", 1, 0.8)
    save_score(here, tmp_path / "scores")
    known = tmp_path / "known.json"
    known.write_text(json.dumps({"scores": [there.to_json(), other.to_json()]}))
    take_up(known, tmp_path / "scores")
    found = collect(tmp_path / "scores", ["bbbp/kpgt0"], {"dmpnn": "", "chemprop": ""})
    assert [s.value for s in found] == [0.9, 0.8]


def test_a_recipe_changes_with_the_defaults_of_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    import learners

    before = {name: learners.recipe_of(name) for name in ("dmpnn", "gcn", "chemprop")}
    assert before["dmpnn"] != before["gcn"]
    assert before["chemprop"] == ""

    class Wider(DMPNN):
        def __init__(self, preset: Preset, *, hidden_dim: int = 999) -> None: ...

    monkeypatch.setitem(ENCODERS, "dmpnn", Wider)
    assert learners.recipe_of("dmpnn") != before["dmpnn"]
    assert learners.recipe_of("gcn") == before["gcn"]
    monkeypatch.setitem(GCN.shared_defaults, "drop_edge", 0.5)
    assert learners.recipe_of("gcn") != before["gcn"]


def test_the_documents_table_has_every_figure_of_the_json() -> None:
    from accuracy import to_json
    from document_tables import describe

    values = {"dmpnn": [0.9, 0.8], "chemprop": [0.8, 0.75], "forest": [0.7]}
    record = json.loads(json.dumps(to_json([standing("bbbp/kpgt0", values)])))
    lines = [line for line in describe(record).splitlines() if line]
    assert (
        lines[0] == "| case | dmpnn | chemprop | forest | dmpnn less chemprop | dmpnn less forest |"
    )
    assert lines[2] == (
        "| bbbp/kpgt0 | 0.850 ± 0.071 (2) | 0.775 ± 0.035 (2) | 0.700 (1) | +0.075 ± 0.035 (2) | "
        "+0.200 (1) |"
    )
    assert lines[5].endswith("| 1 of 1 | 1 of 1 |")
