"""The encoders by name: a new one is a new file here and one line below."""

from __future__ import annotations

from molgnn.nn.encoders.base import Encoder
from molgnn.nn.encoders.dmpnn import DMPNN
from molgnn.nn.encoders.gcn import GCN
from molgnn.nn.encoders.mpnn import MPNN

ENCODERS: dict[str, type[Encoder]] = {
    "gcn": GCN,
    "mpnn": MPNN,
    "dmpnn": DMPNN,
}

__all__ = ["ENCODERS", "Encoder"]
