from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from molgnn.screening.manifest import open_manifest
from molgnn.screening.summary import Counts

Call = Callable[..., Result]


def test_a_library_becomes_a_table_of_as_many_rows(
    call: Call, library_file: Path, tiny_bundle: Path
) -> None:
    output = library_file.with_name("out.csv")
    result = call("screen", library_file, "-m", tiny_bundle, "-o", output)
    assert result.exit_code == 0
    header, *rows = output.read_text().splitlines()
    assert header == "id,smiles,status,reason,NR-AR,SR-p53,SR-MMP"
    assert [row.split(",")[0:3:2] for row in rows] == [["a", "ok"], ["b", "rejected"], ["c", "ok"]]
    assert "rows per second" in result.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "library.csv"),
        (b"", "library.csv"),
        (b"id,weight\na,46\n", "weight"),
    ],
    ids=["missing", "empty", "no SMILES column"],
)
def test_a_library_that_cannot_be_read_is_named(
    call: Call, library_file: Path, tiny_bundle: Path, content: bytes | None, message: str
) -> None:
    library_file.unlink()
    if content is not None:
        library_file.write_bytes(content)
    output = library_file.with_name("out.csv")
    result = call("screen", library_file, "-m", tiny_bundle, "-o", output)
    assert result.exit_code == 1
    assert result.stderr.startswith("molgnn: ")
    assert message in result.stderr
    assert not output.exists()


def test_a_folder_is_no_library(call: Call, tmp_path: Path, tiny_bundle: Path) -> None:
    result = call("screen", tmp_path, "-m", tiny_bundle, "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    assert str(tmp_path) in result.stderr


def test_a_column_that_is_not_there_is_answered_with_those_that_are(
    call: Call, library_file: Path, tiny_bundle: Path
) -> None:
    output = library_file.with_name("out.csv")
    result = call(
        "screen", library_file, "-m", tiny_bundle, "-o", output, "--smiles-column", "structure"
    )
    assert result.exit_code != 0
    assert "smiles" in result.stderr
    assert "id" in result.stderr


def test_an_unknown_model_is_a_usage_error(call: Call, library_file: Path) -> None:
    result = call("screen", library_file, "-m", "tx21", "-o", library_file.with_name("out.csv"))
    assert result.exit_code == 2
    assert "unknown model 'tx21'" in result.stderr
    assert list(library_file.parent.iterdir()) == [library_file]


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_the_library_is_never_written_over(
    call: Call, library_file: Path, tiny_bundle: Path, options: list[str]
) -> None:
    before = library_file.read_bytes()
    result = call("screen", library_file, "-m", tiny_bundle, "-o", library_file, *options)
    assert result.exit_code == 1
    assert "never written over" in result.stderr
    assert library_file.read_bytes() == before


def test_an_existing_output_is_replaced_when_asked(
    call: Call, library_file: Path, tiny_bundle: Path
) -> None:
    output = library_file.with_name("out.csv")
    output.write_text("earlier")
    arguments = ("screen", library_file, "-m", tiny_bundle, "-o", output, "--engine", "serial")
    refused = call(*arguments)
    assert refused.exit_code == 1
    assert "have it replaced with --overwrite" in refused.stderr
    assert output.read_text() == "earlier"
    assert call(*arguments, "--overwrite").exit_code == 0
    assert output.read_text() != "earlier"


IN_SMALL_PARTS = """
from molgnn.cli import main
from molgnn.screening import job

job.PART_CHUNKS = 1
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a process are Unix's")
@pytest.mark.parametrize(
    ("number", "workers", "code", "said"),
    [
        (signal.SIGTERM, "1", 143, "ended from outside"),
        pytest.param(signal.SIGINT, "2", 130, "interrupted", marks=pytest.mark.slow),
    ],
)
def test_a_signal_on_the_way_leaves_what_is_done_and_says_so(
    tmp_path: Path,
    tiny_bundle: Path,
    library: Path,
    number: int,
    workers: str,
    code: int,
    said: str,
) -> None:
    long_library = tmp_path / "library.csv"
    header, *drugs = library.read_text(encoding="utf-8").splitlines(keepends=True)
    long_library.write_text("".join([header, *drugs * 40]), encoding="utf-8")
    arguments = ["screen", long_library, "-m", tiny_bundle, "-o", "out.csv", "--workers", workers]
    process = subprocess.Popen(
        [sys.executable, "-c", IN_SMALL_PARTS, *map(str, arguments)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    listing = tmp_path / "out.csv.parts" / "parts.jsonl"
    while not (listing.exists() and listing.stat().st_size):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    first, second = process.communicate()[1].splitlines()
    assert process.returncode == code
    assert first == f"molgnn: {said}"
    assert re.fullmatch(r"molgnn: [\d,]+ rows are done and safe in .*goes on behind them", second)
    assert {path.name for path in tmp_path.iterdir()} == {"library.csv", "out.csv.parts"}


def test_an_interrupted_run_with_other_options_is_told_the_option_that_restarts(
    call: Call, library_file: Path, tiny_bundle: Path
) -> None:
    output = library_file.with_name("out.csv")
    with open_manifest(output, {}) as manifest:
        manifest.add([lambda file: file.write(b"a part")], Counts())
    arguments = ("screen", library_file, "-m", tiny_bundle, "-o", output, "--engine", "serial")
    refused = call(*arguments)
    assert refused.exit_code == 1
    assert "fix: discard it and begin anew with --restart" in refused.stderr
    assert call(*arguments, "--restart").exit_code == 0


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--where", "SR-p53 <"], "ends too early"),
        (["--where", "SR-p54 < 0.2"], "SR-p53"),
        (["--top", "3"], "--by"),
        (["--by", "mean"], "--top"),
        (["--engine", "threads"], "processes"),
        (["--engine", "serial", "--workers", "2"], "fix"),
        (["--address", "10.0.0.1:6379"], "ray"),
        (["--precision", "fp8", "--engine", "serial"], "bf16"),
        (["--columns", "id,weight"], "weight"),
        (["--row-timeout", "0"], "row timeout"),
        (["--add", "spread"], "several members"),
        (["--where", "any > 0.5"], "add it with --add any"),
        (["--add", "spred"], "did you mean spread"),
        (["--format", "cvs"], "did you mean csv"),
        (["-o", "out.xlsx"], "name the format with --format"),
        (["-o", "-"], "standard output"),
    ],
)
def test_an_option_that_makes_no_sense_is_answered_in_one_line(
    call: Call, library_file: Path, tiny_bundle: Path, options: list[str], shown: str
) -> None:
    output = library_file.with_name("out.csv")
    result = call("screen", library_file, "-m", tiny_bundle, "-o", output, *options)
    assert result.exit_code in (1, 2)
    assert shown in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert {path.name for path in library_file.parent.iterdir()} <= {"library.csv", "model"}


def test_the_best_are_chosen_by_the_command_line(
    call: Call, library_file: Path, tiny_bundle: Path
) -> None:
    output = library_file.with_name("best.sdf")
    options = ["--top", "1", "--by", "mean", "--where", "SR-p53 >= 0", "--id-column", "id"]
    options += ["--engine", "serial"]
    result = call("screen", library_file, "-m", tiny_bundle, "-o", output, *options)
    assert result.exit_code == 0
    assert "selected" in result.stdout
    assert output.read_text().count("$$$$") == 1


def test_a_library_may_come_through_a_pipe(tmp_path: Path, tiny_bundle: Path) -> None:
    arguments = ["screen", "-", "-m", str(tiny_bundle), "-o", "out.csv", "--workers", "1"]
    process = subprocess.run(
        [sys.executable, "-c", "from molgnn.cli import main; main()", *arguments],
        cwd=tmp_path, input="CCO ethanol\nno\n", text=True, capture_output=True, check=True,
    )  # fmt: skip
    assert "scored                                1" in process.stdout
    assert (tmp_path / "out.csv").read_text().startswith("smiles,name,status,reason,")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_pipe_on_both_sides_gives_the_table_alone_and_the_summary_on_stderr(
    call: Call, tiny_bundle: Path
) -> None:
    options = ["-m", tiny_bundle, "-o", "-", "--workers", "1", "--engine", "serial"]
    result = call("screen", "-", *options, stdin="CCO ethanol\nno\n")
    assert result.exit_code == 0
    header, first, second = result.stdout.splitlines()
    assert header == "smiles,name,status,reason,NR-AR,SR-p53,SR-MMP"
    assert first.startswith("CCO,ethanol,ok,,0.")
    assert second.startswith("no,,rejected,")
    assert "rows read                             2" in result.stderr
    assert "written to standard output" in result.stderr


def test_a_reader_that_leaves_early_is_no_failure(
    tmp_path: Path, tiny_bundle: Path, library: Path
) -> None:
    script = "from molgnn.cli import main; main()"
    arguments = ["screen", str(library), "-m", str(tiny_bundle), "-o", "-", "--engine", "serial"]
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"name,smiles,")
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
