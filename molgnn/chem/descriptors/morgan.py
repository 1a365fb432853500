"""Morgan fingerprints: how often each circular environment of an atom occurs."""

from __future__ import annotations

from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

from molgnn.chem.descriptors.hashed_counts import N_COLUMNS, HashedCounts


class Morgan(HashedCounts):
    """Counts of circular environments up to radius 3 (ECFP6), folded into 2,048 columns.

    References
    ----------
    D. Rogers, M. Hahn, Extended-connectivity fingerprints, J. Chem. Inf. Model. 50, 742 (2010).
    """

    def __init__(self) -> None:
        super().__init__("morgan", GetMorganGenerator(radius=3, fpSize=N_COLUMNS))


class ECFP4(HashedCounts):
    """Counts of circular environments up to radius 2 (ECFP4), folded into 2,048 columns.

    References
    ----------
    D. Rogers, M. Hahn, Extended-connectivity fingerprints, J. Chem. Inf. Model. 50, 742 (2010).
    """

    def __init__(self) -> None:
        super().__init__("ecfp4", GetMorganGenerator(radius=2, fpSize=N_COLUMNS))
