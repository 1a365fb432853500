from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from rdkit.Chem import MolFromSmiles

from benchmarks.libraries import (
    clean_library,
    copy_rows,
    read_rows,
    repeat_library,
    require_libraries,
    sample_library,
)
from molgnn.chem.reading import open_library


def test_a_cleaned_library_has_as_many_rows_as_asked_and_all_parse(
    hostile_smi: Path, library: Path, tmp_path: Path
) -> None:
    rows = list(read_rows(clean_library([hostile_smi, library], 100, tmp_path)))
    assert [int(number) for number, _ in rows] == list(range(100))
    assert all(MolFromSmiles(smiles) is not None for _, smiles in rows)


def test_a_cleaned_library_is_taken_evenly_from_the_whole_file(
    library: Path, tmp_path: Path
) -> None:
    position = {row.smiles: row.number for row in open_library(library)}
    taken = [position[smiles] for _, smiles in read_rows(clean_library([library], 9, tmp_path))]
    assert taken == sorted(taken)
    gaps = [after - before for before, after in pairwise(taken)]
    assert min(gaps) > 0.9 * len(position) / 9


def test_a_copy_has_the_first_rows_as_they_are_unparsable_ones_included(
    hostile_smi: Path, tmp_path: Path
) -> None:
    copied = [smiles for _, smiles in read_rows(copy_rows([hostile_smi], 12, tmp_path / "c.csv"))]
    assert copied == [row.smiles for row in open_library(hostile_smi)][:12]
    assert not all(smiles and MolFromSmiles(smiles) for smiles in copied)


def test_a_library_that_is_too_small_is_repeated_from_its_first_row_on(tmp_path: Path) -> None:
    source = tmp_path / "three.smi"
    source.write_text("C\nCC\nCCC\n")
    rows = list(read_rows(repeat_library([source], 7, tmp_path)))
    assert [smiles for _, smiles in rows] == ["C", "CC", "CCC", "C", "CC", "CCC", "C"]
    assert len({number for number, _ in rows}) == 7


def test_a_sample_is_spread_evenly_and_keeps_the_ids(library: Path, tmp_path: Path) -> None:
    cleaned = clean_library([library], 100, tmp_path)
    assert [number for number, _ in read_rows(sample_library(cleaned, 4))] == [
        "0",
        "25",
        "50",
        "75",
    ]


def test_without_a_large_library_it_says_what_to_give(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOLGNN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"fix: give files .* with --library"):
        require_libraries([])
