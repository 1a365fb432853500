"""Stack of message passing layers with residuals, normalization and jumping knowledge."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal, TypedDict, Unpack

import torch
from jaxtyping import Float, Shaped
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn.functional import relu

from molgnn.graph.batch import GraphBatch
from molgnn.graph.message_flow import Block, atom_flow
from molgnn.graph.presets.column import Preset
from molgnn.nn.drop_edge import DropEdge
from molgnn.nn.dropout import Dropout
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.features import FeatureLinear
from molgnn.nn.message_passing import take
from molgnn.nn.norms import NORMS, MoleculeNorm, Norm
from molgnn.nn.options import Probability
from molgnn.nn.search import Choice, FloatRange, IntRange, SearchSpace
from molgnn.nn.virtual_node import VirtualNode

Residual = Literal["none", "identity", "projected"]
JumpingKnowledge = Literal["last", "concatenate", "max", "sum"]


class StackOptions(TypedDict, total=False):
    """The options of every stack.

    Parameters
    ----------
    hidden_dim
        Width of every layer.
    depth
        Number of layers.
    dropout
        Probability of dropping a state after each layer.
    norm
        How each layer ends: batch, layer or graph normalization, or none.
    residual
        What a layer's inputs add to its outputs: nothing, themselves, or relu of a linear map.
    jumping_knowledge
        Whether the last layer's states are the atoms' final ones, or those of all layers, side by
        side, their maximum or their sum (Xu et al., ICML 2018).
    drop_edge
        Probability of leaving a bond out in a training step (Rong et al., ICLR 2020).
    virtual_node
        Whether a node that is connected to all atoms of a molecule passes messages between them
        after each layer (Gilmer et al., ICML 2017).
    """

    hidden_dim: PositiveInt
    depth: PositiveInt
    dropout: Probability
    norm: Norm
    residual: Residual
    jumping_knowledge: JumpingKnowledge
    drop_edge: Probability
    virtual_node: bool


DEFAULTS = StackOptions(
    hidden_dim=256,
    depth=3,
    dropout=0.2,
    norm="batch",
    residual="identity",
    jumping_knowledge="last",
    drop_edge=0.0,
    virtual_node=False,
)

SEARCH_SPACE: SearchSpace = {
    "hidden_dim": Choice((64, 128, 256, 512)),
    "depth": IntRange(2, 6),
    "dropout": FloatRange(0.0, 0.5),
    "norm": Choice(("batch", "graph", "layer")),
    "jumping_knowledge": Choice(("last", "concatenate", "max")),
    "virtual_node": Choice((False, True)),
}


class Inputs:
    """Makes linear maps of what a layer reads: the first of a stack codes, the others states.

    Parameters
    ----------
    preset
        The featurizer's columns.
    hidden_dim
        Width of the states.
    are_codes
        Whether it is the first layer's.
    """

    def __init__(self, preset: Preset, hidden_dim: int, *, are_codes: bool) -> None:
        self.preset, self.hidden_dim, self.are_codes = preset, hidden_dim, are_codes

    def linear(self, *, bias: bool = True) -> nn.Module:
        """Return a linear map to the hidden width."""
        if self.are_codes:
            return FeatureLinear(self.preset.atoms, self.hidden_dim, bias=bias)
        return nn.Linear(self.hidden_dim, self.hidden_dim, bias=bias)

    def states(self) -> nn.Module:
        """Return what turns the inputs into states: nothing, where they are states already."""
        return self.linear() if self.are_codes else nn.Identity()

    def bond_linear(self, *, bias: bool = True) -> FeatureLinear:
        """Return a linear map of the bonds' codes to the hidden width."""
        return FeatureLinear(self.preset.bonds, self.hidden_dim, bias=bias)


class Layer(nn.Module, ABC):
    """One round of messages: what an encoder is made of."""

    @abstractmethod
    def forward(
        self, batch: GraphBatch, block: Block, states: Shaped[Tensor, "senders columns"]
    ) -> Float[Tensor, "receivers hidden"]:
        """Return the receivers' states before activation."""


class Stack(Encoder):
    r"""Layers, each followed by relu, a residual, a normalization and dropout.

    .. math::
        h' = \mathrm{dropout}\big(\mathrm{norm}(\mathrm{relu}(\mathrm{layer}(h)) +
        \mathrm{residual}(h))\big)

    Parameters
    ----------
    preset
        The featurizer's columns.
    make_layer
        Makes a layer that reads the given inputs.
    sees_bonds
        Whether a message depends on its bond.
    **shared
        The options of every stack.
    """

    search_space: ClassVar[SearchSpace] = SEARCH_SPACE
    shared_defaults: ClassVar[StackOptions] = DEFAULTS

    def __init__(
        self,
        preset: Preset,
        make_layer: Callable[[Inputs], Layer],
        *,
        sees_bonds: bool,
        **shared: Unpack[StackOptions],
    ) -> None:
        super().__init__()
        options = self.shared_defaults | shared
        hidden_dim, depth = options["hidden_dim"], options["depth"]
        self.sees_bonds = sees_bonds
        self.jumping_knowledge = options["jumping_knowledge"]
        self.drop_edge = DropEdge(options["drop_edge"])
        self.out_dim = hidden_dim * (depth if self.jumping_knowledge == "concatenate" else 1)
        inputs = [Inputs(preset, hidden_dim, are_codes=i == 0) for i in range(depth)]
        self.layers = nn.ModuleList(map(make_layer, inputs))
        self.residuals = nn.ModuleList(RESIDUALS[options["residual"]](each) for each in inputs)
        self.norms = nn.ModuleList(NORMS[options["norm"]](hidden_dim) for _ in inputs)
        self.dropout = Dropout(options["dropout"])
        self.virtual_nodes = nn.ModuleList(
            VirtualNode(hidden_dim) for _ in range(depth - 1) if options["virtual_node"]
        )

    @property
    def shares_rows(self) -> bool:
        """Whether atoms of equal surroundings are computed once: not where molecules matter."""
        sees_molecules = len(self.virtual_nodes) > 0 or isinstance(self.norms[0], MoleculeNorm)
        return super().shares_rows and not sees_molecules

    def forward(self, batch: GraphBatch) -> Float[Tensor, "atoms hidden"]:
        """Return the atoms' final states."""
        batch = self.drop_edge(batch)
        flow = atom_flow(batch, len(self.layers), bonds=self.sees_bonds, shared=self.shares_rows)
        states: Tensor = take(batch.atom_codes, flow.input_nodes)
        of_layers: list[Tensor] = []
        memory = None
        for i, block in enumerate(flow.blocks):
            states = self._layer(i, batch, block, states)
            if i < len(self.virtual_nodes):
                states, memory = self.virtual_nodes[i](batch, states, memory)
            of_layers = [*(take(earlier, block.dst_in_src) for earlier in of_layers), states]
        return take(self._jump(of_layers), flow.output_rows)

    def _layer(self, i: int, batch: GraphBatch, block: Block, states: Tensor) -> Tensor:
        outputs = relu(self.layers[i](batch, block, states))
        if not isinstance(self.residuals[i], NoResidual):
            outputs = outputs + take(self.residuals[i](states), block.dst_in_src)
        norm = self.norms[i]
        outputs = norm(batch, outputs) if isinstance(norm, MoleculeNorm) else norm(outputs)
        # Dropping before normalizing would let the running variance miss what evaluation sees.
        dropped: Tensor = self.dropout(outputs)
        return dropped

    def _jump(self, of_layers: list[Tensor]) -> Tensor:
        match self.jumping_knowledge:
            case "concatenate":
                return torch.cat(of_layers, dim=1)
            case "max":
                return torch.stack(of_layers).amax(dim=0)
            case "sum":
                return torch.stack(of_layers).sum(dim=0)
        return of_layers[-1]


class Projected(nn.Module):
    """The residual of DGL-LifeSci's GCN: relu of a linear map of the inputs."""

    def __init__(self, inputs: Inputs) -> None:
        super().__init__()
        self.linear = inputs.linear()

    def forward(self, states: Shaped[Tensor, "rows columns"]) -> Float[Tensor, "rows hidden"]:
        """Return what is added to the outputs."""
        return relu(self.linear(states))


class NoResidual(nn.Module):
    """Nothing is added."""

    def __init__(self, inputs: Inputs) -> None:
        super().__init__()


RESIDUALS: dict[Residual, Callable[[Inputs], nn.Module]] = {
    "none": NoResidual,
    "identity": Inputs.states,
    "projected": Projected,
}
