"""GraphBatch: many molecules as one disconnected graph, from and to a DGLGraph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import torch
from jaxtyping import Bool, Float, Int64, UInt8
from torch import Tensor

from molgnn.errors import ConfigError
from molgnn.graph.dgl_runtime import DGLGraph

Options = ParamSpec("Options")
Derived = TypeVar("Derived")


@dataclass(frozen=True)
class GraphBatch:
    """Several molecules side by side in one disconnected graph, straight from arrays.

    Parameters
    ----------
    atom_codes
        One row per atom.
    bond_codes
        One row per bond, that is, per pair of edges.
    src, dst
        The atoms where each edge begins and ends. Bond *i* is edge ``2 * i`` and, the other way
        round, edge ``2 * i + 1``.
    n_atoms, n_bonds
        How many atoms and bonds each molecule has.
    features
        Features of the molecules, by the name of their set, where a network reads any.
    """

    atom_codes: UInt8[Tensor, "atoms atom_columns"]
    bond_codes: UInt8[Tensor, "bonds bond_columns"]
    src: Int64[Tensor, " edges"]
    dst: Int64[Tensor, " edges"]
    n_atoms: Int64[Tensor, " mols"]
    n_bonds: Int64[Tensor, " mols"]
    features: Mapping[str, Float[Tensor, "mols columns"]] = field(default_factory=dict)

    @classmethod
    def from_dgl(
        cls, graph: DGLGraph, node_codes: Tensor | None = None, edge_codes: Tensor | None = None
    ) -> GraphBatch:
        """Return the molecules of a graph of DGL, one graph or many in one.

        Parameters
        ----------
        graph
            As `molgnn.to_dgl` makes them: edges ``2 * i`` and ``2 * i + 1`` are the two directions
            of bond *i*.
        node_codes, edge_codes
            The codes of atoms and of edges; by default ``ndata["codes"]`` and ``edata["codes"]``.

        Raises
        ------
        ConfigError
            If it has no codes, or its edges are not in pairs of one bond.
        """
        node_codes = _codes_of(graph.ndata, node_codes)
        edge_codes = _codes_of(graph.edata, edge_codes)
        src, dst = (ends.long() for ends in graph.edges(order="eid"))
        if len(src) % 2 or not (src[0::2].equal(dst[1::2]) and src[1::2].equal(dst[0::2])):
            raise ConfigError(
                "expected edges 2i and 2i + 1 to be the two directions of bond i but got others; "
                "fix: molgnn.to_dgl(smiles), without self-loops"
            )
        n_edges = graph.batch_num_edges().long()
        return cls(
            node_codes, edge_codes[0::2], src, dst, graph.batch_num_nodes().long(), n_edges // 2
        )

    def __reduce__(self) -> Any:
        """Pickle the arrays alone: what was derived from them can be derived again."""
        return GraphBatch, tuple(getattr(self, f.name) for f in fields(self))

    @property
    def n_mols(self) -> int:
        """How many molecules there are."""
        return len(self.n_atoms)

    @cached_property
    def mol_of_atom(self) -> Int64[Tensor, " atoms"]:
        """The molecule that each atom belongs to."""
        return torch.repeat_interleave(self.n_atoms, output_size=len(self.atom_codes))

    @cached_property
    def degrees(self) -> Int64[Tensor, " atoms"]:
        """The number of bonds of each atom."""
        return torch.bincount(self.dst, minlength=len(self.atom_codes))

    @cached_property
    def graph(self) -> DGLGraph:
        """The batch for DGL, which counts molecules as `dgl.batch` would have left them.

        Raises
        ------
        dgl.DGLError
            If the batch lies on a device that this build of DGL knows nothing of.
        """
        from molgnn.graph.dgl_runtime import dgl

        graph = dgl.graph((self.src, self.dst), num_nodes=len(self.atom_codes))
        graph.set_batch_num_nodes(self.n_atoms)
        graph.set_batch_num_edges(2 * self.n_bonds)
        return graph

    def without_bonds(self, dropped: Bool[Tensor, " bonds"]) -> GraphBatch:
        """Return the batch less some of its bonds, each in both directions."""
        kept = ~dropped
        ends = torch.stack([self.src, self.dst]).view(2, -1, 2)[:, kept]
        mol_of_bond = torch.repeat_interleave(self.n_bonds)[kept]
        return replace(
            self,
            bond_codes=self.bond_codes[kept],
            src=ends[0].reshape(-1),
            dst=ends[1].reshape(-1),
            n_bonds=torch.bincount(mol_of_bond, minlength=self.n_mols),
        )

    def to(self, device: torch.device | str) -> GraphBatch:
        """Return the batch on *device*; tensors that are there already are shared."""
        return self._map(lambda tensor: tensor.to(device))

    def pin_memory(self) -> GraphBatch:
        """Return the batch in page-locked memory, from where copies to a GPU are fast."""
        return self._map(Tensor.pin_memory)

    def _map(self, change: Callable[[Tensor], Tensor]) -> GraphBatch:
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        features = {name: change(values) for name, values in parts.pop("features").items()}
        return GraphBatch(
            **{name: change(values) for name, values in parts.items()}, features=features
        )


def _codes_of(features: Mapping[str, Tensor], given: Tensor | None) -> UInt8[Tensor, "n columns"]:
    codes = features.get("codes") if given is None else given
    if codes is None or codes.dtype != torch.uint8:
        found = list(features) if codes is None else codes.dtype
        raise ConfigError(
            f"expected codes, uint8, of nodes and edges but got {found}; fix: molgnn.to_dgl(smiles)"
        )
    return codes


def once_per_batch(
    derive: Callable[Concatenate[GraphBatch, Options], Derived],
) -> Callable[Concatenate[GraphBatch, Options], Derived]:
    """Keep what is derived from a batch with it: the members of an ensemble ask for the same."""

    @wraps(derive)
    def recall(batch: GraphBatch, /, *args: Options.args, **options: Options.kwargs) -> Derived:
        kept = batch.__dict__.setdefault("_derived", {})
        key = (derive, args, *sorted(options.items()))
        if key not in kept:
            kept[key] = derive(batch, *args, **options)
        derived: Derived = kept[key]
        return derived

    return recall
