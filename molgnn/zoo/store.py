"""From what a user calls a model to the model."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import BundleError
from molgnn.predictor.card import Card
from molgnn.predictor.description import DESCRIPTION, find_bundle, read_description, read_weights
from molgnn.zoo.catalogue import card_of, entries, folder_of, knows

if TYPE_CHECKING:
    import pandas as pd
    from rdkit.Chem import Mol

    from molgnn.predictor.annotators import Annotation
    from molgnn.predictor.predictions import Predictions
    from molgnn.predictor.predictor import Predictor


def resolve(model: str | Path) -> Path:
    """Return the folder of a model's bundle.

    Parameters
    ----------
    model
        A name or alias of the catalogue, a bundle's folder, or the run folder of a training. A
        text that is a name means that model even where a folder is called the same: give a
        folder like that as ``./tox21`` or as a `Path`.

    Raises
    ------
    UnknownName
        If there is no such model, with the names that come near.
    BundleError
        If a folder does not exist or holds no model, or the catalogue's own is not as it was
        saved.
    """
    path = Path(model)
    if path.is_dir() and not (isinstance(model, str) and knows(model)):
        return find_bundle(path)
    if len(path.parts) > 1:
        raise BundleError(f"expected a name, or the folder of a model, but got no folder {path}")
    return folder_of(str(model))


def load(
    model: str | Path = "tox21",
    *,
    device: str = "auto",
    precision: str = "fp32",
    add: Iterable[str | Annotation] = (),
) -> Predictor:
    """Load a model, ready to predict.

    Parameters
    ----------
    model
        A name or alias (``"tox21"``, ``"gcn.tox21"``), or the folder of a trained model.
    device
        ``"auto"``, ``"cpu"``, ``"cuda"``…
    precision
        ``"fp32"``, ``"bf16"`` or ``"auto"``, as `Predictor` explains.
    add
        Columns to add to every prediction, such as ``["spread"]``, as `Predictor` explains.

    Raises
    ------
    UnknownName, BundleError
        If there is no such model, or its files are not as they were saved.
    ConfigError
        If a column says nothing of such a model.
    """
    from molgnn.predictor.predictor import Predictor

    return Predictor.load(resolve(model), device=device, precision=precision, add=add)


def predict(
    molecules: str | Mol | Iterable[str | Mol | None] | pd.Series,
    model: str | Path = "tox21",
    *,
    add: Iterable[str | Annotation] = (),
) -> Predictions:
    """Predict in one line; the model stays loaded for the next call.

    Parameters
    ----------
    molecules
        SMILES, RDKit molecules, or a pandas Series of either.
    model
        What `load` takes.
    add
        Columns to add, such as ``["any"]``.
    """
    folder = resolve(model)
    return _kept(folder, (folder / DESCRIPTION).stat().st_mtime_ns).predict(molecules, add=add)


@lru_cache(maxsize=4)
def _kept(folder: Path, _saved_at: int) -> Predictor:
    return load(folder)


def model_card(model: str | Path) -> Card:
    """Return where a model comes from, how good it is, and where it must not be trusted."""
    return card_of(resolve(model))


def verify(model: str | Path) -> None:
    """Check every byte of a model; raise `BundleError` if one is not as it was saved."""
    folder = resolve(model)
    read_weights(folder, read_description(folder))


def list_models() -> pd.DataFrame:
    """Return the models that come with molgnn, one row each, by name."""
    import pandas as pd

    rows = [
        {"name": name, "aliases": ", ".join(entry.aliases), "predicts": card.summary}
        | {f"{figure.metric}, {figure.split}": figure.value for figure in card.figures}
        for name, entry in entries().items()
        for card in [card_of(folder_of(name))]
    ]
    return pd.DataFrame(rows).set_index("name")
