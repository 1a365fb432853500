"""Pretraining: a library goes in, an encoder comes out that a training can start from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import molgnn
from molgnn.errors import BundleError, ConfigError, FileProblem, TableError
from molgnn.experiments.run import Run
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import Step
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.config import NetworkConfig
from molgnn.nn.network import build_molecule_encoder
from molgnn.predictor.description import read_description
from molgnn.pretraining.config import PretrainingConfig
from molgnn.pretraining.objectives import OBJECTIVES, make_objective
from molgnn.pretraining.pretrain import PretrainingRun, pretrain
from molgnn.pretraining.targets import Targets, compute_targets
from molgnn.tuning.tune import tune
from tests.runs import interrupt_at_epoch, train_alone

CONFIG = PretrainingConfig(
    objective=("masked",), hidden_dim=16, epochs=3, batch_size=16, name="drugs"
)


@pytest.fixture(scope="module")
def drugs(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of drugs, one twice and one that is no molecule."""
    smiles = list(pd.read_csv(library)["smiles"].dropna().iloc[:80])
    path = tmp_path_factory.mktemp("libraries") / "drugs.smi"
    path.write_text("\n".join([*smiles, smiles[0], "c1cccc1"]) + "\n")
    return path


@pytest.fixture(scope="module")
def pretrained(drugs: Path, tmp_path_factory: pytest.TempPathFactory) -> PretrainingRun:
    return pretrain(drugs, tmp_path_factory.mktemp("runs") / "pretrained", CONFIG)


def weights(run: PretrainingRun) -> bytes:
    return (run.folder / "encoder" / "weights.safetensors").read_bytes()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_is_made_for_a_network_of_any_encoder_and_gives_it_gradients(
    name: str, drugs: Path
) -> None:
    featurizer = Featurizer("canonical")
    molecules, _ = featurizer(drugs.read_text().split()[:10])
    network = build_molecule_encoder(
        NetworkConfig(encoder="gin", encoder_options={"hidden_dim": 8}), featurizer.preset
    )
    targets = torch.tensor([[0.5, 1.0]] * len(molecules))
    objective = make_objective([name], network, featurizer.preset, Targets(targets.numpy(), 1, 1))
    objective.loss(network, Step(molecules.batch(), targets, targets)).backward()
    assert any(each.grad.abs().sum() > 0 for each in network.encoder.parameters())


def test_a_library_is_learned_from_and_what_is_no_molecule_or_repeated_is_said(
    pretrained: PretrainingRun,
) -> None:
    history = pd.read_csv(pretrained.folder / "members" / "0" / "history.csv")
    assert len(history) == 3
    assert history["train_loss"].iloc[-1] < history["train_loss"].iloc[0]
    assert pretrained.valid_loss == pytest.approx(history["valid_loss"].min(), rel=1e-5)
    notes = " ".join(pretrained.notes)
    assert "1 of 82 rows give no molecule" in notes
    assert "row 82: cannot kekulize" in notes
    assert "1 rows show a molecule again" in notes
    assert "80 molecules to pretrain on" in notes


def test_the_same_seed_gives_the_same_encoder_and_resuming_ends_as_if_nothing_had_happened(
    drugs: Path, pretrained: PretrainingRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        interrupt_at_epoch(1, patch)
        cut_short = pretrain(drugs, tmp_path / "run", CONFIG)
    assert cut_short.interrupted
    assert weights(cut_short) != weights(pretrained)
    resumed = pretrain(drugs, tmp_path / "run", CONFIG, resume=True)
    assert not resumed.interrupted
    assert weights(resumed) == weights(pretrained)


def test_an_encoder_predicts_nothing_and_says_what_it_is_for(pretrained: PretrainingRun) -> None:
    folder = pretrained.folder / "encoder"
    with pytest.raises(BundleError, match=r"pretrained encoder; fix: .* --from"):
        molgnn.load(folder)
    card = molgnn.model_card(folder)
    assert card.name == "dmpnn.drugs"
    assert "80 molecules of drugs" in card.data
    assert "objective masked" in card.training


def test_an_altered_encoder_is_refused(pretrained: PretrainingRun, tmp_path: Path) -> None:
    pretrained.encoder.save(tmp_path / "copy")
    file = tmp_path / "copy" / "weights.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    with pytest.raises(BundleError, match="not as molgnn saved it"):
        type(pretrained.encoder).load(tmp_path / "copy")


def test_excluded_molecules_are_not_learned_from_and_the_card_says_so(
    drugs: Path, tmp_path: Path
) -> None:
    names = drugs.read_text().split()
    (tmp_path / "kept_back.smi").write_text("\n".join(names[:3]) + "\n")
    run = pretrain(drugs, tmp_path / "run", CONFIG, epochs=1, exclude=tmp_path / "kept_back.smi")
    assert "76 molecules to pretrain on" in run.notes
    [excluded] = run.encoder.card.leakage.excluded  # one of the three has a stereoisomer
    assert (excluded.file, excluded.molecules, excluded.left_out) == (
        "kept_back.smi", 3, {"library": 4}
    )  # fmt: skip


def test_descriptors_and_fingerprints_are_targets(drugs: Path, tmp_path: Path) -> None:
    run = pretrain(
        drugs, tmp_path / "run", CONFIG, objective="descriptors", features=("rdkit2d", "maccs")
    )
    targets = compute_targets([], ("rdkit2d",), np.empty(0, np.int64), run.folder / "targets")
    assert targets.values.shape == (80, targets.n_continuous + targets.n_bits)
    assert targets.n_continuous > 100
    assert targets.n_bits > 50
    scores = targets.values[:, : targets.n_continuous].astype(float)
    assert np.abs(np.nanmean(scores, axis=0)).max() < 0.5
    assert set(np.unique(targets.values[:, targets.n_continuous :])) == {0.0, 1.0}
    history = pd.read_csv(run.folder / "members" / "0" / "history.csv")
    assert history["train_loss"].iloc[-1] < history["train_loss"].iloc[0]


def test_too_few_molecules_and_wrong_settings_are_refused(drugs: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="20 molecules or more to pretrain on but got 1"):
        pretrain(pd.DataFrame({"smiles": ["CCO", "OCC", "c1"]}), tmp_path / "few", CONFIG)
    with pytest.raises(ConfigError, match="unknown objective 'mask': did you mean masked"):
        pretrain(drugs, tmp_path / "wrong", objective="mask")
    with pytest.raises(
        ConfigError, match="unknown parameter of pretrain 'objectives': did you mean objective"
    ):
        pretrain(drugs, tmp_path / "wrong", objectives="masked")
    assert not (tmp_path / "wrong").exists()


def test_a_folder_that_holds_a_run_is_not_overwritten(
    drugs: Path, pretrained: PretrainingRun
) -> None:
    with pytest.raises(FileProblem, match="holds a run"):
        pretrain(drugs, pretrained.folder, CONFIG)
    with pytest.raises(ConfigError, match="another hidden_dim"):
        pretrain(drugs, pretrained.folder, CONFIG, resume=True, hidden_dim=32)


# Starting from it: `molgnn.train(…, start_from=…)`.


@pytest.fixture(scope="module")
def settings(config: TrainingConfig) -> TrainingConfig:
    return config.changed(hidden_dim=None, dropout=None, epochs=2)


def test_the_encoder_comes_with_its_settings_and_weights(
    pretrained: PretrainingRun, table: Path, settings: TrainingConfig, tmp_path: Path
) -> None:
    run = train_alone(
        table, tmp_path / "run", settings, start_from=str(pretrained.folder), freeze="encoder"
    )
    network = run.predictor.bundle.networks[0]
    kept = pretrained.encoder.network.encoder.state_dict()
    assert all(torch.equal(network.encoder.state_dict()[name], kept[name]) for name in kept)
    stored = TrainingConfig.read(run.folder / "config.json")
    assert (stored.encoder, stored.hidden_dim, stored.freeze) == ("dmpnn", 16, "encoder")


def test_without_freezing_the_encoder_goes_on_learning_at_a_rate_of_its_own(
    pretrained: PretrainingRun, table: Path, settings: TrainingConfig, tmp_path: Path
) -> None:
    kept = pretrained.encoder.network.encoder.state_dict()
    moved = {}
    for rate in (1e-5, 1e-3):
        run = train_alone(
            table,
            tmp_path / str(rate),
            settings,
            start_from=str(pretrained.folder),
            encoder_learning_rate=rate,
        )
        now = run.predictor.bundle.networks[0].encoder.state_dict()
        moved[rate] = max(float((now[name] - kept[name]).abs().max()) for name in kept)
    assert 0 < 10 * moved[1e-5] < moved[1e-3]


def test_a_trained_model_is_a_starting_point_too(
    table: Path, settings: TrainingConfig, tiny_ensemble: Path, tmp_path: Path
) -> None:
    run = train_alone(
        table, tmp_path / "run", settings, start_from=str(tiny_ensemble), freeze="encoder",
        ensemble=2,
    )  # fmt: skip
    source = molgnn.load(tiny_ensemble).bundle
    for mine, theirs in zip(run.predictor.bundle.networks, source.networks, strict=False):
        kept = theirs.encoder.state_dict()
        assert all(torch.equal(mine.encoder.state_dict()[name], kept[name]) for name in kept)
    assert read_description(run.folder / "model")["preset"]["name"] == "chemprop"
    assert f"started from {tiny_ensemble} (sha256 " in run.predictor.card.training


def test_what_the_start_was_trained_on_is_known_of_what_comes_of_it(
    run: Run, table: Path, settings: TrainingConfig, tmp_path: Path
) -> None:
    few = tmp_path / "few.csv"
    pd.read_csv(table).iloc[:40].to_csv(few, index=False)
    later = train_alone(few, tmp_path / "run", settings, start_from=str(run.folder))
    before, after = (each.predictor.bundle.training_keys for each in (run, later))
    assert before is not None
    assert set(before) <= set(after)


def test_a_search_varies_the_network_and_starts_from_nothing_else(
    pretrained: PretrainingRun, table: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="expected start_from=… scratch, as a search varies"):
        tune(table, tmp_path / "search", start_from=str(pretrained.folder))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"encoder": "gcn"}, "expected encoder=… dmpnn, which .* but got gcn"),
        ({"hidden_dim": 300}, "expected hidden_dim=… 16, which .* but got 300"),
        ({"preset": "ogb"}, "expected preset=… canonical, .* but got ogb"),
    ],
)
def test_settings_that_contradict_it_are_refused(
    wrong: dict[str, object],
    said: str,
    pretrained: PretrainingRun,
    table: Path,
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError, match=said):
        train_alone(table, tmp_path / "run", start_from=str(pretrained.folder), **wrong)


def test_nothing_can_be_frozen_that_was_not_trained(table: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected start_from=… with freeze=…"):
        train_alone(table, tmp_path / "run", freeze="encoder")
