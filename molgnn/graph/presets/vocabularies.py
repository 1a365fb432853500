"""Vocabularies that several presets share, in RDKit's own numbering."""

from __future__ import annotations

from rdkit import Chem
from rdkit.Chem import BondStereo, BondType, HybridizationType

YES_NO = (0, 1)
CHARGES = tuple(range(-15, 16))  # as far as the OpenSMILES specification asks readers to go
RADICAL_ELECTRONS = tuple(range(9))

HYBRIDIZATIONS = (
    int(HybridizationType.SP),
    int(HybridizationType.SP2),
    int(HybridizationType.SP3),
    int(HybridizationType.SP3D),
    int(HybridizationType.SP3D2),
)

AROMATIC = int(BondType.AROMATIC)
BOND_TYPES = (int(BondType.SINGLE), int(BondType.DOUBLE), int(BondType.TRIPLE), AROMATIC)

STEREO = (
    int(BondStereo.STEREONONE),
    int(BondStereo.STEREOANY),
    int(BondStereo.STEREOZ),
    int(BondStereo.STEREOE),
    int(BondStereo.STEREOCIS),
    int(BondStereo.STEREOTRANS),
)

_PERIODIC_TABLE = Chem.GetPeriodicTable()


def elements(symbols: str) -> tuple[int, ...]:
    """Return the atomic numbers of symbols that stand between blanks."""
    return tuple(_PERIODIC_TABLE.GetAtomicNumber(symbol) for symbol in symbols.split())


def masses(atomic_numbers: tuple[int, ...]) -> tuple[float, ...]:
    """Return the standard weights of elements, in hundreds of daltons."""
    return tuple(0.01 * _PERIODIC_TABLE.GetAtomicWeight(number) for number in atomic_numbers)
