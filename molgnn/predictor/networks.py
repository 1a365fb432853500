"""Run networks over molecules in batches of a bounded size, on the processor or a GPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Float32

from molgnn.errors import ConfigError
from molgnn.graph.store import MoleculeStore
from molgnn.nn.network import AnyNetwork

BATCH_MOLS = 1024
BATCH_ATOMS = 32_768


def run_networks(
    networks: Sequence[AnyNetwork], molecules: MoleculeStore, device: torch.device, batch_size: int
) -> Float32[np.ndarray, "networks mols tasks"]:
    """Return the raw outputs, logits and values, of networks that all see the same batches.

    Raises
    ------
    ConfigError
        If a network reads features and the molecules have none, as graphs of DGL have none.
    """
    n_tasks = networks[0].head.output.out_features
    read = list(dict.fromkeys(name for each in networks for name in each.feature_sets))
    molecules = molecules.with_only(read)
    outputs = np.empty((len(networks), len(molecules), n_tasks), dtype=np.float32)
    with torch.inference_mode():
        for piece in _batches(molecules, batch_size):
            batch = molecules.batch(piece).to(device)
            for i, network in enumerate(networks):
                outputs[i, piece] = network(batch).float().cpu().numpy()
    return outputs


def _batches(molecules: MoleculeStore, most_mols: int) -> Iterator[slice]:
    """Yield slices of so many molecules, fewer where they are large: memory goes by their atoms."""
    offsets = molecules.atom_offsets
    start = 0
    while start < len(molecules):
        fitting = int(np.searchsorted(offsets, offsets[start] + BATCH_ATOMS, side="right")) - 1
        stop = min(max(fitting, start + 1), start + most_mols, len(molecules))
        yield slice(start, stop)
        start = stop


def find_device(name: str) -> torch.device:
    """Return the device of that name, ``"auto"`` being a GPU where torch sees one.

    Raises
    ------
    ConfigError
        If torch has no such device here.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:  # the latter where torch was built without it
        raise ConfigError(
            f"expected a device that torch has here but got {name!r}; fix: auto, which is "
            f"{find_device('auto')}"
        ) from error
