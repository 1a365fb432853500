"""Put what was trained into the catalogue that comes with molgnn."""

from __future__ import annotations

import json
from collections.abc import Sequence

from molgnn.predictor.bundle import Bundle
from molgnn.predictor.description import read_description
from molgnn.predictor.pretrained import PretrainedEncoder
from molgnn.zoo.catalogue import FOLDER, WEIGHTS_FOLDER


def ship(trained: Bundle | PretrainedEncoder, aliases: Sequence[str] = ()) -> None:
    """Save a model, or a pretrained encoder, under the name of its card, and pin its hash."""
    name = trained.card.name
    trained.save(WEIGHTS_FOLDER / name)
    path = FOLDER / "catalogue.json"
    catalogue = json.loads(path.read_text())
    sha256 = read_description(WEIGHTS_FOLDER / name)["sha256"]
    catalogue[name] = {"sha256": sha256, "aliases": list(aliases)}
    path.write_text(json.dumps(dict(sorted(catalogue.items())), indent=1) + "\n")
