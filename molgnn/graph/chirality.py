"""Chiral tags that do not depend on the order in which the atoms of a molecule are written.

RDKit's tags CW and CCW say which way round the neighbours of a stereocentre stand, in the order of
its bonds, and so of its SMILES. They describe the molecule once its neighbours are put into an
order that every SMILES of it shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int64, Integer
from rdkit.Chem import ChiralType, MolFromSmiles, MolToSmiles
from rdkit.rdBase import BlockLogs

from molgnn.graph.hashing import mix, refine
from molgnn.graph.raw import RawGraphs
from molgnn.graph.store import offsets_of

N_ROUNDS = 5

_CW, _CCW = int(ChiralType.CHI_TETRAHEDRAL_CW), int(ChiralType.CHI_TETRAHEDRAL_CCW)


def local_chiral_tags(raw: RawGraphs) -> Integer[np.ndarray, " atoms"]:
    """Return the chiral tag that each atom has where its neighbours stand in order of surroundings.

    Surroundings are compared as far out as it takes to tell all neighbours of a stereocentre apart,
    so that its tag depends on what is near it. Two ways of writing a molecule agree, and its mirror
    image has the opposite tags.

    Notes
    -----
    Neighbours that are alike after `N_ROUNDS` of colour refinement, as in the ring of
    *trans*-4-methylcyclohexanol, have no such order: their stereocentre, one in fifty of real
    ones, gets its tag from `canonical_chiral_tags`, as do those that are not tetrahedral.
    """
    tags = raw.atoms["chiral_tag"].copy()
    is_left = tags != 0
    is_chosen, chiral = _molecules_with(is_left, raw)
    tags[is_chosen], is_left[is_chosen] = _sort_neighbours(chiral)
    is_chosen, tied = _molecules_with(is_left, raw)
    tags[is_left] = canonical_chiral_tags(tied)[is_left[is_chosen]]
    return tags


def canonical_chiral_tags(raw: RawGraphs) -> Integer[np.ndarray, " atoms"]:
    """Return the chiral tag that each atom has where its molecule is written as canonical SMILES.

    Two ways of writing a stereocentre agree, and its mirror image differs.
    """
    tags = raw.atoms["chiral_tag"].copy()
    starts = offsets_of(raw.n_atoms)
    centres = np.flatnonzero(tags)
    mols, first_centres = np.unique(raw.mol_of_atom[centres], return_index=True)
    with BlockLogs():
        for mol, atoms in zip(mols.tolist(), np.split(centres, first_centres[1:]), strict=False):
            tags[atoms] = _canonical_tags_of(raw.smiles[mol], (atoms - starts[mol]).tolist())
    return tags


def _canonical_tags_of(smiles: str, centres: list[int]) -> list[int]:
    mol = MolFromSmiles(smiles)
    rewritten = MolFromSmiles(MolToSmiles(mol), sanitize=False)
    order = mol.GetPropsAsDict(includePrivate=True, includeComputed=True)["_smilesAtomOutputOrder"]
    places = np.argsort(order)[centres].tolist()
    return [int(rewritten.GetAtomWithIdx(place).GetChiralTag()) for place in places]


def _molecules_with(
    is_wanted: Bool[np.ndarray, " atoms"], raw: RawGraphs
) -> tuple[Bool[np.ndarray, " atoms"], RawGraphs]:
    """Return the molecules that hold a wanted atom, and which atoms of all are theirs."""
    mols = np.unique(raw.mol_of_atom[is_wanted])
    return np.isin(raw.mol_of_atom, mols), raw.select(mols)


class _Ends(NamedTuple):
    """The ends of all bonds, atom after atom, those of an atom in the order of its bonds.

    Parameters
    ----------
    bonds
        The colour of the bond.
    neighbours
        The atom at its other end.
    offsets
        Where the ends at each atom begin.
    """

    bonds: Int64[np.ndarray, " ends"]
    neighbours: Int64[np.ndarray, " ends"]
    offsets: Int64[np.ndarray, " atoms+1"]


def _sort_neighbours(
    raw: RawGraphs,
) -> tuple[Integer[np.ndarray, " atoms"], Bool[np.ndarray, " atoms"]]:
    """Return the local tags, and which atoms have none, since some neighbours of theirs are alike.

    Swapping two neighbours turns CW into CCW, so that the tag in another order depends on whether
    the number of swaps that lead to it is odd.
    """
    tags = raw.atoms["chiral_tag"].copy()
    is_left = tags != 0
    is_tetrahedral = (tags == _CW) | (tags == _CCW)
    ends = _ends(raw)
    for colours in islice(_neighbour_colours(raw, ends), N_ROUNDS):
        centres = np.flatnonzero(is_left & is_tetrahedral)
        if not len(centres):
            break
        is_distinct, is_odd = _compare(colours, ends.offsets[centres], ends.offsets[centres + 1])
        swapped = centres[is_distinct & is_odd]
        tags[swapped] = _CW + _CCW - tags[swapped]
        is_left[centres[is_distinct]] = False
    return tags, is_left


def _ends(raw: RawGraphs) -> _Ends:
    bond_ends = raw.packed_bond_ends
    order = np.argsort(bond_ends.ravel(), kind="stable")
    bonds = mix(raw.bonds["twice_order"].astype(np.int64)).repeat(2)
    degrees = np.bincount(bond_ends.ravel(), minlength=int(raw.n_atoms.sum()))
    return _Ends(bonds[order], bond_ends[:, ::-1].ravel()[order], offsets_of(degrees))


def _neighbour_colours(raw: RawGraphs, ends: _Ends) -> Iterator[Int64[np.ndarray, " ends"]]:
    """Yield the colours of the neighbours at all ends, with ever more of their surroundings."""
    colours = mix(raw.atoms["atomic_number"].astype(np.int64))
    for name in ("hydrogens", "formal_charge"):
        colours = refine(colours, raw.atoms[name].astype(np.int64))
    while True:
        sent = mix(colours[ends.neighbours] + ends.bonds)
        yield sent
        # What overflows leaves the differences as they are.
        sums = offsets_of(sent)
        colours = refine(colours, sums[ends.offsets[1:]] - sums[ends.offsets[:-1]])


def _compare(
    colours: Int64[np.ndarray, " ends"],
    starts: Int64[np.ndarray, " centres"],
    stops: Int64[np.ndarray, " centres"],
) -> tuple[Bool[np.ndarray, " centres"], Bool[np.ndarray, " centres"]]:
    """Return of which centres all colours differ, and of which an odd number of pairs descends."""
    first, second = np.triu_indices(int((stops - starts).max()), 1)
    is_pair = starts[:, None] + second < stops[:, None]
    last = len(colours) - 1
    left = colours[np.minimum(starts[:, None] + first, last)]
    right = colours[np.minimum(starts[:, None] + second, last)]
    is_distinct = ~(is_pair & (left == right)).any(axis=1)
    return is_distinct, (is_pair & (left > right)).sum(axis=1) % 2 == 1
