from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Call = Callable[..., Result]


def test_tasks_stand_in_rows_and_molecules_in_columns(call: Call, tiny_bundle: Path) -> None:
    result = call("predict", "CCO", "C1CC", "c1ccccc1O", "-m", tiny_bundle)
    assert result.exit_code == 0
    molecules, table = result.stdout.split("\n\n")
    first, second, reason, third = molecules.splitlines()
    assert [first.split(), second.split(), third.split()] == [
        ["1", "CCO"], ["2", "C1CC"], ["3", "c1ccccc1O"],
    ]  # fmt: skip
    assert reason.split()[0] == "rejected:"
    header, *rows = [line.split() for line in table.splitlines()]
    assert header[:3] == ["task", "1", "3"]
    assert [row[0] for row in rows] == ["NR-AR", "SR-p53", "SR-MMP"]
    assert all(0 < float(value) < 1 for row in rows for value in row[1:3])
    assert rows[0][3:] == ["androgen", "receptor"]


def test_molecules_that_do_not_fit_beside_each_other_stand_below(
    call: Call, tiny_bundle: Path
) -> None:
    result = call("predict", *["CCO"] * 30, "-m", tiny_bundle)
    headers = [line.split()[1:] for line in result.stdout.splitlines() if line.startswith("task")]
    assert len(headers) > 1
    assert [int(number) for header in headers for number in header] == list(range(1, 31))


def test_rejected_molecules_alone_need_no_table(call: Call, tiny_bundle: Path) -> None:
    result = call("predict", "C1CC", "-m", tiny_bundle)
    assert result.exit_code == 0
    assert "rejected:" in result.stdout
    assert "task" not in result.stdout


@pytest.mark.parametrize("name", ["CCO\n", "CCO ethanol\r\n", "CCO\tethanol"])
def test_molecules_come_from_stdin_too(call: Call, tiny_bundle: Path, name: str) -> None:
    result = call("predict", "C", "-", "-m", tiny_bundle, "--csv", stdin=f"{name}\n\nCC")
    smiles = [row["smiles"] for row in csv.DictReader(io.StringIO(result.stdout))]
    assert smiles[:2] == ["C", "CCO"]
    assert smiles[-2:] == ["", "CC"]


def test_a_byte_of_latin_1_on_stdin_is_a_rejected_row(call: Call, tiny_bundle: Path) -> None:
    stdin = "CCO\nCCé\nCC\n".encode("latin-1")
    result = call("predict", "-", "-m", tiny_bundle, "--csv", stdin=stdin)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["smiles"], row["status"]) for row in rows] == [
        ("CCO", "ok"), ("CCé", "rejected"), ("CC", "ok"),
    ]  # fmt: skip


def test_json_says_the_same_as_csv(call: Call, tiny_bundle: Path) -> None:
    arguments = ("predict", "CCO", "C1CC", "-m", tiny_bundle)
    ok, rejected = json.loads(call(*arguments, "--json").stdout)
    lines = csv.DictReader(io.StringIO(call(*arguments, "--csv").stdout))
    ok_line, rejected_line = lines
    for record, line in ((ok, ok_line), (rejected, rejected_line)):
        assert [record[k] for k in ("smiles", "status", "reason")] == list(line.values())[:3]
    assert rejected["predictions"] is None
    assert set(list(rejected_line.values())[3:]) == {""}
    assert ok["predictions"] == pytest.approx({k: float(ok_line[k]) for k in ok["predictions"]})
    assert list(ok["predictions"]) == ["NR-AR", "SR-p53", "SR-MMP"]


def test_one_format_at_a_time(call: Call, tiny_bundle: Path) -> None:
    result = call("predict", "C", "-m", tiny_bundle, "--json", "--csv")
    assert result.exit_code == 2
    assert "not both" in result.stderr


@pytest.mark.parametrize("change", ["truncated", "other numbers", "no description"])
def test_a_corrupted_model_gives_no_numbers(
    call: Call, tiny_bundle: Path, tmp_path: Path, change: str
) -> None:
    description, weights = (
        (tiny_bundle / name).read_bytes() for name in ("bundle.json", "weights.safetensors")
    )
    if change == "truncated":
        weights = weights[:-10]
    elif change == "other numbers":
        weights = weights[:-1] + b"\xff"
    else:
        description = description[:100]
    (tmp_path / "bundle.json").write_bytes(description)
    (tmp_path / "weights.safetensors").write_bytes(weights)
    result = call("predict", "C", "-m", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("molgnn: ")
    assert "is not as molgnn saved it" in result.stderr


def test_added_columns_stand_below_the_tasks_and_in_json(call: Call, tiny_ensemble: Path) -> None:
    options = ["-m", tiny_ensemble, "--add", "spread", "--add", "max"]
    result = call("predict", "CCO", "C1CC", *options)
    *_, table = result.stdout.split("\n\n")
    header, *rows = [line.split() for line in table.splitlines()]
    assert header[:2] == ["column", "1"]
    names = ["NR-AR", "SR-p53", "logS", "NR-AR_spread", "SR-p53_spread", "logS_spread", "max"]
    assert [row[0] for row in rows] == names
    ok, rejected = json.loads(call("predict", "CCO", "C1CC", *options, "--json").stdout)
    assert list(ok["predictions"]) == names
    assert rejected["predictions"] is None


def test_the_spread_of_a_single_network_is_refused(call: Call, tiny_bundle: Path) -> None:
    result = call("predict", "CCO", "-m", tiny_bundle, "--add", "spread")
    assert result.exit_code == 2
    assert "fix: train an ensemble" in result.stderr
