"""Vocabularies that several presets share, in RDKit's own numbering."""

from __future__ import annotations

from rdkit import Chem
from rdkit.Chem import BondStereo, BondType, HybridizationType

_TABLE = Chem.GetPeriodicTable()

#: Formal charges as far as any SMILES reader promises to go.
CHARGES = tuple(range(-15, 16))
RADICAL_ELECTRONS = tuple(range(9))
YES_NO = (0, 1)

BOND_TYPES = tuple(map(int, (BondType.SINGLE, BondType.DOUBLE, BondType.TRIPLE, BondType.AROMATIC)))
STEREO = tuple(
    map(
        int,
        (
            BondStereo.STEREONONE,
            BondStereo.STEREOANY,
            BondStereo.STEREOZ,
            BondStereo.STEREOE,
            BondStereo.STEREOCIS,
            BondStereo.STEREOTRANS,
        ),
    )
)
HYBRIDIZATIONS = tuple(
    map(
        int,
        (
            HybridizationType.SP,
            HybridizationType.SP2,
            HybridizationType.SP3,
            HybridizationType.SP3D,
            HybridizationType.SP3D2,
        ),
    )
)


def elements(symbols: str) -> tuple[int, ...]:
    """Return the atomic numbers of symbols that stand between blanks."""
    return tuple(_TABLE.GetAtomicNumber(symbol) for symbol in symbols.split())


def masses(atomic_numbers: tuple[int, ...]) -> tuple[float, ...]:
    """Return the standard weights of elements, in hundreds of daltons."""
    return tuple(0.01 * _TABLE.GetAtomicWeight(number) for number in atomic_numbers)
