"""The features of the Open Graph Benchmark (Hu et al., NeurIPS 2020), one code per property.

Which of the chiral tags CW and CCW it gives a stereocentre depends on the order in which its
neighbours are written; here, on their surroundings.
"""

from __future__ import annotations

from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.presets.vocabularies import BOND_TYPES, HYBRIDIZATIONS, STEREO, YES_NO

NONE, ANY, Z, E, CIS, TRANS = STEREO

OGB = Preset(
    "ogb",
    atoms=(
        Column("atomic_number", tuple(range(1, 119)), has_unknown=True),
        Column("local_chiral_tag", tuple(range(4)), has_unknown=True),
        Column("total_degree", tuple(range(11)), has_unknown=True),
        Column("formal_charge", tuple(range(-5, 6)), has_unknown=True),
        Column("hydrogens", tuple(range(9)), has_unknown=True),
        Column("radical_electrons", tuple(range(5)), has_unknown=True),
        Column("hybridization", HYBRIDIZATIONS, has_unknown=True),
        Column("aromatic", YES_NO),
        Column("in_ring", YES_NO),
    ),
    bonds=(
        Column("bond_type", BOND_TYPES, has_unknown=True),
        Column("stereo", (NONE, Z, E, CIS, TRANS, ANY)),
        Column("conjugated", YES_NO),
    ),
)
