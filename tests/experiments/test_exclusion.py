"""Excluded molecules are not learned from; a test part that the table names is tested as it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from molgnn.chem.exclusion import read_exclusions
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable, read_table
from molgnn.errors import ConfigError, TableError
from molgnn.experiments.exclusion import TableKeys, exclude_molecules
from molgnn.experiments.run import Run
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData, featurize_table
from molgnn.graph.featurizer import Featurizer
from molgnn.predictor.leakage import ExcludedFile
from tests.runs import train_alone

SMILES = ["CC(C)N", "CC(C)[NH3+].[Cl-]", "CCO", "CCCO", "c1cccc1", "CC(C)N", "CCN", "CCCN"]
PARTS = ["train", "valid", "train", "valid", "train", "test", "train", "test"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("excluded") / "out.smi"
    path.write_text("CC([NH3+])C\nC[CH2:1]O\n")
    return path


def make_table(*, with_parts: bool) -> LabelledTable:
    frame = pd.DataFrame({"smiles": SMILES, "y": [0, 1] * 4, "part": PARTS})
    frame = frame if with_parts else frame.drop(columns="part")
    return read_table(frame, split_column="part" if with_parts else None)


def exclude(
    table: LabelledTable, *files: Path, mode: str = "parent"
) -> tuple[TrainingData, tuple[ExcludedFile, ...]]:
    data = featurize_table(table, Standardizer(mode), Featurizer())
    return exclude_molecules(data, table, read_exclusions(files), TableKeys(table, data))


@pytest.mark.parametrize("mode", ["parent", "off"])
def test_excluded_molecules_leave_a_table_that_is_not_split_yet(out: Path, mode: str) -> None:
    data, [file] = exclude(make_table(with_parts=False), out, mode=mode)
    assert data.smiles == ["CCCO", "CCN", "CCCN"]
    assert data.rows.tolist() == [3, 6, 7]
    assert (len(data.molecules), data.labels.tolist()) == (3, [[1], [0], [1]])
    assert (file.left_out, file.tested) == ({"table": 4}, 0)
    assert data.notes == ("out.smi (2 molecules) leaves out 4 rows of the table",)
    reasons = {row.row: row.reason for row in data.rejected if row.row != 4}
    assert reasons == dict.fromkeys((0, 1, 2, 5), "excluded: its molecule is in out.smi")


def test_a_test_part_that_the_table_names_keeps_its_rows(out: Path) -> None:
    data, [file] = exclude(make_table(with_parts=True), out)
    assert data.rows.tolist() == [3, 5, 6, 7]
    assert (file.left_out, file.tested) == ({"train": 2, "valid": 1}, 1)
    assert data.notes == (
        "out.smi (2 molecules) leaves out 2 rows of the train and 1 row of the valid part; "
        "it leaves 1 row in the test part",
    )


def test_a_file_that_excludes_nothing_is_told(out: Path, tmp_path: Path) -> None:
    (tmp_path / "foreign.txt").write_text(hashlib.sha256(b"LFQSCWFLJHTTHA").hexdigest())
    data, [first, second] = exclude(make_table(with_parts=False), tmp_path / "foreign.txt", out)
    assert (first.left_out, second.left_out) == ({}, {"table": 4})
    assert data.notes[0] == "foreign.txt (1 molecule) leaves out nothing"


def test_without_a_file_the_data_stay_as_they_are() -> None:
    table = make_table(with_parts=False)
    data, files = exclude(table)
    assert (len(data.rows), data.notes, files) == (7, (), ())


@pytest.mark.parametrize(
    ("smiles", "with_parts", "said"),
    [
        (
            "\n".join(s for s in SMILES if s != "c1cccc1"),
            False,
            "exclude=… leaves train 0, valid 0: out",
        ),
        ("CC(C)N\nCCCO", True, "exclude=… leaves train 2, valid 0: out.smi .* fix: exclude fewer"),
    ],
)
def test_nothing_left_to_learn_from_is_an_error(
    smiles: str, with_parts: bool, said: str, tmp_path: Path
) -> None:
    (tmp_path / "out.smi").write_text(smiles)
    with pytest.raises(TableError, match=said):
        exclude(make_table(with_parts=with_parts), tmp_path / "out.smi")


EXCLUDED = [*range(0, 80, 10), 2]
"""Every tenth row; row 2 is ofloxacin, of which row 50, levofloxacin, is an enantiomer."""


@pytest.fixture(scope="module")
def drugs_out(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of every tenth drug of the table, as salts where they are amines."""
    path = tmp_path_factory.mktemp("excluded") / "drugs_out.csv"
    pd.DataFrame({"smiles": pd.read_csv(table)["smiles"][::10] + ".Cl"}).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def excluding(
    table: Path, drugs_out: Path, config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    settings = config.model_copy(update={"epochs": 1})
    folder = tmp_path_factory.mktemp("runs") / "excluding"
    return train_alone(table, folder, settings, exclude=drugs_out)


def test_a_training_is_that_of_the_table_without_the_excluded_rows(
    excluding: Run, table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    frame = pd.read_csv(table)
    rest = frame.drop(EXCLUDED)
    settings = config.model_copy(update={"epochs": 1})
    train_alone(rest, tmp_path / "run", settings)
    own, others = (pd.read_csv(f / "split.csv") for f in (excluding.folder, tmp_path / "run"))
    used = own[own["row"].isin(rest.index)]
    assert list(used["part"]) == list(others["part"])
    scores = [pd.read_csv(f / "predictions.csv") for f in (excluding.folder, tmp_path / "run")]
    pd.testing.assert_frame_equal(*(each.drop(columns="row") for each in scores))


def test_every_excluded_row_has_its_reason_in_the_split_and_one_note_is_on_all(
    excluding: Run,
) -> None:
    split = pd.read_csv(excluding.folder / "split.csv", keep_default_na=False)
    assert list(split["row"]) == list(range(80))
    is_excluded = split["reason"] == "excluded: its molecule is in drugs_out.csv"
    assert set(split["row"][is_excluded]) == set(EXCLUDED)
    [note] = [note for note in excluding.notes if "drugs_out" in note]
    assert note == "drugs_out.csv (8 molecules) leaves out 9 rows of the table"


def test_settings_and_card_say_what_was_excluded(excluding: Run, drugs_out: Path) -> None:
    assert TrainingConfig.read(excluding.folder / "config.json").exclude == (str(drugs_out),)
    leakage = excluding.predictor.card.leakage
    assert leakage is not None
    [file] = leakage.excluded
    assert file == ExcludedFile(
        file="drugs_out.csv",
        sha256=hashlib.sha256(drugs_out.read_bytes()).hexdigest(),
        molecules=8,
        left_out={"table": 9},
    )


def test_the_model_does_not_know_the_excluded_molecules(excluding: Run, table: Path) -> None:
    known = excluding.predictor.bundle.trained_on(list(pd.read_csv(table)["smiles"]))
    assert known is not None
    assert not known[EXCLUDED].any()
    assert known.any()


def test_a_file_that_has_changed_since_is_not_resumed_with(
    excluding: Run, table: Path, drugs_out: Path
) -> None:
    config = TrainingConfig.read(excluding.folder / "config.json")
    before = drugs_out.read_text()
    drugs_out.write_text(before + "CCCCCCO\n")
    with pytest.raises(ConfigError, match="the table, or a file of exclude=…, is not the one"):
        train_alone(table, excluding.folder, config, resume=True)
    drugs_out.write_text(before)
