"""What ``molgnn screen`` says on stderr of a library, with the names of its options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from molgnn.tasks import Task, TaskKind, Tasks
from tests.conftest import save_tiny

Call = Callable[..., Result]


def test_where_not_one_row_is_scored_the_likely_cause_is_said_and_the_status_is_1(
    call: Call, library_file: Path, tiny_bundle: Path
) -> None:
    library_file.write_text("name,smiles\nCCO,c1cc\nCC,C1CC\n")
    output = library_file.with_name("out.csv")
    options = ["--engine", "serial"]
    result = call("screen", library_file, "-m", tiny_bundle, "-o", output, *options)
    assert result.exit_code == 1
    assert result.stderr == (
        "molgnn: not one row was scored: column 2 ('smiles') holds no SMILES, column 1 ('name') "
        "does; fix: name it with --smiles-column, or in a SMILES file put it "
        "first\n"
    )
    assert output.read_text().count("rejected") == 2


def test_columns_are_added_and_asked_for_beside_those_of_the_library(
    call: Call, library_file: Path, tiny_ensemble: Path
) -> None:
    outputs = [library_file.with_name(name) for name in ("out.tsv", "out.parquet")]
    options = [word for output in outputs for word in ("-o", output)]
    options += ["--add", "spread", "--add", "any", "--where", "id == 'a' and any > 0"]
    result = call("screen", library_file, "-m", tiny_ensemble, *options, "--engine", "serial")
    assert result.exit_code == 0
    header, row = outputs[0].read_text().splitlines()
    assert header.split("\t")[-4:] == ["NR-AR_spread", "SR-p53_spread", "logS_spread", "any"]
    assert all(float(cell) > 0 for cell in row.split("\t")[-4:])
    assert outputs[1].exists()
    assert "out.tsv and " in result.stdout


def test_how_a_library_is_read_is_told_with_the_option(
    call: Call, tiny_bundle: Path, tmp_path: Path
) -> None:
    library, output = tmp_path / "a.csv", tmp_path / "out.csv"
    library.write_text("canonical_smiles,isomeric_smiles\nCC(O)F,C[C@H](O)F\n")
    result = call("screen", library, "-m", tiny_bundle, "-o", output, "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "read from column 'isomeric_smiles', not from 'canonical_smiles'" in result.stderr
    assert "; --smiles-column names another" in result.stderr


def test_a_library_without_molecules_is_said_to_be_one_and_the_status_is_1(
    call: Call, tiny_bundle: Path, tmp_path: Path
) -> None:
    library, output = tmp_path / "a.csv", tmp_path / "out.csv"
    library.write_text("id,smiles\n")
    result = call("screen", library, "-m", tiny_bundle, "-o", output, "--engine", "serial")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"molgnn: not one row was scored: {library} holds no molecules")
    assert output.read_text().startswith("id,smiles,status,")


def test_text_where_a_number_is_wanted_is_told_on_stderr(
    call: Call, library_file: Path, tiny_bundle: Path
) -> None:
    output = library_file.with_name("out.csv")
    options = ["--engine", "serial", "--columns", "smiles", "--where", "id < 2"]
    result = call("screen", library_file, "-m", tiny_bundle, "-o", output, *options)
    assert result.exit_code == 0
    assert result.stderr.startswith(
        "molgnn: 3 rows had text where a number was wanted in 'id', the first in line 2: 'a'; "
    )


def test_a_column_that_a_model_cannot_add_is_left_out_by_the_option(
    call: Call, library_file: Path, tmp_path: Path
) -> None:
    model = save_tiny(tmp_path / "regression", Tasks([Task("logS", TaskKind.REGRESSION)]))
    options = ["-o", tmp_path / "out.csv", "--add", "any", "--engine", "serial"]
    result = call("screen", library_file, "-m", model, *options)
    assert result.exit_code == 2
    assert "got logS (regression); fix: leave this column out of --add" in result.stderr
