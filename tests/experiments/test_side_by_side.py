"""Members train at the same time, each in a process of its own, and come out the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from molgnn.errors import ConfigError, MolgnnError
from molgnn.experiments import side_by_side
from molgnn.experiments.run import Run
from molgnn.experiments.side_by_side import most_jobs
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.distributed import Processes
from molgnn.nn.encoders import ENCODERS
from molgnn.predictor.bundle import Bundle
from molgnn.processes.cores import usable_cores
from tests.experiments.faulty_encoder import FOLDER, Faulty, processes_on_hold
from tests.runs import train_alone, weights

MIXED = ({"kind": "network"}, {"kind": "lightgbm", "n_trees": 5, "molecule_features": ["maccs"]})


@pytest.fixture(scope="module", autouse=True)
def _no_encoder_outlives_these_tests() -> Iterator[None]:
    before = [*ENCODERS]
    yield
    for name in {*ENCODERS}.difference(before):
        del ENCODERS[name]


@pytest.fixture(scope="module")
def pair(config: TrainingConfig) -> TrainingConfig:
    return config.changed(epochs=2, ensemble=2, encoder=Faulty)


@pytest.fixture(scope="module")
def in_turn(table: Path, pair: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return two members that were trained one after the other, in this process."""
    return train_alone(table, tmp_path_factory.mktemp("runs") / "in_turn", pair)


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that tells encoders what to do, in processes that start from now on."""
    folder = tmp_path / "faults"
    folder.mkdir()
    monkeypatch.setenv(FOLDER, str(folder))
    return folder


def wait_until(is_so: Callable[[], object]) -> None:
    for _ in range(3000):
        if is_so():
            return
        threading.Event().wait(0.1)
    pytest.fail("what was waited for did not come")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_members_that_train_side_by_side_are_those_of_one_after_the_other_to_the_bit(
    table: Path, pair: TrainingConfig, in_turn: Run, tmp_path: Path
) -> None:
    assert weights(train_alone(table, tmp_path / "run", pair, jobs=2)) == weights(in_turn)


@pytest.mark.slow
def test_networks_and_trees_train_side_by_side(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    mixed = config.changed(epochs=2, members=MIXED)
    runs = [train_alone(table, tmp_path / str(n), mixed, jobs=n) for n in (1, 2)]
    assert weights(runs[0]) == weights(runs[1])


@pytest.mark.slow
def test_ctrl_c_keeps_the_epochs_of_all_members_and_resume_ends_as_if_it_had_not_come(
    table: Path, pair: TrainingConfig, in_turn: Run, tmp_path: Path, faults: Path
) -> None:
    (faults / "hold").touch()

    def interrupt() -> None:
        wait_until(lambda: len(processes_on_hold(faults)) == 2)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    cut_short = train_alone(table, tmp_path / "run", pair, jobs=2)
    thread.join()
    assert cut_short.interrupted
    assert len(Bundle.load(cut_short.folder / "model").members) == 2
    assert not any(map(is_alive, processes_on_hold(faults)))

    (faults / "hold").unlink()
    resumed = train_alone(table, tmp_path / "run", pair, jobs=2, resume=True)
    assert not resumed.interrupted
    assert weights(resumed) == weights(in_turn)


SCRIPT = """
from molgnn.experiments.train import train
from molgnn.fitting.config import TrainingConfig
from tests.experiments.faulty_encoder import Faulty

config = TrainingConfig.build(encoder=Faulty).changed(**{settings})
train({table!r}, {output!r}, config, jobs=2, report=False)
"""


@pytest.mark.slow
def test_members_end_with_a_training_that_is_killed_and_go_on_with_it_to_the_same_bits(
    table: Path, pair: TrainingConfig, in_turn: Run, tmp_path: Path, faults: Path
) -> None:
    (faults / "hold").touch()
    given = pair.model_dump(mode="json", exclude={"encoder"}, exclude_defaults=True)
    script = SCRIPT.format(settings=given, table=str(table), output=str(tmp_path / "run"))
    with subprocess.Popen([sys.executable, "-c", script]) as training:
        wait_until(lambda: len(processes_on_hold(faults)) == 2)
        training.kill()
    wait_until(lambda: not any(map(is_alive, processes_on_hold(faults))))

    (faults / "hold").unlink()
    resumed = train_alone(table, tmp_path / "run", pair, jobs=2, resume=True)
    assert weights(resumed) == weights(in_turn)


@pytest.mark.slow
def test_the_error_of_a_member_is_raised_and_ends_the_others(
    table: Path, pair: TrainingConfig, tmp_path: Path, faults: Path
) -> None:
    (faults / "hold").touch()
    (faults / "raise").touch()
    with pytest.raises(RuntimeError, match="out of luck") as caught:
        train_alone(table, tmp_path / "run", pair, jobs=2)
    assert "faulty_encoder.py" in caught.value.__notes__[0]
    assert not any(map(is_alive, processes_on_hold(faults)))


@pytest.mark.slow
def test_a_member_whose_process_is_killed_names_itself(
    table: Path, pair: TrainingConfig, tmp_path: Path, faults: Path
) -> None:
    (faults / "hold").touch()

    def kill_one() -> None:
        wait_until(lambda: len(processes_on_hold(faults)) == 2)
        os.kill(processes_on_hold(faults)[0], signal.SIGKILL)

    thread = threading.Thread(target=kill_one)
    thread.start()
    with pytest.raises(MolgnnError, match=r"training [12] of 2 .* SIGKILL.*fix: fewer jobs=…"):
        train_alone(table, tmp_path / "run", pair, jobs=2)
    thread.join()


def test_by_default_there_are_as_many_jobs_as_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    assert most_jobs(None, Processes()) == usable_cores()
    assert most_jobs(None, Processes(2)) == 1
    alone = Processes()
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert most_jobs(None, alone) == 1
    assert most_jobs(3, alone) == 3


def test_members_and_their_batches_are_not_both_shared_out(
    table: Path, pair: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match=r"got both, 2 jobs; fix: leave jobs=… out"):
        train_alone(table, tmp_path / "run", pair, jobs=2, devices=2)
    for name, value in (("TORCHELASTIC_RUN_ID", "x"), ("LOCAL_WORLD_SIZE", "4")):
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match="torchrun"):
        most_jobs(2, Processes())


def test_no_job_is_too_few() -> None:
    with pytest.raises(ConfigError, match="1 or more but got 0"):
        most_jobs(0, Processes())


def test_an_encoder_that_the_running_script_defines_is_trained_in_its_process(
    table: Path, pair: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mine(Faulty):
        """As in a notebook."""

    Mine.__module__, Mine.__qualname__ = "__main__", "Mine"
    monkeypatch.delattr(side_by_side, "WorkerProcess")
    run = train_alone(table, tmp_path / "run", pair.changed(encoder=Mine, epochs=1), jobs=2)
    assert len(Bundle.load(run.folder / "model").members) == 2
