"""Kinds of members by name: a new one is one new file here and one line in `MEMBERS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from molgnn.errors import unknown_name
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.predictor.members.base import Member
from molgnn.predictor.members.lightgbm import BoostedTrees
from molgnn.predictor.members.network import NetworkMember
from molgnn.predictor.networks import run_networks
from molgnn.tasks import Tasks

MEMBERS: dict[str, type[Member]] = {each.kind: each for each in (NetworkMember, BoostedTrees)}


def restore_member(
    record: Mapping[str, Any], tensors: Mapping[str, Tensor], preset: Preset, tasks: Tasks
) -> Member:
    """Rebuild a member from what stands in ``bundle.json`` and its tensors.

    Raises
    ------
    UnknownName
        If this molgnn has no such kind.
    """
    if record["kind"] not in MEMBERS:
        raise unknown_name("kind of member", record["kind"], MEMBERS)
    return MEMBERS[record["kind"]].restore(record, tensors, preset, tasks)


def run_members(
    members: Sequence[Member], molecules: MoleculeStore, device: torch.device, batch_size: int
) -> Float32[np.ndarray, "members mols tasks"]:
    """Return the raw outputs of every member: logits of classifications, values of regressions.

    Networks see the same batches, so that what several of them derive from one is derived once.
    """
    networks = {i: m.network for i, m in enumerate(members) if isinstance(m, NetworkMember)}
    others = {i: member for i, member in enumerate(members) if i not in networks}
    outputs = {i: member.predict(molecules) for i, member in others.items()}
    if networks:
        ran = run_networks(list(networks.values()), molecules, device, batch_size)
        outputs |= dict(zip(networks, ran, strict=True))
    return np.stack([outputs[i] for i in range(len(members))])
