"""Make the bundled encoder ``dmpnn.chembl``: what ``molgnn train`` starts from.

LIBRARY is a file of SMILES from ChEMBL, KEEP_OUT one of molecules (or hashes) that no bundled model
learns from. Eight passes over 260,000 molecules take half an hour on two cores, their descriptors
another 20 minutes, once. What was interrupted is gone on with, so the script can be stopped and
started again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from shipping import ship

from molgnn.predictor.pretrained import PretrainedEncoder
from molgnn.pretraining.pretrain import PretrainingFolder, pretrain

EPOCHS = 8


def describe(encoder: PretrainedEncoder) -> PretrainedEncoder:
    """Add what the training does not know to the card."""
    card = encoder.card.model_copy(
        update={
            "data": encoder.card.data.replace("of chembl", "of ChEMBL"),
            "licence": "Apache-2.0 (weights); structures: ChEMBL, CC BY-SA 3.0",
            "citation": (
                "Zdrazil et al., The ChEMBL Database in 2023, Nucleic Acids Res. 2024, 52, D1180"
            ),
            "limits": (
                "Structures of ChEMBL: small organic molecules that somebody has assayed; no "
                "metals, few peptides.",
            ),
        }
    )
    return replace(encoder, card=card)


def main(
    library: Annotated[Path, typer.Argument(help="molecules of ChEMBL")],
    keep_out: Annotated[Path, typer.Argument(help="molecules that are not learned from")],
    work: Annotated[Path, typer.Option(help="where the run goes")] = Path("runs/pretraining"),
) -> None:
    """Make the bundled encoder."""
    folder = PretrainingFolder(work)
    run = pretrain(
        library,
        work,
        resume=folder.config.exists(),
        progress=True,
        notify=typer.echo,
        exclude=keep_out,
        epochs=EPOCHS,
        name="chembl",
    )
    if run.interrupted:
        raise typer.Exit(130)
    ship(describe(run.encoder))


if __name__ == "__main__":
    typer.run(main)
