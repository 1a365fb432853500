"""Topological indices that RDKit computes by loops in Python, here from arrays made once."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from rdkit import Chem

from molgnn.chem.descriptors.electrotopology import ESTATE_NAMES, estate_descriptors

TOPOLOGY_NAMES = (
    "Chi0", "Chi1", "NumValenceElectrons", "NumRadicalElectrons",
    "BalabanJ", "BertzCT", *ESTATE_NAMES,
)  # fmt: skip
MAX_NEIGHBOURS = 100
"""Atoms whose so many nearest atoms are equally far belong to one class, for Bertz's index."""


@dataclass(frozen=True)
class MolecularGraph:
    """What the indices are computed from.

    Parameters
    ----------
    numbers, outer_electrons, hydrogens
        Of each atom: its atomic number, its element's electrons of the outer shell, and the
        hydrogens on it.
    degrees
        How many bonds each atom has, hydrogens left out.
    ends, orders
        Of each bond: its two atoms, and 1, 1.5, 2 or 3.
    """

    numbers: list[int]
    outer_electrons: Int64[np.ndarray, " atoms"]
    hydrogens: Int64[np.ndarray, " atoms"]
    degrees: Int64[np.ndarray, " atoms"]
    ends: Int64[np.ndarray, "bonds 2"]
    orders: list[float]


def topological_descriptors(mol: Chem.Mol, max_atoms: int) -> Float64[np.ndarray, " descriptors"]:
    """Return the descriptors called `TOPOLOGY_NAMES`, as RDKit's functions of these names do.

    A dative bond counts as a single one. Beyond *max_atoms* atoms there is NaN where the time
    grows with their square.
    """
    graph = _read_graph(mol)
    values = np.full(len(TOPOLOGY_NAMES), np.nan)
    values[:2] = _chi_indices(graph)
    charge = Chem.GetFormalCharge(mol)
    values[2] = graph.outer_electrons.sum() + graph.hydrogens.sum() - charge
    values[3] = sum(atom.GetNumRadicalElectrons() for atom in mol.GetAtoms())
    if len(graph.numbers) <= max_atoms:
        lengths = Chem.GetDistanceMatrix(mol, useBO=True, useAtomWts=False, force=True)
        values[4], values[5] = _balaban_j(graph, lengths), _bertz_ct(graph, lengths)
        values[6:] = estate_descriptors(
            mol, graph.numbers, graph.outer_electrons - graph.hydrogens, graph.degrees
        )
    return values


def _read_graph(mol: Chem.Mol) -> MolecularGraph:
    table = Chem.GetPeriodicTable()
    atoms, bonds = list(mol.GetAtoms()), list(mol.GetBonds())
    numbers = [atom.GetAtomicNum() for atom in atoms]
    ends = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in bonds]
    return MolecularGraph(
        numbers=numbers,
        outer_electrons=np.array([table.GetNOuterElecs(number) for number in numbers]),
        hydrogens=np.array([atom.GetTotalNumHs() for atom in atoms]),
        degrees=np.array([atom.GetDegree() for atom in atoms]),
        ends=np.array(ends, dtype=np.int64).reshape(-1, 2),
        orders=[bond.GetBondTypeAsDouble() for bond in bonds],
    )


def _chi_indices(graph: MolecularGraph) -> tuple[float, float]:
    """Return the connectivity indices of order 0 and 1.

    References
    ----------
    M. Randić, Characterization of molecular branching, J. Am. Chem. Soc. 97, 6609 (1975).
    """
    degrees = graph.degrees.astype(np.float64)
    chi0 = (degrees[degrees > 0] ** -0.5).sum()
    chi1 = (degrees[graph.ends].prod(axis=1) ** -0.5).sum()
    return float(chi0), float(chi1)


def _balaban_j(graph: MolecularGraph, lengths: Float64[np.ndarray, "atoms atoms"]) -> float:
    """Return Balaban's J, in which a bond's length is one by its order.

    References
    ----------
    A. T. Balaban, Highly discriminating distance-based topological index, Chem. Phys. Lett. 89, 399
    (1982).
    """
    n_bonds = len(graph.ends)
    n_cycles = n_bonds - len(graph.numbers) + 1
    if n_cycles == -1:
        return 0.0
    sums = lengths.sum(axis=0)[graph.ends].prod(axis=1)
    return float(n_bonds / (n_cycles + 1) * (sums**-0.5).sum())


def _bertz_ct(graph: MolecularGraph, lengths: Float64[np.ndarray, "atoms atoms"]) -> float:
    """Return Bertz's index of complexity: of the connections of bonds, and of the elements.

    References
    ----------
    S. H. Bertz, The first general index of molecular complexity, J. Am. Chem. Soc. 103, 3599
    (1981).
    """
    n_atoms = len(graph.numbers)
    if n_atoms < 2:
        return 0.0
    known: dict[bytes, int] = {}
    nearest = np.round(np.sort(lengths, axis=1)[:, :MAX_NEIGHBOURS], 4)
    classes = [known.setdefault(row.tobytes(), len(known)) for row in nearest]
    connections: dict[tuple[int, ...], float] = defaultdict(float)
    bonds_of: list[list[tuple[int, float]]] = [[] for _ in classes]
    for (first, second), order in zip(graph.ends.tolist(), graph.orders, strict=True):
        bonds_of[first].append((classes[second], order))
        bonds_of[second].append((classes[first], order))
        if order > 1:
            pair = sorted((classes[first], classes[second]))
            connections[tuple(pair)] += order * (order - 1) / 2
    for middle, bonds in zip(classes, bonds_of, strict=True):
        for place, (first, order) in enumerate(bonds):
            for second, other_order in bonds[place + 1 :]:
                ends = (first, second) if first < second else (second, first)
                connections[(ends[0], middle, ends[1])] += order * other_order
    elements: dict[int, float] = defaultdict(float)
    for number in graph.numbers:
        elements[number] += 1
    total = sum(connections.values()) or 1.0
    complexity = total * (_entropy(connections.values()) + math.log2(total))
    return complexity + n_atoms * _entropy(elements.values())


def _entropy(counts: Iterable[float]) -> float:
    """Return the information entropy in bits."""
    values = list(counts)
    total = sum(values)
    return -sum(value / total * math.log2(value / total) for value in values)
