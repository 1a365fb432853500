"""The encoders by name: a new one is a new file here and one line below."""

from __future__ import annotations

from molgnn.nn.encoders.attentivefp import AttentiveFP
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.encoders.dgllife import DGLLifeEncoder
from molgnn.nn.encoders.dmpnn import DMPNN
from molgnn.nn.encoders.gat import GAT
from molgnn.nn.encoders.gcn import GCN
from molgnn.nn.encoders.gin import GIN
from molgnn.nn.encoders.mpnn import MPNN
from molgnn.nn.encoders.sage import GraphSAGE

ENCODERS: dict[str, type[Encoder]] = {
    "gcn": GCN,
    "gat": GAT,
    "sage": GraphSAGE,
    "gin": GIN,
    "mpnn": MPNN,
    "dmpnn": DMPNN,
    "attentivefp": AttentiveFP,
    "dgllife": DGLLifeEncoder,
}

__all__ = ["ENCODERS", "Encoder"]
