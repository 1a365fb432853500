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

# torch shifts in copies of the sign: the masks take them away.
_LOW_34, _LOW_37, _LOW_33 = 2**34 - 1, 2**37 - 1, 2**33 - 1
_FACTOR_1, _FACTOR_2 = 0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64


def mix(numbers: Int64[Tensor, " n"]) -> Int64[Tensor, " n"]:
    """Spread each number over all 64 bits, one to one.

    What comes out is as good as random, so that a sum identifies the numbers that went into it
    (the finalizer of SplitMix64; Steele et al., OOPSLA 2014).
    """
    numbers = (numbers ^ (numbers >> 30 & _LOW_34)) * _FACTOR_1
    numbers = (numbers ^ (numbers >> 27 & _LOW_37)) * _FACTOR_2
    return numbers ^ (numbers >> 31 & _LOW_33)


def hash_codes(codes: UInt8[Tensor, "rows columns"]) -> Int64[Tensor, " rows"]:
    """Return the first colours: a hash of each row of codes."""
    salts = mix(torch.arange(1, codes.shape[1] + 1, device=codes.device))
    return mix((codes * salts).sum(dim=1))


def refine(
    colours: Int64[Tensor, " nodes"], received: Int64[Tensor, " nodes"]
) -> Int64[Tensor, " nodes"]:
    """Return the colours after one round.

    Parameters
    ----------
    colours
        Those before it.
    received
        The sum of the mixed colours around each node.
    """
    return mix(3 * colours + mix(received))


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
