"""Weisfeiler-Leman colour refinement: hashes that tell atoms, edges and molecules apart.

A node's next colour is a hash of its colour and of the multiset of the colours around it. After *k*
rounds two nodes have one colour where their surroundings up to *k* bonds away are alike, which is
all that a message-passing network sees. In 64 bits two of 100,000 surroundings get the same colour
once in some four billion batches.

References
----------
Weisfeiler & Leman, "The reduction of a graph to canonical form", NTI 1968; Xu et al., "How Powerful
are Graph Neural Networks?", ICLR 2019.
"""

from __future__ import annotations

import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

from molgnn.graph.batch import GraphBatch
from molgnn.graph.hashing import mix, refine


def hash_codes(codes: UInt8[Tensor, "rows columns"]) -> Int64[Tensor, " rows"]:
    """Return the first colours: a hash of each row of codes."""
    salts = mix(torch.arange(1, codes.shape[1] + 1, device=codes.device))
    return mix((codes * salts).sum(dim=1))


def sum_by_target(
    sent: Int64[Tensor, " edges"], target: Int64[Tensor, " edges"], n_targets: int
) -> Int64[Tensor, " targets"]:
    """Add up what is sent to each target."""
    return sent.new_zeros(n_targets).index_add_(0, target, sent)


def hash_molecules(batch: GraphBatch, *, n_rounds: int) -> Int64[Tensor, " mols"]:
    """Return a number per molecule that isomorphic ones share, and hardly any others.

    Only the first columns, elements and kinds of bond, are looked at: those are the same however
    a SMILES was written.

    Parameters
    ----------
    batch
        The molecules.
    n_rounds
        How many bonds far an atom is told apart.
    """
    bonds = mix(batch.bond_codes[:, 0].long() + 1).repeat_interleave(2)
    colours = mix(batch.atom_codes[:, 0].long() + 257)
    for _ in range(n_rounds):
        sent = mix(colours.index_select(0, batch.src) + bonds)
        colours = refine(colours, sum_by_target(sent, batch.dst, len(colours)))
    return sum_by_target(colours, batch.mol_of_atom, batch.n_mols)
