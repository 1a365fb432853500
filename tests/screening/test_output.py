from __future__ import annotations

import os
import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from molgnn.errors import FileProblem
from molgnn.screening.output import check_output, new_file


@pytest.fixture
def library_file(tmp_path: Path) -> Path:
    path = tmp_path / "library.csv"
    path.write_text("smiles\nC\n")
    return path


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with new_file(path) as file:
        file.write(b"a\n")
        assert not path.exists()
        file.write(b"b\n")
    assert path.read_bytes() == b"a\nb\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_whatever_ends_it_early_leaves_what_was_there(
    tmp_path: Path, ending: type[BaseException]
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("earlier")

    def write_and_end() -> None:
        with new_file(path) as file:
            file.write(b"half a ")
            raise ending

    with pytest.raises(ending):
        write_and_end()
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_until_then_it_lies_in_the_staging_folder(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    with new_file(tmp_path / "out.csv", staging=staging) as file:
        file.write(b"a\n")
        assert list(tmp_path.iterdir()) == [staging]
        assert len(list(staging.iterdir())) == 1
    assert list(staging.iterdir()) == []
    assert (tmp_path / "out.csv").read_bytes() == b"a\n"


def test_a_new_file_may_be_read_by_those_who_may_read_any_other(tmp_path: Path) -> None:
    with new_file(tmp_path / "out.csv") as file:
        file.write(b"")
    (tmp_path / "other").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_behind_a_link_the_file_itself_is_replaced(tmp_path: Path) -> None:
    link, target = tmp_path / "link.csv", tmp_path / "target.csv"
    link.symlink_to(target)
    with new_file(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@contextmanager
def small_disk() -> Iterator[None]:
    """Let no file grow beyond 10 kB; the error is the kernel's own, as on a full disk.

    Not a fixture: pytest's own report, which may go to a file, must not meet the limit.
    """
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("n_bytes", [11_000, 1_000_000], ids=["at the end", "on the way"])
def test_a_full_disk_is_one_clear_error_and_leaves_nothing(tmp_path: Path, n_bytes: int) -> None:
    noise = random.Random(0).randbytes(n_bytes)

    def write_it() -> None:
        with new_file(tmp_path / "out.csv") as file:
            file.write(noise[:8000])
            file.write(noise[8000:])

    with (
        pytest.raises(FileProblem, match=r"cannot write .*out\.csv: File too large"),
        small_disk(),
    ):
        write_it()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named() -> None:
    path = Path("/proc/out.csv")
    if not path.parent.is_dir():
        pytest.skip("needs /proc, where not even root can create a file")
    with pytest.raises(FileProblem, match=f"cannot write {path}"), new_file(path):
        pass


def test_a_new_output_may_be_written(library_file: Path) -> None:
    check_output(library_file.with_name("out.csv"), [library_file], overwrite=False)


def test_an_existing_output_is_replaced_only_where_that_is_allowed(library_file: Path) -> None:
    output = library_file.with_name("out.csv")
    output.touch()
    check_output(output, [library_file], overwrite=True)
    with pytest.raises(FileProblem, match=r"exists already; fix: .*--overwrite"):
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
