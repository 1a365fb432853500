"""The default features of chemprop 2, less two entries that say nothing.

Left out are the bond's flag "there is no bond", which is never set, and isotopes: an atom's mass is
the standard weight of its element (Heid et al., J. Chem. Inf. Model. 2024, 64, 9). Which of the
chiral tags CW and CCW chemprop gives a stereocentre depends on the order in which its neighbours
are written; here, on their surroundings.
"""

from __future__ import annotations

from rdkit.Chem import HybridizationType

from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.presets.vocabularies import BOND_TYPES, STEREO, YES_NO, masses

_ELEMENTS = tuple(range(1, 119))
_HYBRIDIZATIONS = (
    HybridizationType.S,
    HybridizationType.SP,
    HybridizationType.SP2,
    HybridizationType.SP2D,
    HybridizationType.SP3,
    HybridizationType.SP3D,
    HybridizationType.SP3D2,
)

CHEMPROP = Preset(
    "chemprop",
    atoms=(
        Column("atomic_number", (*range(1, 37), 53), has_unknown=True),
        Column("total_degree", tuple(range(6)), has_unknown=True),
        Column("formal_charge", (-1, -2, 1, 2, 0), has_unknown=True),
        Column("local_chiral_tag", tuple(range(4)), has_unknown=True),
        Column("hydrogens", tuple(range(5)), has_unknown=True),
        Column("hybridization", tuple(map(int, _HYBRIDIZATIONS)), has_unknown=True),
        Column("aromatic", YES_NO, kind="number"),
        Column("atomic_number", _ELEMENTS, kind="number", values=masses(_ELEMENTS)),
    ),
    bonds=(
        Column("bond_type", BOND_TYPES),
        Column("conjugated", YES_NO, kind="number"),
        Column("in_ring", YES_NO, kind="number"),
        Column("stereo", STEREO, has_unknown=True),
    ),
)
