"""Presets: tables of what is read from a molecule. A new one is a file here and a line below."""

from __future__ import annotations

from molgnn.graph.presets.attentivefp import ATTENTIVEFP
from molgnn.graph.presets.canonical import CANONICAL
from molgnn.graph.presets.chemprop import CHEMPROP
from molgnn.graph.presets.column import Preset
from molgnn.graph.presets.ogb import OGB

PRESETS: dict[str, Preset] = {
    preset.name: preset for preset in (CANONICAL, ATTENTIVEFP, CHEMPROP, OGB)
}
