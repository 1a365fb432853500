"""Atom-pair fingerprints: two atoms and how many bonds lie between them."""

from __future__ import annotations

from rdkit.Chem.rdFingerprintGenerator import GetAtomPairGenerator

from molgnn.chem.descriptors.hashed_counts import N_COLUMNS, HashedCounts


class AtomPair(HashedCounts):
    """Counts of pairs of atoms at a distance of up to 30 bonds, folded into 2,048 columns.

    References
    ----------
    R. E. Carhart, D. H. Smith, R. Venkataraghavan, Atom pairs as molecular features in
    structure-activity studies, J. Chem. Inf. Comput. Sci. 25, 64 (1985).
    """

    def __init__(self) -> None:
        super().__init__("atom_pair", GetAtomPairGenerator(fpSize=N_COLUMNS))
