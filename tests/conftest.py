"""Fixtures that more than one folder of tests uses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from molgnn.experiments.run import Run
    from molgnn.fitting.config import TrainingConfig
    from molgnn.tasks import Tasks

# Tiny networks on two busy cores: threads that wait for each other take twenty times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A test that is slow on a busy computer has not failed.
settings.register_profile("molgnn", deadline=None)
settings.load_profile("molgnn")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Take ``-n auto`` as the processors that this process may use, not all of the computer's."""
    from molgnn.processes.cores import usable_cores

    return usable_cores()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data sets, which is not part of the repository."""
    folder = Path(os.environ.get("MOLGNN_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real data sets are not at hand: set MOLGNN_DATA to their folder")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what the tests featurize out of the user's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOLGNN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def library() -> Path:
    """Return the approved drugs that come with the repository."""
    return REPOSITORY / "data" / "approved_drugs.csv"


@pytest.fixture(scope="session")
def hostile_smi() -> Path:
    """Return the small file of everything that can be wrong with a line."""
    return REPOSITORY / "data" / "hostile.smi"


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small model that was never trained, made in moments."""
    return save_tiny(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny_ensemble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one with three networks, a regression among its tasks."""
    from molgnn.tasks import Task, TaskKind, Tasks

    tasks = Tasks(
        [Task("NR-AR"), Task("SR-p53"), Task("logS", TaskKind.REGRESSION, "log10(mol/L)")]
    )
    return save_tiny(tmp_path_factory.mktemp("models") / "ensemble", tasks, n_networks=3)


def save_tiny(folder: Path, tasks: Tasks | None = None, *, n_networks: int = 1) -> Path:
    import torch

    from molgnn.assess.calibration import Calibration
    from molgnn.chem.standardize import Standardizer
    from molgnn.graph.presets import PRESETS
    from molgnn.nn.config import NetworkConfig
    from molgnn.nn.network import build_network
    from molgnn.predictor.bundle import Bundle
    from molgnn.predictor.card import Card
    from molgnn.predictor.members.network import NetworkMember
    from molgnn.tasks import Task, Tasks

    tasks = tasks or Tasks(
        [Task("NR-AR", description="androgen receptor"), Task("SR-p53"), Task("SR-MMP")]
    )
    config = NetworkConfig(encoder="dmpnn", encoder_options={"hidden_dim": 16, "depth": 2})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        networks = [
            build_network(config, PRESETS["chemprop"], tasks).eval() for _ in range(n_networks)
        ]
    Bundle(
        tasks=tasks,
        standardizer=Standardizer(),
        preset=PRESETS["chemprop"],
        members=tuple(NetworkMember(config, network) for network in networks),
        calibration=Calibration.identity(len(tasks)),
        card=Card(name="dmpnn.tiny", summary="nothing, as it was never trained", data="none"),
    ).save(folder)
    return folder


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Path:
    """Return a file of drugs with a classification and a regression, a third of it not measured."""
    import numpy as np
    import pandas as pd

    n_rows = 80
    smiles = pd.read_csv(library)["smiles"].dropna().iloc[:n_rows]
    frame = pd.DataFrame({"smiles": smiles})
    frame["has_nitrogen"] = smiles.str.contains("[Nn]").astype(float)
    frame["length"] = smiles.str.len().astype(float)
    gaps = np.random.default_rng(0).random((n_rows, 2)) < 1 / 3
    frame[["has_nitrogen", "length"]] = frame[["has_nitrogen", "length"]].mask(gaps)
    frame.loc[frame.index[7], "smiles"] = "c1cccc1"
    path = tmp_path_factory.mktemp("tables") / "drugs.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def config() -> TrainingConfig:
    """Return settings of a small network and four epochs."""
    from molgnn.fitting.config import TrainingConfig

    return TrainingConfig(
        hidden_dim=16, dropout=0.2, split="random", epochs=4, batch_size=16, seed=3
    )


@pytest.fixture(scope="session")
def small_forests() -> Iterator[None]:
    """Let the baselines of the reports have few trees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("molgnn.assess.baselines.random_forest.N_TREES", 20)
        patch.setattr("molgnn.assess.baselines.random_forest.N_TRIAL_TREES", 5)
        patch.setattr("molgnn.assess.baselines.boosted_trees.MAX_TREES", 20)
        yield


@pytest.fixture(scope="session")
def run(
    table: Path,
    config: TrainingConfig,
    tmp_path_factory: pytest.TempPathFactory,
    small_forests: None,
) -> Run:
    """Return a finished training of the table; tests read its folder, none changes it."""
    from molgnn.experiments.train import train

    return train(table, tmp_path_factory.mktemp("runs") / "finished", config)
