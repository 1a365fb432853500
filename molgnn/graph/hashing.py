"""Hashes of 64 bits that NumPy and torch compute alike, for colour refinement."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jaxtyping import Int64

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    Array = TypeVar("Array", np.ndarray, Tensor)
else:
    Array = TypeVar("Array")  # a process that featurizes does not load torch

# Both shift in copies of the sign: the masks take them away.
_LOW_34, _LOW_37, _LOW_33 = 2**34 - 1, 2**37 - 1, 2**33 - 1
_FACTOR_1, _FACTOR_2 = 0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64


def mix(numbers: Int64[Array, " n"]) -> Int64[Array, " n"]:
    """Spread each number over all 64 bits, one to one.

    What comes out is as good as random, so that a sum identifies the numbers that went into it
    (the finalizer of SplitMix64; Steele et al., OOPSLA 2014).
    """
    numbers = (numbers ^ (numbers >> 30 & _LOW_34)) * _FACTOR_1
    numbers = (numbers ^ (numbers >> 27 & _LOW_37)) * _FACTOR_2
    numbers ^= numbers >> 31 & _LOW_33
    return numbers


def refine(
    colours: Int64[Array, " nodes"], received: Int64[Array, " nodes"]
) -> Int64[Array, " nodes"]:
    """Return the colours after one round of Weisfeiler-Leman colour refinement.

    Parameters
    ----------
    colours
        Those before it.
    received
        The sum of the mixed colours around each node.
    """
    return mix(3 * colours + mix(received))
