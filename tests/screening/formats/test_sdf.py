from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats.sdf import SdfFormat
from molgnn.screening.table import OutputTable

Scored = Callable[..., ScoredChunk]
TableOf = Callable[..., OutputTable]


def read(data: bytes) -> list[Chem.Mol]:
    return list(Chem.ForwardSDMolSupplier(io.BytesIO(data), removeHs=False))


@pytest.fixture(scope="session")
def table(table_of: TableOf) -> SdfFormat:
    return SdfFormat(table_of(["id", "smiles"], ["NR-AR"], id_index=0))


def test_a_row_of_smiles_is_drawn_under_its_id(table: SdfFormat, scored: Scored) -> None:
    [mol] = read(table.encode(scored([("ethanol", "CC[O-].[Na+]")], [[0.5]], smiles_index=1)))
    assert Chem.MolToSmiles(mol) == "CC[O-].[Na+]"
    assert len({tuple(xyz) for xyz in mol.GetConformer().GetPositions()}) == 4
    assert mol.GetProp("_Name") == "ethanol"
    assert mol.GetProp("NR-AR") == "0.5"


def test_without_an_id_column_the_title_is_empty(scored: Scored, table_of: TableOf) -> None:
    [mol] = read(SdfFormat(table_of(["smiles"], ["NR-AR"])).encode(scored([("C",)], [[0.5]])))
    assert mol.GetProp("_Name") == ""


def test_a_row_that_came_with_a_mol_block_keeps_it(table: SdfFormat, scored: Scored) -> None:
    block = Chem.MolToMolBlock(Chem.MolFromMolBlock(Chem.MolToMolBlock(Chem.MolFromSmiles("CO"))))
    block = block.replace("RDKit", "Maker", 1)
    chunk = scored([("a", "OC"), ("b", "")], [[0.5], [0]], {1: "invalid mol block: broken"})
    blocks = [f"our own title{block}", "no\nmol\nblock"]
    chunk = ScoredChunk(
        tuple(replace(row, block=block) for row, block in zip(chunk.rows, blocks, strict=True)),
        chunk.predictions,
    )
    first, second, end = table.encode(chunk).decode().split("$$$$\n")
    assert first.startswith(f"our own title{block}>  <id>\na\n")
    assert second.startswith("no\nmol\nblock\n>  <id>\nb\n")
    assert end == ""


@pytest.mark.parametrize("smiles", ["", "C1CC", "*"])
def test_a_rejected_row_keeps_its_place_with_its_cells_and_the_reason(
    table: SdfFormat, scored: Scored, smiles: str
) -> None:
    rows = [("a", "C"), ("b", smiles), ("c", "CC")]
    chunk = scored(rows, [[0.5]] * 3, {1: "some kind: of reason"}, smiles_index=1)
    mols = read(table.encode(chunk))
    assert [mol.GetNumAtoms() for mol in mols] == [1, 0, 2]
    assert mols[1].GetProp("_Name") == "b"
    assert mols[1].GetProp("reason") == "some kind: of reason"
    assert not mols[1].HasProp("NR-AR")


def test_what_the_model_reads_and_rdkit_does_not_is_not_drawn(
    table: SdfFormat, scored: Scored
) -> None:
    [mol] = read(table.encode(scored([("a", "C1CC")], [[0.5]], smiles_index=1)))
    assert mol.GetNumAtoms() == 0
    assert mol.GetProp("NR-AR") == "0.5"


def test_a_molecule_too_large_to_be_drawn_keeps_its_cells(table: SdfFormat, scored: Scored) -> None:
    [mol] = read(table.encode(scored([("a", "C" * 501)], [[0.5]], smiles_index=1)))
    assert mol.GetNumAtoms() == 0
    assert mol.GetProp("smiles") == "C" * 501


def test_bytes_that_are_no_utf8_come_back(table: SdfFormat, scored: Scored) -> None:
    data = table.encode(scored([("caf\udce9", "C")], [[0.5]], smiles_index=1))
    assert data.startswith(b"caf\xe9\n")
    assert b">  <id>\ncaf\xe9\n\n" in data


RDKITS_OWN = {"_Name", "_MolFileInfo", "_MolFileComments", "_MolFileChiralFlag"}
odd = st.lists(
    st.sampled_from(["$$$$", ">", "> <a>", "<b>", "M  END", "\n", "\r\n", "\r", " ", "x", "é"]),
    max_size=6,
).map("".join)


@given(names=st.tuples(odd, odd), cells=st.lists(st.tuples(odd, odd), min_size=1, max_size=3))
def test_whatever_names_and_cells_hold_there_are_as_many_records_and_no_other_property(
    scored: Scored,
    names: tuple[str, str],
    cells: list[tuple[str, str]],
    table_of: TableOf,
) -> None:
    table = SdfFormat(table_of([*names, "smiles"], ["a"], id_index=0))
    rows = [(*pair, "C") for pair in cells]
    mols = read(table.encode(scored(rows, [[0.5]] * len(rows), smiles_index=2)))
    assert len(mols) == len(rows)
    for mol, pair in zip(mols, cells, strict=True):
        n_filled = sum(bool(cell.strip()) for cell in pair)
        properties = set(mol.GetPropNames(includePrivate=True)) - RDKITS_OWN
        assert len(properties) == n_filled + len(["smiles", "status", "a"])
        assert [mol.GetProp(name) for name in ("smiles", "status", "a")] == ["C", "ok", "0.5"]


def test_a_value_of_several_lines_keeps_them(table: SdfFormat, scored: Scored) -> None:
    [mol] = read(table.encode(scored([("one\r\n\r\ntwo\n>3", "C")], [[0.5]], smiles_index=1)))
    assert mol.GetProp("id") == "one\ntwo\n >3"
    assert mol.GetProp("_Name") == "one two  >3"
