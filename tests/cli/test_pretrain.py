"""``molgnn pretrain``, and ``molgnn train --from`` what it made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from molgnn.cli.app import app


def test_an_encoder_is_pretrained_and_trained_from(
    library: Path, table: Path, tmp_path: Path
) -> None:
    drugs = tmp_path / "drugs.csv"
    drugs.write_text("".join(library.read_text().splitlines(keepends=True)[:60]))
    small = ["--hidden-dim", "8", "--epochs", "1"]
    run = CliRunner().invoke(
        app,
        ["pretrain", str(drugs), "-o", str(tmp_path / "encoder"), "--objective", "masked", *small],
    )
    assert run.exit_code == 0, run.output
    assert "59 molecules to pretrain on" in run.stderr
    assert f"molgnn train TABLE --from {tmp_path / 'encoder'}" in run.stdout

    shown = CliRunner().invoke(
        app, ["models", "show", str(tmp_path / "encoder" / "encoder"), "--json"]
    )
    assert json.loads(shown.stdout)["name"] == "dmpnn.drugs"

    trained = CliRunner().invoke(
        app,
        ["train", str(table), "-o", str(tmp_path / "run"), "--from", str(tmp_path / "encoder"),
         "--freeze", "encoder", "--epochs", "1", "--no-report"],
    )  # fmt: skip
    assert trained.exit_code == 0, trained.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--objective", "mask"], "unknown objective 'mask': did you mean masked"),
        (["--resume", "--overwrite"], "--resume or --overwrite, not both"),
    ],
)
def test_wrong_options_are_answered(
    options: list[str], said: str, library: Path, tmp_path: Path
) -> None:
    run = CliRunner().invoke(app, ["pretrain", str(library), "-o", str(tmp_path / "x"), *options])
    assert run.exit_code != 0
    assert said in " ".join(run.output.split()) or said in str(run.exception)
