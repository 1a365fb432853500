"""Two small files with all that can be wrong with a line: what becomes of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from molgnn.chem.parsing import why_rejected
from molgnn.chem.reading import open_library
from molgnn.chem.records import Rejected
from molgnn.chem.standardize import Standardizer

OK = "ok"

SMI = [
    ("ethanol, plain", OK),
    ("", "empty SMILES"),
    ("", "empty SMILES"),
    ("a name without a SMILES", "empty SMILES"),
    ("indented, with two blanks", OK),
    ("aspirin, after a tab", OK),
    ("aspirin, in a line that ends as on Windows", OK),
    ("ring that is never closed", "invalid SMILES"),
    ("branch that is never closed", "invalid SMILES"),
    ("branch that was never opened", "invalid SMILES"),
    ("five aromatic carbons", "cannot kekulize"),
    ("pyrrole without its hydrogen", "cannot kekulize"),
    ("aluminium with five bonds", "impossible valence"),
    ("carbon with five bonds", "impossible valence"),
    ("nitrogen with four bonds and no charge", "impossible valence"),
    ("sodium acetate", OK),
    ("hydrochloride", OK),
    ("tartrate", OK),
    ("three drugs in one tablet", OK),
    ("hydrate", OK),
    ("table salt: single atoms", OK),
    ("cisplatin, carelessly", OK),
    ("cisplatin, with four-valent nitrogen", OK),
    ("ferrocene", OK),
    ("mercury", OK),
    ("xenon", OK),
    ("hydrogen", OK),
    ("deuterated methane", OK),
    ("labelled acetic acid", OK),
    ("zwitterion", OK),
    ("betaine", OK),
    ("nitromethane", OK),
    ("TEMPO, a radical", OK),
    ("a peptide of 279 atoms", OK),
    ("longer than is read", "too long"),
    ("dummy atom", "dummy atom"),
    ("attachment point", "dummy atom"),
    ("R group", "dummy atom"),
    ("any bond", "query bond"),
    ("SMARTS", "invalid SMILES"),
    ("reaction", "invalid SMILES"),
    ("|$;;oxygen$| extension with labels", OK),
    ("ring closure 99", OK),
    ("ring closure 99, open", "invalid SMILES"),
    ("InChI", "invalid SMILES"),
    ("InChIKey", "invalid SMILES"),
    ("CAS number", "invalid SMILES"),
    ("", "invalid SMILES"),
    ("\u03b1-\u03c9 and \u4e59\u9187", OK),
    ("Greek omicron for oxygen", "invalid SMILES"),
    ("\udce9thanol in Latin-1", OK),
    ("Latin-1 in the SMILES", "invalid SMILES"),
    ("NUL in the SMILES", "invalid SMILES"),
    ("in quotation marks", "ok"),
    ("", "invalid SMILES"),
    ("a blank of no width", "invalid SMILES"),
    ("the last line has no end", OK),
]

CSV = [
    ("plain", OK),
    ("", "empty SMILES"),
    ("no SMILES", "empty SMILES"),
    ("a blank", "empty SMILES"),
    ("quoted, with a comma", OK),
    ('a "quoted" word', OK),
    ("a note\nin two lines", OK),
    ('"a mark that is never closed', OK),
    ('5" pipe', OK),
    ("a mark at the line's begin", OK),
    ("a line that ends as on Windows", OK),
    ("a lone\rcarriage return", OK),
    ("", "empty SMILES"),
    ("too,many,cells", OK),
    ("a radical by extension", OK),
    ("name in the SMILES cell", "invalid SMILES"),
    ("cannot be kekulized", "cannot kekulize"),
    ("five bonds", "impossible valence"),
    ("salt", OK),
    ("dummy", "dummy atom"),
    ("\u03b2 \u9178", OK),
    ("caf\udce9 in Latin-1", OK),
    ("Latin-1 in the SMILES", "invalid SMILES"),
    ("NUL", "invalid SMILES"),
    ("NUL \x00 in the note", OK),
    ("InChI", "invalid SMILES"),
    ("name", "invalid SMILES"),
    ("reaction", "invalid SMILES"),
    ("", "empty SMILES"),
    ("", "empty SMILES"),
    ("a formula", OK),
    ("note", "invalid SMILES"),
    ("", OK),
    ("open ring and open mark", "invalid SMILES"),
    ("the last line has no end", OK),
]


def outcome_of(smiles: str) -> str:
    """Return the kind of the reason for which a row is rejected on its whole way, or ok."""
    [outcome] = Standardizer("parent").apply([(0, smiles)])
    if isinstance(outcome, Rejected):
        return outcome.kind
    return (why_rejected(outcome.smiles) or OK).partition(":")[0]


@pytest.mark.parametrize(("name", "expected"), [("hostile.smi", SMI), ("hostile.csv", CSV)])
def test_each_line_is_a_row_with_its_outcome(
    hostile_smi: Path, name: str, expected: list[tuple[str, str]]
) -> None:
    rows = open_library(hostile_smi.with_name(name))
    assert [(row.fields[-1], outcome_of(row.smiles)) for row in rows] == expected
    assert [row.number for row in rows] == list(range(len(expected)))


@pytest.mark.parametrize("name", ["hostile.smi", "hostile.csv"])
def test_the_odd_bytes_have_survived_editors_and_git(hostile_smi: Path, name: str) -> None:
    content = hostile_smi.with_name(name).read_bytes()
    assert content.count(b"\r\n") == 1
    assert b"\x00" in content
    assert b"\xe9" in content
    assert not content.endswith(b"\n")


def test_the_peptide_has_hundreds_of_atoms(hostile_smi: Path) -> None:
    from rdkit import Chem

    [peptide] = [row.smiles for row in open_library(hostile_smi) if "peptide" in row.fields[1]]
    assert Chem.MolFromSmiles(peptide).GetNumAtoms() > 250
