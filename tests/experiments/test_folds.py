"""Cross-validations, repeats and ensembles: several networks, one model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.special import logit

from molgnn.chem.splits import FOLD_GROUPS, SPLITS, Split, SplitRule
from molgnn.chem.splits.split import collect, find_molecules
from molgnn.errors import ConfigError, UnknownName
from molgnn.experiments.run import Run
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.module import TrainingModule
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.predictor import Predictor
from tests.runs import interrupt_at_epoch, train_alone, weights

TASKS = ["has_nitrogen", "length"]


@pytest.fixture(scope="module")
def short(config: TrainingConfig) -> TrainingConfig:
    return config.model_copy(update={"epochs": 2})


@pytest.fixture(scope="module")
def folds(table: Path, short: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> Run:
    settings = short.model_copy(update={"folds": 3, "ensemble": 2})
    return train_alone(table, tmp_path_factory.mktemp("runs") / "folds", settings)


def test_every_molecule_is_tested_in_one_fold(folds: Run) -> None:
    split = pd.read_csv(folds.folder / "split.csv").query("part_0 != 'rejected'")
    parts = split[["part_0", "part_1", "part_2"]]
    assert ((parts == "test").sum(axis=1) == 1).all()
    assert ((parts == "valid").sum(axis=1) == 1).all()


def test_a_model_of_folds_holds_the_networks_of_all(folds: Run) -> None:
    assert len(Bundle.load(folds.folder / "model").networks) == 3 * 2
    assert len(list((folds.folder / "members").iterdir())) == 3 * 2


def test_the_figures_of_folds_are_means_with_their_deviation(folds: Run) -> None:
    record = json.loads((folds.folder / "metrics.json").read_text())["test"]["mean"]["rmse"]
    assert len(record["folds"]) == 3
    assert record["value"] == pytest.approx(np.mean(record["folds"]))
    assert record["deviation"] == pytest.approx(np.std(record["folds"], ddof=1))
    assert "±" in folds.evaluations["test"].describe_mean("rmse")


def test_each_fold_s_predictions_are_those_of_its_own_networks(folds: Run) -> None:
    frame = pd.read_csv(folds.folder / "predictions.csv").set_index(["row", "fold"])
    lengths = frame["length"].unstack()
    assert lengths.shape[1] == 3
    assert (lengths.nunique(axis=1) == 3).all()
    everyone = folds.predictor.predict(frame.xs(0, level="fold")["smiles"])["length"]
    np.testing.assert_allclose(everyone, lengths.mean(axis=1), rtol=1e-4)


def test_an_ensemble_predicts_by_the_mean_of_its_networks_outputs(
    table: Path, short: TrainingConfig, tmp_path: Path
) -> None:
    run = train_alone(table, tmp_path / "pair", short.model_copy(update={"ensemble": 2}))
    bundle, smiles = Bundle.load(run.folder / "model"), ["CCO", "CCN", "c1ccccc1O"]
    alone = [
        Predictor(replace(bundle, members=(member,))).predict(smiles).values
        for member in bundle.members
    ]
    assert not np.allclose(*alone)
    together = run.predictor.predict(smiles)
    np.testing.assert_allclose(together["length"], np.mean(alone, axis=0)[:, 1], rtol=1e-5)
    np.testing.assert_allclose(
        logit(together["has_nitrogen"]), logit(np.stack(alone)[..., 0]).mean(axis=0), rtol=1e-3
    )


def test_the_first_member_is_the_network_that_would_have_been_alone(
    table: Path, short: TrainingConfig, tmp_path: Path
) -> None:
    for n in (1, 2):
        train_alone(table, tmp_path / str(n), short.model_copy(update={"ensemble": n}))
    (single,), (first, _) = (Bundle.load(tmp_path / str(n) / "model").networks for n in (1, 2))
    assert torch.equal(single.head.output.weight, first.head.output.weight)


def test_repeats_are_splits_of_their_own(
    table: Path, short: TrainingConfig, tmp_path: Path
) -> None:
    run = train_alone(table, tmp_path / "run", short.model_copy(update={"repeats": 2}))
    split = pd.read_csv(run.folder / "split.csv")
    assert (split["part_0"] != split["part_1"]).any()
    assert len(run.evaluations["test"].folds) == 2


def test_a_new_split_is_one_line_for_a_split_and_for_folds(
    table: Path, short: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def split_by_length(
        smiles: Sequence[str], fractions: object, seed: int, molecules: object = None
    ) -> Split:
        """Test on the largest molecules, validate on the next."""
        groups, is_molecule = by_length(smiles)
        rows = [row for group in groups for row in group]
        return collect((rows[:60], rows[60:70], rows[70:]), is_molecule, "fix: more molecules")

    def by_length(smiles: Sequence[str]) -> tuple[list[list[int]], np.ndarray]:
        is_molecule = find_molecules(smiles)
        order = sorted(np.flatnonzero(is_molecule).tolist(), key=lambda row: len(smiles[row]))
        return [[row] for row in order], is_molecule

    monkeypatch.setitem(FOLD_GROUPS, "length", by_length)
    monkeypatch.setitem(SPLITS, "by_length", SplitRule(split_by_length, folds_by="length"))
    brief = short.model_copy(update={"split": "by_length", "epochs": 1})
    run = train_alone(table, tmp_path / "run", brief)
    split = pd.read_csv(run.folder / "split.csv").query("part != 'rejected'")
    lengths = split["smiles"].str.len().groupby(split["part"]).mean()
    assert lengths["train"] < lengths["valid"] < lengths["test"]
    folds = train_alone(table, tmp_path / "folds", brief, folds=3)
    assert len(folds.evaluations["test"].folds) == 3


def test_only_known_splits_are_made_into_folds(
    table: Path, short: TrainingConfig, tmp_path: Path
) -> None:
    settings = short.model_copy(update={"folds": 3, "split": "randon"})
    with pytest.raises(UnknownName, match="did you mean random"):
        train_alone(table, tmp_path / "run", settings)


def test_repeats_of_a_split_that_knows_no_seed_are_said_to_be_alike(
    table: Path, short: TrainingConfig, tmp_path: Path
) -> None:
    settings = short.model_copy(update={"repeats": 2, "split": "scaffold", "epochs": 1})
    run = train_alone(table, tmp_path / "run", settings)
    assert any(note.startswith("of the 2 splits only 1 differ") for note in run.notes)


def test_ctrl_c_keeps_the_members_so_far_and_resume_trains_the_others(
    table: Path, short: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = short.model_copy(update={"ensemble": 3})
    undisturbed = train_alone(table, tmp_path / "undisturbed", settings)
    started = TrainingModule.on_train_epoch_start

    with monkeypatch.context() as patch:
        interrupt_at_epoch(1, patch)
        interrupting = TrainingModule.on_train_epoch_start
        patch.setattr(
            TrainingModule,
            "on_train_epoch_start",
            lambda self: (interrupting if self.seed == settings.seed + 1 else started)(self),
        )
        cut_short = train_alone(table, tmp_path / "run", settings)
    assert cut_short.interrupted
    assert len(Bundle.load(cut_short.folder / "model").networks) == 2

    resumed = train_alone(table, tmp_path / "run", settings, resume=True)
    assert not resumed.interrupted
    assert weights(resumed) == weights(undisturbed)


def test_folds_and_a_column_of_parts_contradict_each_other() -> None:
    with pytest.raises(ConfigError, match="got 5 folds and column:part; fix"):
        TrainingConfig.build(folds=5, split="column:part")


def test_the_card_says_how_the_molecules_were_shared_out(folds: Run) -> None:
    how = "cross-validation over 3 folds of molecules, 2 networks each"
    card = folds.predictor.card
    assert card.training == f"{how}, seed 3; dmpnn, stopped by the validation score"
    assert {figure.split for figure in card.figures} == {how}
