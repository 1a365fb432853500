from __future__ import annotations

import os
from pathlib import Path

import pytest

from molgnn.errors import FileProblem
from molgnn.screening.output import check_output


@pytest.fixture
def library_file(tmp_path: Path) -> Path:
    path = tmp_path / "library.csv"
    path.write_text("smiles\nC\n")
    return path


def test_a_new_output_may_be_written(library_file: Path) -> None:
    check_output(library_file.with_name("out.csv"), [library_file], overwrite=False)


def test_an_existing_output_is_replaced_only_where_that_is_allowed(library_file: Path) -> None:
    output = library_file.with_name("out.csv")
    output.touch()
    check_output(output, [library_file], overwrite=True)
    with pytest.raises(FileProblem, match=r"exists already; fix: .*overwrite=…"):
        check_output(output, [library_file], overwrite=False)


@pytest.mark.parametrize("how", ["same", "dots", "symlink", "hardlink"])
def test_the_library_is_never_written_over(library_file: Path, how: str) -> None:
    output = library_file.with_name("other.csv")
    if how == "same":
        output = library_file
    elif how == "dots":
        (library_file.parent / "folder").mkdir()
        output = library_file.parent / "folder" / ".." / library_file.name
    elif how == "symlink":
        output.symlink_to(library_file)
    else:
        output.hardlink_to(library_file)
    with pytest.raises(FileProblem, match="never written over"):
        check_output(output, [library_file], overwrite=True)


@pytest.mark.parametrize("kind", ["folder", "device"])
def test_what_is_no_file_is_not_replaced_by_one(library_file: Path, kind: str) -> None:
    output = library_file.with_name("out.csv")
    if kind == "folder":
        output.mkdir()
    else:
        output.symlink_to(os.devnull)
    with pytest.raises(FileProblem, match="expected a file to write to"):
        check_output(output, [library_file], overwrite=True)


@pytest.mark.parametrize("output", ["missing/out.csv", "library.csv/out.csv"])
def test_an_output_in_no_folder_is_refused(library_file: Path, output: str) -> None:
    with pytest.raises(FileProblem, match="existing folder"):
        check_output(library_file.parent / output, [library_file], overwrite=False)


def test_a_name_too_long_for_the_disk_is_one_clear_error(library_file: Path) -> None:
    with pytest.raises(FileProblem, match="cannot write"):
        check_output(library_file.with_name("a" * 300 + ".csv"), [library_file], overwrite=False)
