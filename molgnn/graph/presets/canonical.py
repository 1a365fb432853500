"""The features of DGL-LifeSci's `CanonicalAtomFeaturizer` and `CanonicalBondFeaturizer`.

DGL-LifeSci counts the hydrogens that were written without brackets; here they are those of RDKit's
canonical SMILES, however the molecule was written.
"""

from __future__ import annotations

from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.presets.vocabularies import (
    BOND_TYPES,
    CHARGES,
    HYBRIDIZATIONS,
    RADICAL_ELECTRONS,
    STEREO,
    YES_NO,
    elements,
)

CANONICAL = Preset(
    "canonical",
    atoms=(
        Column(
            "atomic_number",
            elements(
                "C N O S F Si P Cl Br Mg Na Ca Fe As Al I B V K Tl Yb Sb Sn Ag Pd Co Se Ti Zn "
                "H Li Ge Cu Au Ni Cd In Mn Zr Cr Pt Hg Pb"
            ),
        ),
        Column("degree", tuple(range(11))),
        Column("implicit_hydrogens", tuple(range(7))),
        Column("formal_charge", CHARGES, kind="number"),
        Column("radical_electrons", RADICAL_ELECTRONS, kind="number"),
        Column("hybridization", HYBRIDIZATIONS),
        Column("aromatic", YES_NO, kind="number"),
        Column("hydrogens", tuple(range(5))),
    ),
    bonds=(
        Column("bond_type", BOND_TYPES),
        Column("conjugated", YES_NO, kind="number"),
        Column("in_ring", YES_NO, kind="number"),
        Column("stereo", STEREO),
    ),
)
