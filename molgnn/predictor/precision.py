"""How exactly matrices are multiplied, and whether a model can do with less."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files

import numpy as np
import torch

from molgnn.errors import unknown_name
from molgnn.tasks import Tasks

MAX_MOVE = 0.0025
"""What "auto" allows among the hundred molecules of the probe, so that none of ten thousand others
moves by more than 0.005: with the bundled models, the farthest of these goes at most 1.6 times as
far as the farthest of the probe. With another model this is an estimate."""

_TORCH_CALLS = {"fp32": "highest", "bf16": "medium"}
PRECISIONS = (*_TORCH_CALLS, "auto")


Predict = Callable[[str, list[str]], np.ndarray]
"""Returns the probabilities of SMILES, ``[mols, tasks]``, computed in a precision."""


@contextmanager
def multiplying_in(precision: str) -> Iterator[None]:
    """Have torch multiply float32 matrices in *precision* inside the block.

    With ``"bf16"`` their entries may be rounded to bfloat16, on processors that gain by it; sums
    stay in float32, and so does everything else. On others torch may take another, equally
    exact kernel.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(_TORCH_CALLS[precision])
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def choose_precision(name: str, tasks: Tasks, predict: Predict, *, gains: bool) -> str:
    """Return ``"fp32"`` or ``"bf16"``; ``"auto"`` tries the latter on a model that *gains* by it.

    Raises
    ------
    UnknownName
        If there is no such precision.
    """
    if name not in PRECISIONS:
        raise unknown_name("precision", name, PRECISIONS)
    if name != "auto":
        return name
    # Values come in units of their own, where nobody knows what is little.
    if not gains or not all(task.is_classification for task in tasks):
        return "fp32"
    return "bf16" if _max_move(predict) <= MAX_MOVE else "fp32"


def _max_move(predict: Predict) -> float:
    """Return by how much a probability of the probe depends on the precision, at most.

    The probe is every 26th of the approved drugs that come with molgnn's repository.
    """
    probe = files("molgnn.predictor").joinpath("probe.smi").read_text(encoding="ascii").split()
    return float(np.nanmax(np.abs(predict("fp32", probe) - predict("bf16", probe))))
