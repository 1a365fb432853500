"""Which columns of numbers are no labels, by their headers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from molgnn.chem.tables import LabelledTable
from molgnn.chem.tables.headers import IS_PROPERTY, NAMES_ROWS, why_no_label

ReadCsv = Callable[..., LabelledTable]


@pytest.mark.parametrize(
    "header",
    [
        *("MW", "MolWt", "Molecular Weight", "molecular_weight", "ExactMolWt", "exact mass"),
        *("ALogP", "AlogP", "XLogP3", "xlogp", "CLogP", "MolLogP", "CX LogD", "alogp"),
        *("PSA", "TPSA", "Polar Surface Area", "#RO5 Violations", "QED Weighted", "mw_freebase"),
        *("HBD", "HBA", "NumHDonors", "NumHAcceptors", "Number of H-Bond Donors", "h_bond_donors"),
        *("Number of Rings", "Number of Rotatable Bonds", "NumRotatableBonds", "Aromatic Rings"),
        *("HeavyAtomCount", "Heavy Atoms", "RingCount", "num_rings", "FractionCSP3", "RB"),
        *("PUBCHEM_XLOGP3_AA", "PUBCHEM_CACTVS_TPSA", "PUBCHEM_CACTVS_HBOND_DONOR", "calc"),
        *("PUBCHEM_BOND_DEF_STEREO_COUNT", "ESOL predicted log solubility in mols per litre"),
        *("Year", "Document Year", "publication_year", "First Approval", "date", "Max Phase"),
    ],
)  # fmt: skip
def test_properties_and_bookkeeping_are_no_tasks(header: str) -> None:
    assert why_no_label(header) == IS_PROPERTY


@pytest.mark.parametrize(
    "header",
    [
        *("logP", "logD", "logS", "exp", "pKa", "pIC50", "Potency", "NR-AR", "y", "label", "p_np"),
        *("Ring opening", "charge transfer", "lipid", "solubility", "measured log solubility"),
        *("PUBCHEM_ACTIVITY_SCORE", "Class", "Standard Value", "mortality", "phase_change", "hERG"),
    ],
)  # fmt: skip
def test_what_may_have_been_measured_is_a_task(header: str) -> None:
    assert why_no_label(header) is None


@pytest.mark.parametrize("header", ["PUBCHEM_RESULT_TAG", "PUBCHEM_SID", "mol_id", "row", ""])
def test_what_numbers_the_rows_is_no_task(header: str) -> None:
    assert why_no_label(header) == NAMES_ROWS


def test_a_property_that_is_named_is_a_task(read_csv: ReadCsv) -> None:
    text = "smiles,MW,y\nC,16,0.5\nCC,30,0.1\n"
    table = read_csv(text)
    assert table.tasks.names == ["y"]
    assert table.ignored_columns == {"MW": IS_PROPERTY}
    assert read_csv(text, tasks=["MW"]).tasks.names == ["MW"]
