"""Models of several kinds of members, and the recipes that list them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import molgnn
from molgnn.errors import ConfigError, FileProblem, UnknownName
from molgnn.experiments.run import Run
from molgnn.experiments.trainers.lightgbm import RECORD
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.recipes import RECIPES, read_recipe
from molgnn.predictor.bundle import Bundle
from molgnn.screening import screen
from tests.runs import interrupt_at_epoch, train_alone, weights

MEMBERS = [
    {"kind": "network", "count": 2},
    {"encoder": "none", "molecule_features": ["maccs"], "feature_options": {"hidden_dim": 8}},
    {"kind": "lightgbm", "molecule_features": ["maccs", "ecfp4"], "n_trees": 5, "weight": 2},
]
KINDS = ["network", "network", "network", "lightgbm"]


@pytest.fixture(scope="module")
def mixed(config: TrainingConfig) -> TrainingConfig:
    return config.changed(epochs=2, members=MEMBERS)


@pytest.fixture(scope="module")
def run(table: Path, mixed: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train_alone(table, tmp_path_factory.mktemp("runs") / "mixed", mixed)


def test_a_model_holds_members_of_every_kind_with_their_weights(run: Run) -> None:
    bundle = Bundle.load(run.folder / "model")
    assert [member.kind for member in bundle.members] == KINDS
    assert bundle.weights == (0.5, 0.5, 1.0, 2.0)
    assert bundle.feature_sets == ("maccs", "ecfp4")
    assert bundle.card.name == "mixed.drugs"
    assert "lightgbm, 5 trees on maccs, ecfp4" in bundle.card.training


def test_it_predicts_what_its_training_wrote_down(run: Run) -> None:
    written = pd.read_csv(run.folder / "predictions.csv")
    predicted = molgnn.load(run.folder).predict(written["smiles"])
    np.testing.assert_allclose(predicted["length"], written["length"], rtol=1e-4)


def test_regressions_are_averaged_by_weight(run: Run) -> None:
    predictor = molgnn.load(run.folder)
    store = predictor.bundle.make_featurizer()(["CCO", "c1ccccc1N"]).molecules
    alone = [member.predict(store)[:, 1] for member in predictor.bundle.members]
    expected = np.average(alone, axis=0, weights=predictor.bundle.weights)
    np.testing.assert_allclose(predictor.predict_store(store)[:, 1], expected, rtol=1e-5)


@pytest.mark.parametrize("engine", ["processes", "pipeline"])
def test_workers_give_the_bytes_of_a_single_process(
    engine: str, run: Run, library: Path, tmp_path: Path
) -> None:
    rows = pd.read_csv(library).head(40)
    tables: list[bytes] = []
    for name, options in (("one", {}), ("two", {"workers": 2, "engine": engine})):
        screen(rows, run.folder, output=tmp_path / f"{name}.csv", add=["spread"], **options)
        tables.append((tmp_path / f"{name}.csv").read_bytes())
    assert tables[0] == tables[1]
    assert len(tables[0].splitlines()) == 41


def test_graphs_of_dgl_lack_the_features(run: Run) -> None:
    predictor = molgnn.load(run.folder)
    graphs = molgnn.to_dgl(["CCO"], preset=predictor.preset, standardizer=predictor.standardizer)
    with pytest.raises(ConfigError, match="fix: give SMILES"):
        predictor.predict(graphs)


def test_folds_and_ensembles_have_all_members_each(
    table: Path, mixed: TrainingConfig, tmp_path: Path
) -> None:
    settings = mixed.changed(epochs=1, folds=3, ensemble=2, members=MEMBERS[2:])
    folds = train_alone(table, tmp_path / "folds", settings)
    members = Bundle.load(folds.folder / "model").members
    assert [member.kind for member in members] == ["lightgbm"] * 6


def test_a_training_goes_on_to_the_same_model(
    run: Run, table: Path, mixed: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        interrupt_at_epoch(1, patch)
        assert train_alone(table, tmp_path / "run", mixed).interrupted
    again = train_alone(table, tmp_path / "run", mixed, resume=True)
    assert weights(again) == weights(run)
    grown = (tmp_path / "run" / "members" / "3" / RECORD).stat().st_mtime_ns
    train_alone(table, tmp_path / "run", mixed, resume=True)
    assert (tmp_path / "run" / "members" / "3" / RECORD).stat().st_mtime_ns == grown


def test_a_recipe_gives_way_to_single_settings_and_comes_before_a_config(tmp_path: Path) -> None:
    recipe = tmp_path / "mine.json"
    recipe.write_text(json.dumps({"about": "mine", "epochs": 7, "batch_size": 8}))
    base = TrainingConfig(epochs=3, patience=2)
    config = TrainingConfig.given(base, {"recipe": str(recipe), "batch_size": 16})
    assert (config.epochs, config.batch_size, config.patience) == (7, 16, 2)
    assert config.recipe == str(recipe)


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_that_comes_with_molgnn_can_be_used(name: str) -> None:
    config = TrainingConfig.given(None, {"recipe": name})
    assert config.start_from == "dmpnn.chembl"
    assert config.recipe == name


def test_a_recipe_that_there_is_not_is_answered_with_the_near_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean best"):
        read_recipe("bets")
    with pytest.raises(FileProblem, match=r"cannot read a recipe from .*none.json"):
        read_recipe(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("text", "message"), [("{epochs: 3}", "expected settings as JSON"), ("[1]", "but got a list")]
)
def test_a_file_that_is_no_recipe_is_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_recipe(tmp_path / "recipe.json")


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ({"kind": "forest"}, "unknown kind of member 'forest'"),
        ({"kind": "lightgbm", "n_tree": 3}, "unknown setting 'n_tree': did you mean n_trees"),
        ({"kind": "lightgbm", "molecule_features": ["macs"]}, "unknown feature set 'macs'"),
        ({"kind": "network", "epoch": 3}, "unknown setting 'epoch': did you mean epochs"),
        ({"kind": "network", "encoder": "gnc"}, "unknown encoder 'gnc'"),
        ({"count": 0}, "members"),
    ],
)
def test_a_member_that_cannot_be_is_answered_before_any_work(
    member: dict[str, object], message: str, table: Path, tmp_path: Path
) -> None:
    with pytest.raises((ConfigError, UnknownName), match=message):
        train_alone(table, tmp_path / "run", members=[member])
    assert not (tmp_path / "run").exists()
