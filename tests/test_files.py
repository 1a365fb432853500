"""Files and folders are complete or not there."""

from __future__ import annotations

import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from molgnn.errors import FileProblem
from molgnn.files import atomic_folder, atomic_write, temporary_path


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with atomic_write(path) as file:
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
        with atomic_write(path) as file:
            file.write(b"half a ")
            raise ending

    with pytest.raises(ending):
        write_and_end()
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_until_then_it_lies_in_the_staging_folder(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    with atomic_write(tmp_path / "out.csv", staging=staging) as file:
        file.write(b"a\n")
        assert list(tmp_path.iterdir()) == [staging]
        assert len(list(staging.iterdir())) == 1
    assert list(staging.iterdir()) == []
    assert (tmp_path / "out.csv").read_bytes() == b"a\n"


def test_a_atomic_write_may_be_read_by_those_who_may_read_any_other(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "out.csv") as file:
        file.write(b"")
    (tmp_path / "other").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_behind_a_link_the_file_itself_is_replaced(tmp_path: Path) -> None:
    link, target = tmp_path / "link.csv", tmp_path / "target.csv"
    link.symlink_to(target)
    with atomic_write(link) as file:
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
        with atomic_write(tmp_path / "out.csv") as file:
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
    with pytest.raises(FileProblem, match=f"cannot write {path}"), atomic_write(path):
        pass


def test_a_writer_that_opens_files_itself_is_given_a_path(tmp_path: Path) -> None:
    with temporary_path(tmp_path / "out.ckpt") as temporary:
        temporary.write_bytes(b"state")
        assert list(tmp_path.iterdir()) == [temporary]
    assert (tmp_path / "out.ckpt").read_bytes() == b"state"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_appears_when_it_is_complete_in_the_place_of_an_earlier_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "models" / "mine"
    for text in ("first", "second"):
        with atomic_folder(folder) as staged:
            (staged / text).touch()
        assert [path.name for path in folder.iterdir()] == [text]
    with pytest.raises(KeyboardInterrupt), atomic_folder(folder):
        raise KeyboardInterrupt
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]
    assert [path.name for path in folder.iterdir()] == ["second"]
