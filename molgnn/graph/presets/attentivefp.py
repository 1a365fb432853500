"""The features of DGL-LifeSci's `AttentiveFPAtomFeaturizer` and `AttentiveFPBondFeaturizer`.

They were introduced with AttentiveFP (Xiong et al., J. Med. Chem. 2020, 63, 8749). Whether an atom
may be a stereocentre, and which, is what RDKit notes while it reads the SMILES.
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

ATTENTIVEFP = Preset(
    "attentivefp",
    atoms=(
        Column("atomic_number", elements("B C N O F Si P S Cl As Se Br Te I At"), has_unknown=True),
        Column("degree", tuple(range(6))),
        Column("formal_charge", CHARGES, kind="number"),
        Column("radical_electrons", RADICAL_ELECTRONS, kind="number"),
        Column("hybridization", HYBRIDIZATIONS, has_unknown=True),
        Column("aromatic", YES_NO, kind="number"),
        Column("hydrogens", tuple(range(5))),
        Column("chirality_possible", YES_NO, kind="number"),
        Column("cip_code", (1, 2)),
    ),
    bonds=(
        Column("bond_type", BOND_TYPES),
        Column("conjugated", YES_NO, kind="number"),
        Column("in_ring", YES_NO, kind="number"),
        Column("stereo", STEREO[:4]),
    ),
)
