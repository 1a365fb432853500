"""Test molecules that were learned from in another form are counted before the training."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from molgnn.experiments.run import Run
from molgnn.fitting.config import TrainingConfig
from molgnn.predictor.leakage import SplitLeakage
from tests.runs import train_alone

SAME = {
    60: "C[N+](C)(C)CC(O)CC([O-])=O",  # a zwitterion: valid, as the next
    61: "CNCC",
    70: "CC[NH2+]C.[Cl-]",  # a salt
    71: "[2H]CNCC",  # an isotope
    72: "C[C@@H](N)C(=O)O",  # the other enantiomer
    73: "Oc1ccccn1",  # a tautomer
}
LEARNED = {0: "CCNC", 1: "C[C@H](N)C(=O)O", 2: "O=c1cccc[nH]1", 3: "C[N+](C)(C)CC(O)CC(=O)O.[Cl-]"}


@pytest.fixture(scope="module")
def split_table(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a table whose test part has four molecules of its training part, in other forms."""
    frame = pd.read_csv(table).assign(part=["train"] * 60 + ["val"] * 10 + ["test"] * 10)
    frame.loc[7, "smiles"] = "c1ccccc1"
    for row, smiles in (SAME | LEARNED).items():
        frame.loc[row, "smiles"] = smiles
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def leaking(
    split_table: Path, config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    settings = config.model_copy(update={"split": "column:part", "epochs": 1})
    return train_alone(split_table, tmp_path_factory.mktemp("runs") / "leaking", settings)


def test_a_published_split_that_leaks_is_told_with_its_remedy(leaking: Run) -> None:
    [valid] = [note for note in leaking.notes if "valid molecules are in" in note]
    [test] = [note for note in leaking.notes if "test molecules are in" in note]
    assert valid.startswith("2 of 10 valid molecules are in the training part, too")
    assert test.startswith("4 of 10 test molecules are in the training or validation part, too (")
    assert "exclude=… with a file of the test molecules leaves these rows out" in test


def test_the_remedy_leaves_no_test_molecule_in_training(
    leaking: Run, split_table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    frame = pd.read_csv(split_table)
    frame[frame["part"] == "test"].to_csv(tmp_path / "test.csv", index=False)
    settings = config.model_copy(update={"split": "column:part", "epochs": 1})
    run = train_alone(split_table, tmp_path / "run", settings, exclude=tmp_path / "test.csv")
    assert not any("test molecules are in" in note for note in run.notes)
    leakage = run.predictor.card.leakage
    assert leakage is not None
    assert leakage.splits == (SplitLeakage(split="column:part", test_molecules=10, in_training=0),)
    [file] = leakage.excluded
    assert (file.left_out, file.tested) == ({"train": 3, "valid": 1}, 10)


def test_the_card_counts_the_test_molecules_that_were_learned_from(leaking: Run) -> None:
    card = leaking.predictor.card
    assert card.leakage is not None
    [split] = card.leakage.splits
    assert split == SplitLeakage(split="column:part", test_molecules=10, in_training=4)
    assert "leakage   4 of 10 test molecules are in the training or validation part" in str(card)


def test_each_fold_is_counted_and_a_split_by_scaffold_is_named_as_a_remedy(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    frame = pd.read_csv(table)[:20].assign(y=[0, 1] * 10)
    frame["smiles"] = ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", *[f"{'C' * i}O" for i in range(18)]]
    settings = {"folds": 3, "tasks": "y", "epochs": 1}
    run = train_alone(frame, tmp_path / "run", config, **settings)
    leakage = run.predictor.card.leakage
    assert leakage is not None
    assert [each.split for each in leakage.splits] == ["fold 0", "fold 1", "fold 2"]
    assert sum(each.test_molecules for each in leakage.splits) == 20
    told = [note for note in run.notes if "1 of 7 test molecules are in" in note]
    assert len(told) == sum(each.in_training for each in leakage.splits) == 2
    assert all("split=… balanced keeps most forms" in note for note in told)


def test_the_report_holds_the_statement(run: Run) -> None:
    leakage = run.predictor.card.leakage
    assert leakage is not None
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert f"<dt>leakage</dt><dd>{'; '.join(leakage.sentences())}</dd>" in page
