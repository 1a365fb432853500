"""Base class of encoders: molecules in, one state per atom out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import DGLGraph
from molgnn.nn.search import SearchSpace


class Encoder(nn.Module, ABC):
    """Turns a batch of molecular graphs into one state per atom.

    A subclass takes the featurizer's `Preset` first and its own options by keyword, each with a
    default and a type that `build_network` checks, and sets `out_dim`. It must give every molecule
    the states it would have alone, must not depend on the order of the atoms, and must accept
    atoms without bonds and empty batches: ``tests/contracts`` holds every registered encoder to
    that.
    """

    out_dim: int
    search_space: ClassVar[SearchSpace] = {}
    """What a hyperparameter search varies among the encoder's options."""
    gains_by_bf16: ClassVar[bool] = False
    """Whether it spends its time on few, large products of matrices; many small ones get slower."""
    learns_from_shared_rows: ClassVar[bool] = False
    """Whether atoms of equal surroundings share a row in training, too. What is dropped for one of
    them is then dropped for all, and statistics over rows would not be those over atoms."""

    def __call__(self, batch: GraphBatch | DGLGraph, *codes: Tensor) -> Tensor:
        """Return the atoms' final states, of a batch or of a graph of DGL.

        Parameters
        ----------
        batch
            Molecules; as a graph, those of `molgnn.to_dgl` with this encoder's preset.
        *codes
            Of a graph, the codes of its nodes and those of its edges, if they are not in
            ``ndata["codes"]`` and ``edata["codes"]``.
        """
        batch = batch if isinstance(batch, GraphBatch) else GraphBatch.from_dgl(batch, *codes)
        states: Tensor = super().__call__(batch)
        return states

    @property
    def shares_rows(self) -> bool:
        """Whether atoms of equal surroundings are computed once."""
        is_learning = torch.is_grad_enabled() or any(part.training for part in self.modules())
        return self.learns_from_shared_rows or not is_learning

    @abstractmethod
    def forward(self, batch: GraphBatch) -> Float[Tensor, "atoms hidden"]:
        """Return the atoms' final states."""
