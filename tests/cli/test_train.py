from __future__ import annotations

import csv
import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from pydantic import Field
from typer.testing import Result

from molgnn.assess.metrics import assess
from molgnn.chem.splits import SPLITS
from molgnn.cli.settings import SettingsCommand, option_name
from molgnn.experiments import train as train_module
from molgnn.experiments.run import Run
from molgnn.fitting.config import TrainingConfig
from molgnn.nn.encoders import ENCODERS
from molgnn.settings import Shown
from molgnn.tasks import Task, Tasks

Call = Callable[..., Result]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Replace the training by a note of what it was asked for."""
    asked: list[dict[str, Any]] = []
    labels = np.array([[0, 1], [1, 1]], dtype=np.float32)
    evaluation = assess(Tasks([Task("NR-AR"), Task("SR-p53")]), labels, labels)

    def note(table: Path, output: Path, config: TrainingConfig, **options: Any) -> Run:
        asked.append({"table": table, "output": output, "config": config, **options})
        return Run(output, {"test": evaluation}, interrupted=False, notes=[])

    monkeypatch.setattr(train_module, "train", note)
    return asked


def test_options_that_are_not_given_take_the_configuration_s_defaults(
    call: Call, trained: list[dict[str, Any]]
) -> None:
    assert call("train", "tox21.csv", "-o", "run").exit_code == 0
    assert trained[0]["config"] == TrainingConfig()


PLACES = {
    "--name mine": {"name": "mine"},
    "--split scaffold": {"split": "scaffold"},
    "--seed 3": {"seed": 3},
    "--tasks NR-AR,SR-p53": {"tasks": ("NR-AR", "SR-p53")},
    "--smiles-column structure": {"smiles_column": "structure"},
    "--standardize off": {"standardize": "off"},
    "--exclude out.csv --exclude a,b.txt": {"exclude": ("out.csv", "a,b.txt")},
    "--preset ogb": {"preset": "ogb"},
    "--encoder gcn": {"encoder": "gcn"},
    "--encoder-option norm=layer --encoder-option eps=1e-3": {
        "encoder_options": {"norm": "layer", "eps": 0.001}
    },
    "--readout sum": {"readout": "sum"},
    "--hidden-dim 32": {"hidden_dim": 32},
    "--depth 4": {"depth": 4},
    "--dropout 0.1": {"dropout": 0.1},
    "--epochs 7": {"epochs": 7},
    "--patience 2": {"patience": 2},
    "--batch-size 8": {"batch_size": 8},
    "--learning-rate 0.01": {"learning_rate": 0.01},
    "--weight-decay 0.1": {"weight_decay": 0.1},
    "--precision bf16": {"precision": "bf16"},
    "--repeats 2": {"repeats": 2},
    "--ensemble 5": {"ensemble": 5},
    "--folds 4": {"folds": 4},
    "--loss focal": {"loss": "focal"},
    "--regression-loss huber": {"regression_loss": "huber"},
    "--class-balance": {"class_balance": True},
    "--task-weights NR-AR=2,SR-p53=0.5": {"task_weights": {"NR-AR": 2, "SR-p53": 0.5}},
}


def test_each_option_finds_its_place_in_the_configuration(
    call: Call, trained: list[dict[str, Any]]
) -> None:
    result = call("train", "tox21.csv", "-o", "run", *" ".join(PLACES).split())
    assert result.exit_code == 0, result.output
    (asked,) = trained
    config, defaults = asked["config"].model_dump(), TrainingConfig().model_dump()
    changed = {name: value for name, value in config.items() if value != defaults[name]}
    assert changed == {name: value for place in PLACES.values() for name, value in place.items()}


def test_another_encoder_does_not_inherit_the_options_of_the_first(
    call: Call, trained: list[dict[str, Any]], tmp_path: Path
) -> None:
    settings = tmp_path / "config.json"
    config = TrainingConfig(encoder="gcn", encoder_options={"degree_norm": "both"})
    settings.write_text(config.model_dump_json())
    call("train", "tox21.csv", "-o", "run", "--config", settings, "--encoder", "mpnn")
    call("train", "tox21.csv", "-o", "run", "--config", settings, "--encoder", "gcn")
    options = [asked["config"].encoder_options for asked in trained]
    assert options == [{}, {"degree_norm": "both"}]


@pytest.mark.parametrize("pair", ["norm", "=batch"])
def test_an_option_without_a_name_or_a_value_is_refused(
    call: Call, trained: list[dict[str, Any]], pair: str
) -> None:
    result = call("train", "tox21.csv", "-o", "run", "--encoder-option", pair)
    assert result.exit_code == 2
    assert "expected NAME=VALUE" in result.output
    assert not trained


def test_options_come_before_a_file_of_settings(
    call: Call, trained: list[dict[str, Any]], tmp_path: Path
) -> None:
    settings = tmp_path / "config.json"
    settings.write_text(TrainingConfig(epochs=3, seed=5).model_dump_json())
    call("train", "tox21.csv", "-o", "run", "--config", settings, "--seed", "6")
    assert trained[0]["config"] == TrainingConfig(epochs=3, seed=6)


def test_a_resumed_training_keeps_the_settings_that_it_began_with(
    call: Call, trained: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(TrainingConfig(epochs=3).model_dump_json())
    call("train", "tox21.csv", "-o", tmp_path, "--resume")
    assert trained[0]["resume"]
    assert trained[0]["config"] == TrainingConfig(epochs=3)


def test_figures_and_folder_are_printed_at_the_end(
    call: Call, trained: list[dict[str, Any]]
) -> None:
    lines = call("train", "tox21.csv", "-o", "run").stdout.splitlines()
    assert lines[0].split()[:5] == ["task", "positives", "negatives", "missing", "roc_auc"]
    assert lines[1].split()[:5] == ["NR-AR", "1", "1", "0", "1.000"]
    assert lines[2].split()[:5] == ["SR-p53", "2", "0", "0", "none"]
    assert lines[3].split()[:4] == ["mean", "(tasks)", "1.000", "(1)"]
    assert lines[4].endswith("run")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resume", "--overwrite"], "not both"),
        (["--epochs", "0"], "epochs"),
        (["--hidden-dim", "wide"], "--hidden-dim"),
        (["--jobs", "2", "--devices", "2"], "fix: leave --jobs out"),
    ],
)
def test_settings_that_cannot_be_are_usage_errors(
    call: Call, library_file: Path, options: list[str], message: str
) -> None:
    result = call("train", library_file, "-o", library_file.with_name("run"), *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_help_names_every_encoder_and_split(call: Call) -> None:
    shown = call("train", "--help").stdout
    assert [name for name in (*ENCODERS, *SPLITS) if name not in shown] == []


@pytest.mark.parametrize("command", ["train", "tune", "evaluate"])
def test_every_setting_is_an_option_of_the_command_and_of_python(call: Call, command: str) -> None:
    """Whatever `TrainingConfig` has, the command line has where the command can use it."""
    shown = call(command, "--help").stdout
    for name, field in TrainingConfig.model_fields.items():
        [about] = [each for each in field.metadata if isinstance(each, Shown)]
        option = about.option or option_name(name)
        assert (f" {option} " in shown) == (command in about.commands), name


def test_a_new_field_is_an_option_without_another_line(
    call: Call, trained: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Extended(TrainingConfig):
        noise: Annotated[float | None, Shown("Data")] = Field(None, description="Added to labels")

    monkeypatch.setattr("molgnn.fitting.config.TrainingConfig", Extended)
    command = SettingsCommand("train", params=[])
    [option] = [each for each in command.setting_options if each.name == "noise"]
    assert option.opts == ["--noise"]
    assert option.help == "Added to labels"


def test_a_new_split_is_one_line_and_reaches_the_help(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SPLITS, "by_length", SPLITS["random"])
    assert "by_length" in call("train", "--help").stdout


def test_a_setting_that_cannot_be_is_named_as_the_option_that_it_is(
    call: Call, library_file: Path
) -> None:
    result = call("train", library_file, "-o", library_file.with_name("run"), "--batch-size", "0")
    assert result.exit_code == 2
    assert result.stderr.startswith("molgnn: --batch-size: input should be greater than")


def test_a_file_that_cannot_be_excluded_is_named_with_its_option(
    call: Call, library_file: Path, tmp_path: Path
) -> None:
    library_file.write_text("smiles,y\n" + "\n".join(f"{'C' * i}O,{i % 2}" for i in range(30)))
    (tmp_path / "all.smi").write_text("\n".join(f"{'C' * i}O" for i in range(30)))
    options = ("-o", tmp_path / "run", "--exclude")
    missing = call("train", library_file, *options, "none.csv")
    assert missing.exit_code == 1
    assert "expected a file but none.csv does not exist" in missing.stderr
    everything = call("train", library_file, *options, tmp_path / "all.smi")
    assert everything.exit_code == 1
    assert "but --exclude leaves train 0, valid 0: all.smi (30 molecules)" in everything.stderr
    assert not (tmp_path / "run").exists()


def test_the_outcome_is_printed_as_json(call: Call, trained: list[dict[str, Any]]) -> None:
    record = json.loads(call("train", "tox21.csv", "-o", "run", "--json").stdout)
    assert record["folder"] == "run"
    assert record["evaluations"]["test"]["tasks"]["NR-AR"]["roc_auc"] == 1.0


def test_a_task_with_a_comma_is_put_in_quotes(call: Call, trained: list[dict[str, Any]]) -> None:
    options = ("--tasks", 'a,"b, c"', "--task-weights", '"b, c=2",a=0.5')
    call("train", "tox21.csv", "-o", "run", *options)
    config = trained[0]["config"]
    assert config.tasks == ("a", "b, c")
    assert config.task_weights == {"a": 0.5, "b, c": 2.0}


def test_help_shows_the_configuration_s_defaults(call: Call) -> None:
    shown = " ".join(call("train", "--help").stdout.replace("│", " ").split())
    assert f"Default: {TrainingConfig().batch_size}." in shown
    assert f"Default: {TrainingConfig().encoder}." in shown


def test_a_trained_model_serves_wherever_a_model_is_expected(
    call: Call, library: Path, tmp_path: Path
) -> None:
    table, run = tmp_path / "table.csv", tmp_path / "run"
    with library.open(encoding="utf-8", newline="") as file:
        smiles = [row["smiles"] for row in islice(csv.DictReader(file), 60)]
    lines = [f"{text},{int('N' in text)}" for text in smiles]
    table.write_text("\n".join(["smiles,nitrogen", *lines]))
    trained = call(
        *("train", table, "-o", run, "--split", "random"),
        *("--epochs", "1", "--hidden-dim", "8", "--depth", "2"),
    )
    assert trained.exit_code == 0, trained.output
    assert trained.stdout.splitlines()[-2:] == [
        f"the model and its metrics are in {run}",
        f"to read: {run / 'report.html'}",
    ]
    assert call("evaluate", run, table).stdout.splitlines()[1].startswith("nitrogen")
    assert "nitrogen" in call("predict", "CCN", "-m", run).stdout
    refused = call("train", table, "-o", run)
    assert refused.exit_code == 1
    assert "--overwrite" in refused.stderr
