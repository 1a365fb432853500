"""What the figures of training rest on: epochs from two runs, equal work, planted labels."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from molgnn.errors import UnknownName


def course(name: str, pairs: list[tuple[float, float]], epochs: tuple[int, int] = (2, 12)) -> Any:
    from epochs import Course
    from measure import Run
    from trainers import Trainer

    runs = [(Run(short, short, 1), Run(long, long, 3)) for short, long in pairs]
    return Course(Trainer(name, name, lambda case, n, folder: []), epochs, runs)


@pytest.fixture
def case(tmp_path: Path) -> Any:
    from cases import Case

    parts = ["train", "train", "valid", "test"]
    table = {"smiles": ["C", "CC", "CO", "CN"], "A": [0, 1, 0, 1], "B": [1, 0, 1, 0], "part": parts}
    path = tmp_path / "case.csv"
    pd.DataFrame(table).to_csv(path, index=False)
    return Case("tox21", "kpgt0", path)


def test_the_time_of_an_epoch_is_the_median_difference_of_runs_that_differ_in_epochs() -> None:
    timed = course("any", [(10.0, 30.0), (50.0, 60.0), (11.0, 26.0)])
    assert timed.epoch_seconds == [2.0, 1.0, 1.5]
    assert timed.epoch == 1.5
    assert timed.seconds == 30.0
    assert timed.peak_bytes == 3


def test_fewer_epochs_give_the_same_time_per_epoch() -> None:
    assert course("slow", [(105.0, 305.0)], epochs=(1, 3)).epoch == 100.0


def test_an_epoch_that_is_lost_in_the_noise_gives_no_ratio() -> None:
    from epochs import ratios

    theirs = course("theirs", [(10.0, 50.0)])
    for pairs, expected in (([(10.0, 20.0)], [4.0]), ([(10.0, 20.0), (9.0, 8.0)], [])):
        courses = {"ours": course("ours", pairs), "theirs": theirs}
        assert list(ratios(courses, "ours", "theirs")) == expected
    assert list(ratios({"theirs": theirs}, "ours", "theirs")) == []


def test_the_bars_hold_the_d_mpnn_against_chemprops_faster_mode() -> None:
    from training import Findings

    seconds = {"molgnn-dmpnn": 10.0, "chemprop-cuik": 30.0, "chemprop": 60.0}
    courses = {name: course(name, [(0.0, s)]) for name, s in seconds.items()}
    [bar] = Findings("tox21/kpgt0", 2, courses).bars()
    assert (bar.figure, bar.verdict) == (pytest.approx(3.0), "pass")


def test_trainers_take_turns_and_none_finds_what_an_earlier_run_has_cached(
    case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import contestants
    import epochs
    from measure import Run
    from trainers import Trainer

    ran: list[tuple[str, str]] = []

    def pretend(command: list[str], log: Path, environment: dict[str, str]) -> Run:
        assert list(Path(environment["MOLGNN_CACHE"]).iterdir()) == []
        (Path(environment["MOLGNN_CACHE"]) / "featurized").touch()
        ran.append((command[0], command[1]))
        return Run(float(command[1]), 0.0, None)

    monkeypatch.setattr(contestants, "measure", pretend)
    fast = Trainer("a", "a", lambda case, n, folder: ["a", str(n)])
    slow = Trainer("b", "b", lambda case, n, folder: ["b", str(n)], is_slow=True)
    timed = epochs.time_epochs([fast, slow], case, (2, 12), (1, 3), 2, tmp_path)
    assert ran == [("a", "2"), ("a", "12"), ("b", "1"), ("b", "3")] * 2
    assert [each.epoch for each in timed.values()] == [1.0, 1.0]


def test_chemprop_gets_the_same_rows_with_its_own_word_for_validation(
    case: Any, tmp_path: Path
) -> None:
    from learners import table_for_chemprop

    ours, theirs = (
        pd.read_csv(p) for p in (case.path, table_for_chemprop(case, tmp_path / "t.csv"))
    )
    assert theirs["part"].tolist() == ["train", "train", "val", "test"]
    assert theirs.drop(columns="part").equals(ours.drop(columns="part"))


@pytest.mark.parametrize("name", ["molgnn-dmpnn", "molgnn-mpnn"])
def test_ours_trains_to_the_last_epoch_in_batches_of_the_peers_size(
    name: str, case: Any, tmp_path: Path
) -> None:
    from trainers import BATCH_SIZE, build

    from molgnn.fitting.config import TrainingConfig

    command = build(name, tmp_path).command(case, 12, tmp_path / "run")
    config = TrainingConfig.read(Path(command[command.index("--config") + 1]))
    assert (config.epochs, config.patience, config.batch_size) == (12, 12, BATCH_SIZE)
    assert config.split_column == "part"


def test_ours_is_the_mpnn_of_dgllifes_default_size() -> None:
    from dgllife.model import MPNNPredictor
    from trainers import MPNN

    from molgnn.graph.presets import PRESETS
    from molgnn.nn.network import build_network
    from molgnn.tasks import Task, TaskKind, Tasks

    tasks = Tasks([Task(name, TaskKind.CLASSIFICATION) for name in "AB"])
    ours = build_network(MPNN, PRESETS["canonical"], tasks)
    theirs = MPNNPredictor(74, 12, n_tasks=2)
    for part in ("gnn.gnn_layer.edge_func.2.weight", "readout.lstm.weight_hh_l2"):
        shape = theirs.get_parameter(part).shape
        assert shape in [each.shape for each in ours.parameters()], part
    assert ours.readout.out_dim == theirs.predict[0].in_features
    assert ours.head.output.in_features == theirs.predict[2].in_features


def test_a_pattern_that_fits_no_trainer_is_an_error() -> None:
    from trainers import choose

    assert choose("chemprop*,molgnn-mpnn") == ["chemprop-cuik", "chemprop", "molgnn-mpnn"]
    with pytest.raises(UnknownName, match="dgllife-mpnn"):
        choose("dgllife-gcn")


@pytest.fixture
def planted(library: Path, tmp_path: Path) -> list[dict[str, str]]:
    from libraries import clean_library
    from planted import plant_labels

    cleaned = clean_library([library], 200, tmp_path)
    with plant_labels(cleaned, tmp_path / "planted.csv", 200).open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_planted_task_has_both_classes_and_a_fifth_of_gaps(
    planted: list[dict[str, str]],
) -> None:
    tasks = [name for name in planted[0] if name != "smiles"]
    assert (len(planted), len(tasks)) == (200, 12)
    for task in tasks:
        labels = [row[task] for row in planted]
        assert set(labels) == {"", "0", "1"}
        assert labels.count("") == 40


def test_planted_labels_can_be_read_off_the_smiles(planted: list[dict[str, str]]) -> None:
    labels = [(row["task_3"], "Cl" in row["smiles"]) for row in planted if row["task_3"]]
    assert all(label == str(int(has_chlorine)) for label, has_chlorine in labels)


def test_dgllifes_loss_leaves_gaps_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import trainers

    monkeypatch.syspath_prepend(trainers.PEERS)
    import torch
    from dgllife_train import masked_loss

    logits = torch.tensor([[0.0, 5.0]], requires_grad=True)
    loss = masked_loss(logits, torch.tensor([[1.0, float("nan")]]))
    loss.backward()
    assert loss.item() == pytest.approx(0.6931, abs=1e-4)
    assert logits.grad is not None
    assert logits.grad.tolist() == [[-0.5, 0.0]]


def test_the_documents_table_is_made_of_the_json_alone() -> None:
    import json

    from document_tables import describe
    from training import Findings

    courses = {name: course(name, [(0.0, 40.0)]) for name in ("molgnn-dmpnn", "chemprop-cuik")}
    record = json.loads(json.dumps(Findings("tox21/kpgt0", 2, courses).to_json()))
    text = describe(record)
    assert "| chemprop-cuik | 2, 12 | 4.00 | 40.0 | 0.00 |" in text
    assert "| ≥ 2x | ≥ 4x | miss |" in text
