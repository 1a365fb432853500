"""Save an untrained chemprop model of a given size; run by the Python that has chemprop."""

from __future__ import annotations

import argparse

from chemprop import nn  # type: ignore[import-not-found]
from chemprop.models import MPNN, save_model  # type: ignore[import-not-found]


def main() -> None:
    """Build chemprop's D-MPNN, mean over atoms, one hidden layer, and save it untrained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--hidden", type=int, default=300)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=12)
    size = parser.parse_args()
    model = MPNN(
        nn.BondMessagePassing(d_h=size.hidden, depth=size.depth),
        nn.MeanAggregation(),
        nn.BinaryClassificationFFN(
            n_tasks=size.tasks, input_dim=size.hidden, hidden_dim=size.hidden
        ),
    )
    save_model(size.output, model, [f"task {i}" for i in range(size.tasks)])


if __name__ == "__main__":
    main()
