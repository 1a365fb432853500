"""Files that are packed: .gz, .bz2, .xz, and .zip with one file in it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from molgnn.chem.reading import Library, open_library
from molgnn.chem.records import Row
from molgnn.errors import FileProblem


def library(folder: Path, name: str, content: bytes, column: str | None = None) -> Library:
    (folder / name).write_bytes(content)
    return open_library(folder / name, column)


def smiles_of(rows: Library) -> list[str]:
    return [row.smiles for row in rows]


def zipped(content: bytes, *names: str) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name in names or ("a.smi",):
            archive.writestr(name, content)
    return buffer.getvalue()


compressions = pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress, zipped]
)
streams = pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])


@compressions
@pytest.mark.parametrize("name", ["a.smi.gz", "a.txt.bz2", "a.smi.xz", "a.smi.zip", "a.smi"])
def test_how_a_file_is_packed_is_told_by_its_bytes(
    tmp_path: Path, name: str, compress: Callable[[bytes], bytes]
) -> None:
    assert smiles_of(library(tmp_path, name, compress(b"CCO x\nCC\n"))) == ["CCO", "CC"]


@streams
def test_a_truncated_file_says_how_far_it_could_be_read(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    lines = b"".join(b"%s %d\n" % (b"C" * (i % 50 + 1), i * i * 7919) for i in range(60_000))
    read: list[Row] = []
    with pytest.raises(FileProblem, match=r"after line \d{4,}.*fix: fetch") as caught:
        read.extend(library(tmp_path, "a.smi.gz", compress(lines)[:-20_000]))
    assert f"after line {len(read)} " in str(caught.value)


@compressions
def test_a_damaged_file_is_told(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    packed = bytearray(compress(b"CCO x\n" * 1000))
    packed[40:46] = b"\xff" * 6
    with pytest.raises(FileProblem, match="damaged"):
        smiles_of(library(tmp_path, "a.smi.gz", bytes(packed)))


@pytest.mark.parametrize("suffix", [".zip", ".csv.zip", ".ZIP"])
def test_what_an_archive_holds_is_told_by_its_file(tmp_path: Path, suffix: str) -> None:
    content = zipped(b"smiles,x\nCCO,1\n", "export/data.csv")
    rows = library(tmp_path, f"vendor{suffix}", content)
    assert rows.columns == ("smiles", "x")
    assert smiles_of(rows) == smiles_of(rows) == ["CCO"]


def test_what_macos_adds_to_an_archive_is_passed_over(tmp_path: Path) -> None:
    content = zipped(b"CCO\n", "a.smi", "__MACOSX/._a.smi", ".DS_Store")
    assert smiles_of(library(tmp_path, "a.zip", content)) == ["CCO"]


def test_an_archive_of_several_files_is_refused(tmp_path: Path) -> None:
    content = zipped(b"CCO\n", "a.smi", "b.smi")
    for name in ("a.smi.zip", "a.zip"):
        with pytest.raises(
            FileProblem, match=r"of one file but got one of 2, a\.smi, b\.smi; fix: unp"
        ):
            smiles_of(library(tmp_path, name, content))


@pytest.mark.skipif(not hasattr(os, "pipe"), reason="no pipes here")
def test_an_archive_cannot_be_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, zipped(b"CCO\n"))
    os.close(writing)
    with os.fdopen(reading) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        with pytest.raises(FileProblem, match=r"standard input: .* ZIP archive through a pipe"):
            open_library("-")


def test_a_workbook_under_another_suffix_is_told(tmp_path: Path) -> None:
    content = zipped(b"", "[Content_Types].xml", "xl/workbook.xml")
    with pytest.raises(FileProblem, match=r"got an Excel workbook; fix: give it the suffix \.xlsx"):
        library(tmp_path, "a.csv", content)
