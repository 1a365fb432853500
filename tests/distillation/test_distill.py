"""A student learns what its teacher predicts, and is a model like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from typer.testing import CliRunner

import molgnn
from molgnn.cli.app import app
from molgnn.distillation.distill import DistillationRun, distill
from molgnn.distillation.teacher import teach
from molgnn.errors import ConfigError, FileProblem
from molgnn.experiments.run import Run
from molgnn.fitting.config import TrainingConfig
from molgnn.predictor.bundle import Bundle
from tests.runs import interrupt_at_epoch, train_alone

SMALL = {"hidden_dim": 16, "dropout": 0.0, "batch_size": 8, "learning_rate": 3e-3}
TASKS = ["has_nitrogen", "length"]


@pytest.fixture(scope="module")
def molecules(library: Path) -> pd.DataFrame:
    return pd.read_csv(library)[["smiles"]].dropna().iloc[80:280]


@pytest.fixture(scope="module")
def teacher(table: Path, config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> Run:
    trees = {"kind": "lightgbm", "molecule_features": ["rdkit2d"], "n_trees": 30}
    trees |= {"feature_fraction": 0.5, "learning_rate": 0.1, "weight": 3}
    settings = config.changed(epochs=1, members=[{"kind": "network"}, trees])
    return train_alone(table, tmp_path_factory.mktemp("runs") / "teacher", settings)


@pytest.fixture(scope="module")
def student(
    teacher: Run, molecules: pd.DataFrame, table: Path, tmp_path_factory: pytest.TempPathFactory
) -> DistillationRun:
    folder = tmp_path_factory.mktemp("runs") / "student"
    return distill(teacher.folder, molecules, folder, labels=table, epochs=30, seed=1, **SMALL)


def test_it_comes_near_its_teacher_on_molecules_that_it_has_not_seen(
    student: DistillationRun, teacher: Run, library: Path
) -> None:
    unseen = pd.read_csv(library)["smiles"].dropna().iloc[300:400]
    ours, theirs = student.predictor.predict(unseen), teacher.predictor.predict(unseen)
    is_ok = ours.ok & theirs.ok
    for task in TASKS:
        assert np.corrcoef(ours[task][is_ok], theirs[task][is_ok])[0, 1] > 0.5
    written = pd.read_csv(student.folder / "agreement.csv").set_index("task")
    assert list(written.index) == TASKS
    assert written["r2"].min() > 0.3
    assert student.agreement["length"]["r2"] == pytest.approx(written.loc["length", "r2"])


def test_it_is_one_network_without_features(student: DistillationRun) -> None:
    bundle = Bundle.load(student.folder / "model")
    assert [member.kind for member in bundle.members] == ["network"]
    assert bundle.feature_sets == ()
    assert bundle.card.name == "dmpnn.drugs"
    assert "distilled from mixed.drugs" in bundle.card.training


def test_it_knows_whose_labels_it_and_its_teacher_have_learned(
    student: DistillationRun, teacher: Run
) -> None:
    own = Bundle.load(student.folder / "model").training_keys
    before = Bundle.load(teacher.folder / "model").training_keys
    assert own is not None
    assert before is not None
    assert len(own) > len(before)  # the teacher has kept a test part, the student was given all
    assert np.isin(before, own).all()


def test_what_a_teacher_teaches_are_the_logits_of_its_predictions(teacher: Run) -> None:
    smiles = ["CCO", "CCN", "c1ccccc1"]
    taught = teach(teacher.predictor, smiles)
    predicted = teacher.predictor.predict(smiles)
    np.testing.assert_allclose(expit(taught[:, 0]), predicted["has_nitrogen"], rtol=1e-4)
    np.testing.assert_allclose(taught[:, 1], predicted["length"], rtol=1e-4)


def test_it_goes_on_to_the_same_student(
    teacher: Run,
    molecules: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {"epochs": 3, "seed": 1, **SMALL}
    whole = distill(teacher.folder, molecules, tmp_path / "whole", **settings)
    with monkeypatch.context() as patch:
        interrupt_at_epoch(1, patch)
        assert distill(teacher.folder, molecules, tmp_path / "run", **settings).interrupted
    again = distill(teacher.folder, molecules, tmp_path / "run", resume=True, **settings)
    assert _weights(again) == _weights(whole)
    with pytest.raises(ConfigError, match="are not those that"):
        distill(teacher.folder, molecules.head(100), tmp_path / "run", resume=True, **settings)
    with pytest.raises(FileProblem, match="which holds a run"):
        distill(teacher.folder, molecules, tmp_path / "run", **settings)


def test_excluded_molecules_are_neither_taught_nor_learned(
    teacher: Run, molecules: pd.DataFrame, table: Path, tmp_path: Path
) -> None:
    left_out = tmp_path / "left_out.smi"
    rows = [*molecules["smiles"].iloc[:5], *pd.read_csv(table)["smiles"].iloc[10:13]]
    left_out.write_text("\n".join(rows))
    run = distill(
        teacher.folder,
        molecules,
        tmp_path / "run",
        labels=table,
        exclude=left_out,
        epochs=1,
        **SMALL,
    )
    card = molgnn.model_card(run.folder)
    assert card.leakage is not None
    assert [sum(each.left_out.values()) for each in card.leakage.excluded] == [5, 3]


def test_a_student_reads_graphs_alone(
    teacher: Run, molecules: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="which is what makes it fast"):
        distill(teacher.folder, molecules, tmp_path / "run", molecule_features=["maccs"])


def test_the_command_says_how_near_the_student_comes(
    teacher: Run, molecules: pd.DataFrame, tmp_path: Path
) -> None:
    molecules.to_csv(tmp_path / "library.csv", index=False)
    outcome = CliRunner().invoke(
        app,
        [
            "distill", str(teacher.folder), str(tmp_path / "library.csv"),
            "-o", str(tmp_path / "run"), "--epochs", "1", "--hidden-dim", "8",
        ],
    )  # fmt: skip
    assert outcome.exit_code == 0, outcome.output
    assert "length: R² " in outcome.output
    assert f"molgnn screen LIBRARY -m {tmp_path / 'run'}" in outcome.output.replace("\n", " ")


def _weights(run: DistillationRun) -> bytes:
    return (run.folder / "model" / "weights.safetensors").read_bytes()
