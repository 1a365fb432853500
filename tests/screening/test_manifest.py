"""What is safe stays safe, and is only gone on with where it belongs."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from molgnn.errors import FileProblem
from molgnn.screening.manifest import ONCE, Manifest, fingerprint, open_manifest
from molgnn.screening.summary import Counts

PROVENANCE: dict[str, dict[str, Any]] = {
    "input": {"library.csv": "12 bytes, sha256 ab"},
    "option": {"where": None, "columns": ["id", "smiles"], "chunk size": 1024},
}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def add(manifest: Manifest, text: str, **counts: Any) -> None:
    manifest.add([lambda file: file.write(text.encode())], Counts(**counts))


def interrupt(output: Path, *parts: str) -> Path:
    """Leave a screening with these parts, and return its folder."""
    with open_manifest(output, PROVENANCE) as manifest:
        for part in parts:
            add(manifest, part, read=10, scored=9, matched=10, rejected={"blank": 1})
    return output.with_name("out.csv.parts")


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def test_a_new_screening_begins_with_nothing(output: Path) -> None:
    with open_manifest(output, PROVENANCE) as manifest:
        assert manifest.files_of(0) == []
        assert manifest.counts == Counts()


def test_parts_are_kept_in_order_with_what_they_count(output: Path) -> None:
    interrupt(output, "first", "second")
    with open_manifest(output, PROVENANCE) as manifest:
        add(manifest, "third", read=1, scored=0, rejected={"blank": 1})
        assert [path.read_text() for path in manifest.files_of(0)] == ["first", "second", "third"]
        assert manifest.counts == Counts(read=21, scored=18, matched=20, rejected={"blank": 3})


@pytest.mark.parametrize("parts", [[], ["first"]])
def test_what_nobody_needs_any_more_is_removed(output: Path, parts: list[str]) -> None:
    with open_manifest(output, PROVENANCE) as manifest:
        for part in parts:
            add(manifest, part)
        manifest.discard()
    assert list(output.parent.iterdir()) == []


def test_a_part_that_was_not_finished_is_none(output: Path) -> None:
    def write_half(_: Any) -> None:
        raise KeyboardInterrupt

    folder = interrupt(output, "first")
    with pytest.raises(KeyboardInterrupt), open_manifest(output, PROVENANCE) as manifest:
        manifest.add([write_half], Counts(read=10))
    with open_manifest(output, PROVENANCE) as manifest:
        assert manifest.files_of(0) == [folder / "part-000000"]


@pytest.mark.parametrize(
    ("damage", "n_left"),
    [
        (lambda folder: (folder / "part-000001").write_text("secon"), 1),
        (lambda folder: (folder / "part-000000").write_text(""), 0),
        (lambda folder: (folder / "part-000001").unlink(), 1),
        (lambda folder: os.truncate(folder / "parts.jsonl", 220), 1),
        (lambda folder: append(folder / "parts.jsonl", '{"name": "part-0'), 3),
        (lambda folder: (folder / "parts.jsonl").write_text("[]\n"), 0),
        (lambda folder: (folder / "parts.jsonl").unlink(), 0),
        (lambda folder: (folder / "manifest.json").write_text('{"input"'), 0),
        (lambda folder: (folder / "manifest.json").unlink(), 0),
    ],
    ids=["cut part", "empty part", "lost part", "cut list", "half a line", "strange list",
         "no list", "cut manifest", "no manifest"],
)  # fmt: skip
def test_after_a_power_failure_what_is_not_sound_is_made_again(
    output: Path, damage: Any, n_left: int
) -> None:
    damage(interrupt(output, "first", "second", "third"))
    with open_manifest(output, PROVENANCE) as manifest:
        kept = ["first", "second", "third"][:n_left]
        assert [path.read_text() for path in manifest.files_of(0)] == kept
        add(manifest, "next", read=1)
    with open_manifest(output, PROVENANCE) as manifest:
        assert [path.read_text() for path in manifest.files_of(0)] == [*kept, "next"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"input": {"library.csv": "13 bytes, sha256 cd"}},
         "the input library.csv was 12 bytes, sha256 ab and is 13 bytes, sha256 cd"),
        ({"input": {"other.csv": "12 bytes, sha256 ab"}},
         "the input library.csv is gone; the input other.csv is new"),
        ({"option": PROVENANCE["option"] | {"where": "max < 0.5"}},
         "the option where was None and is max < 0.5"),
    ],
)  # fmt: skip
def test_what_has_changed_is_refused_with_the_two_ways_out(
    output: Path, change: dict[str, Any], message: str
) -> None:
    folder = interrupt(output, "first")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(FileProblem) as caught, open_manifest(output, PROVENANCE | change):
        pass
    assert message in str(caught.value)
    assert "restart=…" in str(caught.value)
    assert "another output" in str(caught.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_restart_discards_what_is_there(output: Path) -> None:
    interrupt(output, "first")
    change = {"option": {}}
    with open_manifest(output, PROVENANCE | change, restart=True) as manifest:
        assert manifest.files_of(0) == []
        add(manifest, "other", read=1)
    with open_manifest(output, PROVENANCE | change) as manifest:
        assert [path.read_text() for path in manifest.files_of(0)] == ["other"]


def test_two_at_a_time_are_one_too_many(output: Path) -> None:
    begin = (
        "import sys; from pathlib import Path\n"
        "from molgnn.screening.manifest import open_manifest\n"
        f"with open_manifest(Path({str(output)!r}), {PROVENANCE!r}): pass"
    )
    with open_manifest(output, PROVENANCE) as manifest:
        add(manifest, "first", read=1)
        second = subprocess.run([sys.executable, "-c", begin], capture_output=True, text=True)
    assert "another molgnn is at work" in second.stderr
    assert subprocess.run([sys.executable, "-c", begin]).returncode == 0


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "out.csv.parts").write_text("a file in the way")
    with (
        pytest.raises(FileProblem, match=r"cannot write .*out\.csv\.parts"),
        open_manifest(tmp_path / "out.csv", PROVENANCE),
    ):
        pass


def test_a_folder_that_holds_something_else_is_left_alone(output: Path) -> None:
    folder = output.with_name("out.csv.parts")
    folder.mkdir()
    (folder / "thesis.tex").write_text("ten years")
    with pytest.raises(FileProblem, match=r"thesis\.tex"), open_manifest(output, PROVENANCE):
        pass
    with pytest.raises(FileProblem), open_manifest(output, PROVENANCE, restart=True):
        pass
    assert (folder / "thesis.tex").read_text() == "ten years"


def test_the_parts_lie_beside_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "out.csv"
    link.symlink_to(tmp_path / "elsewhere" / "real.csv")
    with open_manifest(link, PROVENANCE) as manifest:
        assert manifest.folder == tmp_path / "elsewhere" / "real.csv.parts"


def test_what_was_left_half_done_is_swept_away(output: Path) -> None:
    folder = interrupt(output, "first")
    for name in (".molgnn-1234.part", "part-000001.tmp", "part-000007"):
        (folder / name).write_text("half")
    with open_manifest(output, PROVENANCE):
        assert {path.name for path in folder.iterdir()} == {
            "manifest.json", "parts.jsonl", "part-000000", "lock",
        }  # fmt: skip


def test_what_nobody_can_see_again_is_begun_anew_without_a_question(output: Path) -> None:
    provenance = PROVENANCE | {"input": {ONCE: "a"}}
    with open_manifest(output, provenance) as manifest:
        add(manifest, "first", read=1)
    with open_manifest(output, PROVENANCE) as manifest:
        assert manifest.files_of(0) == []


def test_a_disk_that_is_full_when_it_goes_on_costs_no_part(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = interrupt(output, "first", "second")
    (folder / "part-000001").write_text("damaged")
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full_disk)
        with pytest.raises(FileProblem), open_manifest(output, PROVENANCE):
            pass
    with open_manifest(output, PROVENANCE) as manifest:
        assert [path.read_text() for path in manifest.files_of(0)] == ["first"]


def full_disk(_: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_known_by_its_size_and_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "library.csv"
    path.write_bytes(b"a" * 1234)
    before = fingerprint(path)
    assert before.startswith("1,234 bytes, sha256 ")
    path.write_bytes(b"b" * 1234)
    assert fingerprint(path) != before
    with pytest.raises(FileProblem, match="cannot read"):
        fingerprint(tmp_path / "missing.csv")
