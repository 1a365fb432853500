"""Topological torsion fingerprints: chains of four bonded atoms."""

from __future__ import annotations

from rdkit.Chem.rdFingerprintGenerator import GetTopologicalTorsionGenerator

from molgnn.chem.descriptors.hashed_counts import N_COLUMNS, HashedCounts


class Torsion(HashedCounts):
    """Counts of chains of four bonded atoms, folded into 2,048 columns.

    References
    ----------
    R. Nilakantan, N. Bauman, J. S. Dixon, R. Venkataraghavan, Topological torsion: a new molecular
    descriptor for SAR applications, J. Chem. Inf. Comput. Sci. 27, 82 (1987).
    """

    def __init__(self) -> None:
        super().__init__("torsion", GetTopologicalTorsionGenerator(fpSize=N_COLUMNS))
