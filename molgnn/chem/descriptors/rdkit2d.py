"""RDKit's 2D descriptors: sizes, charges, surfaces, shapes of graphs and functional groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64
from rdkit import Chem
from rdkit.Chem import Descriptors, Fragments, rdMolDescriptors
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator
from rdkit.Chem.rdPartialCharges import ComputeGasteigerCharges

from molgnn.chem.descriptors.base import MAX_ATOMS, FeatureSet, Kind, to_float32
from molgnn.chem.descriptors.smarts import SmartsCounts
from molgnn.chem.descriptors.topology import TOPOLOGY_NAMES, topological_descriptors

BCUT = [
    f"BCUT2D_{name}"
    for name in ("MWHI", "MWLOW", "CHGHI", "CHGLO", "LOGPHI", "LOGPLOW", "MRHI", "MRLOW")
]
LEFT_OUT = {
    "Ipc": "grows beyond float64 with the number of atoms",
    "AvgIpc": "its time grows with the fourth power of the number of atoms",
    "qed": "a function of others, for which it counts 100 structural alerts",
    "SPS": "slow, and no gain on scaffold splits",
    **dict.fromkeys(BCUT, "the slowest but for AvgIpc and qed, and no gain on scaffold splits"),
    **dict.fromkeys(
        ["Chi4n", "Chi4v"], "the slowest of their family, and no gain on scaffold splits"
    ),
}
"""What RDKit has but this set has not, and why; `benchmarks/speed/features.py` has the times."""

SINGLE = (
    "MolWt", "HeavyAtomMolWt", "ExactMolWt", "HallKierAlpha", "Kappa1", "Kappa2", "Kappa3", "Phi",
    "LabuteASA", "TPSA", "FractionCSP3",
    *(f"Chi{order}{kind}" for order in range(4) for kind in "nv"),
)  # fmt: skip
COUNTS = (
    "HeavyAtomCount", "NHOHCount", "NOCount", "RingCount", "NumAliphaticCarbocycles",
    "NumAliphaticHeterocycles", "NumAliphaticRings", "NumAmideBonds", "NumAromaticCarbocycles",
    "NumAromaticHeterocycles", "NumAromaticRings", "NumAtomStereoCenters", "NumBridgeheadAtoms",
    "NumHAcceptors", "NumHDonors", "NumHeteroatoms", "NumHeterocycles", "NumRotatableBonds",
    "NumSaturatedCarbocycles", "NumSaturatedHeterocycles", "NumSaturatedRings", "NumSpiroAtoms",
    "NumUnspecifiedAtomStereoCenters",
)  # fmt: skip
CHARGES = tuple(f"{end}{kind}PartialCharge" for kind in ("", "Abs") for end in ("Max", "Min"))
DENSITIES = tuple(f"FpDensityMorgan{radius}" for radius in (1, 2, 3))

Values = Float64[np.ndarray, " descriptors"]
Calculate = Callable[[Chem.Mol], Sequence[float] | Values]


class Group(NamedTuple):
    """Descriptors that are computed together; where that fails, all of them are NaN.

    Parameters
    ----------
    names
        As in RDKit's `Descriptors.descList`.
    calculate
        Returns their values.
    kind
        Of all of them.
    """

    names: Sequence[str]
    calculate: Calculate
    kind: Kind = Kind.CONTINUOUS


class RDKit2D(FeatureSet):
    """The descriptors of RDKit's `Descriptors.descList`, less those in `LEFT_OUT`.

    Values are RDKit's; what takes a loop in Python there, or is computed anew for each of a family,
    is computed once here. A molecule of more than `MAX_ATOMS` atoms has no values in the columns
    whose time grows with the square of its size, and elements without parameters (partial
    charges of metals) have none where these are needed.
    """

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """RDKit's names."""
        return tuple(name for group in self.groups for name in group.names)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Counts where RDKit counts rings, bonds, atoms or groups; continuous elsewhere."""
        return tuple(group.kind for group in self.groups for _ in group.names)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What is computed together, in the order of the columns."""
        known: dict[str, Any] = dict(Descriptors.descList)
        fragments = SmartsCounts(function.__defaults__[1] for _, function in Fragments.fns)
        return (
            Group(SINGLE, _each(known[name] for name in SINGLE)),
            Group(TOPOLOGY_NAMES, partial(topological_descriptors, max_atoms=MAX_ATOMS)),
            Group(["MolLogP", "MolMR"], rdMolDescriptors.CalcCrippenDescriptors),
            Group(_numbered("PEOE_VSA", 14), rdMolDescriptors.PEOE_VSA_),
            Group(_numbered("SMR_VSA", 10), rdMolDescriptors.SMR_VSA_),
            Group(_numbered("SlogP_VSA", 12), rdMolDescriptors.SlogP_VSA_),
            Group(CHARGES, _partial_charges),
            Group(DENSITIES, _FingerprintDensities()),
            Group(COUNTS, _each(known[name] for name in COUNTS), Kind.COUNT),
            Group([name for name, _ in Fragments.fns], fragments.count, Kind.COUNT),
        )

    def compute(self, mol: Chem.Mol) -> Float32[np.ndarray, " columns"]:
        """Return the values, NaN where RDKit has none."""
        # Sums over atoms in another order differ in their last digit.
        mol = Chem.MolFromSmiles(Chem.MolToSmiles(mol))
        return to_float32(np.concatenate([_calculate(group, mol) for group in self.groups]))


def _calculate(group: Group, mol: Chem.Mol) -> Values:
    if group.kind is Kind.COUNT:  # which has no sign for a missing value
        return np.asarray(group.calculate(mol), dtype=np.float64)
    try:
        return np.array(group.calculate(mol), dtype=np.float64)
    except Exception:  # whatever RDKit may throw: the other columns have their values
        return np.full(len(group.names), np.nan)


def _each(functions: Iterable[Callable[[Chem.Mol], float]]) -> Calculate:
    calls = list(functions)
    return lambda mol: [function(mol) for function in calls]


def _numbered(name: str, n: int) -> list[str]:
    return [f"{name}{i}" for i in range(1, n + 1)]


def _partial_charges(mol: Chem.Mol) -> list[float]:
    """Return the ends of the Gasteiger charges, in the order of `CHARGES`."""
    ComputeGasteigerCharges(mol)
    charges = [atom.GetDoubleProp("_GasteigerCharge") for atom in mol.GetAtoms()]
    ends = np.max(charges), np.min(charges)  # of which one is NaN if a charge is
    return [*ends, max(map(abs, ends)), min(map(abs, ends))]


class _FingerprintDensities:
    """How many different Morgan environments there are per heavy atom, for each radius."""

    def __init__(self) -> None:
        self._generators = [GetMorganGenerator(radius=radius) for radius in (1, 2, 3)]

    def __call__(self, mol: Chem.Mol) -> list[float]:
        n_atoms = max(mol.GetNumHeavyAtoms(), 1)
        return [
            len(generator.GetSparseCountFingerprint(mol).GetNonzeroElements()) / n_atoms
            for generator in self._generators
        ]
