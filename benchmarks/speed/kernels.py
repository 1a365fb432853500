"""Whose kernels are faster, DGL's or PyTorch's: µs of each message passing primitive on a CPU.

``python benchmarks/speed/kernels.py`` says whose kernel each primitive should take, which is what
`KERNELS` in `molgnn.nn.message_passing` must hold: DGL's where it takes at most 5 % longer than
PyTorch's over all cases of a primitive (geometric mean), forward alone (inference) or forward and
backward (training). The batches are real molecules, cut and merged as in screening and in training,
and every call gets a fresh block, so that the time in which DGL builds its graph counts. The two
libraries take turns on one thread; figures are medians of the processor's time, which other
processes hardly disturb.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Literal

import torch
import typer
from torch import Tensor

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.options import ShowOption
from benchmarks.records import REPOSITORY, RESULTS, read_record, write_record
from benchmarks.tables import Table
from molgnn.chem.reading import open_library
from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import dgl
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.message_flow import Block, atom_flow, edge_flow
from molgnn.graph.store import MoleculeStore
from molgnn.nn import message_passing
from molgnn.nn.message_passing import using_kernels

Mode = Literal["inference", "training"]

DRUGS = REPOSITORY / "data" / "approved_drugs.csv"
TOLERANCE = 1.05
WIDTHS = (64, 256, 300)
HEADS = 4
N_MOLS: dict[Mode, tuple[int, ...]] = {"inference": (1024,), "training": (64, 512)}
OVER_BLOCKS = {"sum_over_senders", "max_over_senders", "sum_messages", "softmax_over_messages"}


@dataclass(frozen=True)
class Case:
    """A primitive on one real batch.

    Parameters
    ----------
    primitive
        Its name.
    mode
        Whether a gradient is asked for.
    batch
        What it runs on.
    call
        Computes it, given the states.
    states
        Its input.
    """

    primitive: str
    mode: Mode
    batch: str
    call: Callable[[Tensor], Tensor]
    states: Tensor

    def run(self) -> None:
        """Compute it once."""
        if self.mode == "inference":
            with torch.no_grad():
                self.call(self.states)
            return
        outputs = self.call(self.states.requires_grad_())
        torch.autograd.grad(outputs, self.states, torch.ones_like(outputs))


def make_cases(molecules: MoleculeStore) -> Iterator[Case]:
    """Yield every primitive on the batches, blocks and widths that networks give it."""
    for mode, sizes in N_MOLS.items():
        for n_mols in sizes:
            batch = molecules.batch(range(n_mols))
            for name, block in _blocks(batch, mode).items():
                yield from _over_block(mode, f"{n_mols} molecules, {name}", block)
            yield from _over_atoms(mode, f"{n_mols} molecules", batch)
            yield from _by_group(mode, f"{n_mols} molecules", batch)


def _blocks(batch: GraphBatch, mode: Mode) -> dict[str, Block]:
    """Return the second block of atoms and of edges: rows are shared but where atoms learn."""
    shared = mode == "inference"
    return {
        "atoms": atom_flow(batch, 2, bonds=True, shared=shared).blocks[1],
        "edges": edge_flow(batch, 2, shared=True).blocks[1],
    }


def _over_block(mode: Mode, batch: str, block: Block) -> Iterator[Case]:
    for name in sorted(OVER_BLOCKS):
        primitive = getattr(message_passing, name)
        n_rows = len(block.src_nodes) if name.endswith("senders") else len(block.src)

        def call(states: Tensor, primitive: Callable[..., Tensor] = primitive) -> Tensor:
            return primitive(replace(block), states)  # without what the last call derived from it

        for width in (HEADS,) if name.startswith("softmax") else WIDTHS:
            yield Case(name, mode, f"{batch}, width {width}", call, torch.randn(n_rows, width))


def _over_atoms(mode: Mode, batch_name: str, batch: GraphBatch) -> Iterator[Case]:
    batch.mol_of_atom  # noqa: B018  every readout of a network shares it
    for name in ("max_over_atoms", "sum_over_atoms"):
        primitive = getattr(message_passing, name)

        def call(states: Tensor, primitive: Callable[..., Tensor] = primitive) -> Tensor:
            return primitive(batch, states)

        for width in WIDTHS:
            states = torch.randn(len(batch.atom_codes), width)
            yield Case(name, mode, f"{batch_name}, width {width}", call, states)


def _by_group(mode: Mode, batch_name: str, batch: GraphBatch) -> Iterator[Case]:
    """Yield the product of the MPNN: one matrix for each kind of bond."""
    kinds, counts = torch.unique(batch.bond_codes, dim=0, return_counts=True)
    sizes = (2 * counts).tolist()
    for width in WIDTHS[:2]:
        matrices = torch.randn(len(kinds), width, width)

        def call(states: Tensor, matrices: Tensor = matrices) -> Tensor:
            return message_passing.multiply_groups(states, matrices, sizes)

        states = torch.randn(sum(sizes), width)
        yield Case("multiply_groups", mode, f"{batch_name}, width {width}", call, states)


def measure(case: Case, repeats: int) -> dict[str, float]:
    """Return each library's median µs, the two taking turns."""
    seconds: dict[str, list[float]] = {"torch": [], "dgl": []}
    for _ in range(repeats + 1):
        for library, times in seconds.items():
            with using_kernels(library):  # type: ignore[arg-type]
                started = time.process_time()
                case.run()
                times.append(time.process_time() - started)
    return {library: round(1e6 * median(times[1:]), 1) for library, times in seconds.items()}


def mean_ratios(cases: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return primitive → mode → DGL's time over torch's, the geometric mean of its cases."""
    ratios: dict[str, dict[str, list[float]]] = {}
    for case in cases:
        of_mode = ratios.setdefault(case["primitive"], {}).setdefault(case["mode"], [])
        of_mode.append(case["dgl"] / case["torch"])
    return {
        primitive: {mode: prod(each) ** (1 / len(each)) for mode, each in modes.items()}
        for primitive, modes in ratios.items()
    }


def choose(cases: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return whose kernel each primitive should take in each mode."""
    return {
        primitive: {mode: "dgl" if ratio <= TOLERANCE else "torch" for mode, ratio in modes.items()}
        for primitive, modes in mean_ratios(cases).items()
    }


def to_table(record: dict[str, Any]) -> Table:
    """Return one row per primitive and mode, from what the JSON file holds."""
    cases = record["cases"]
    title = f"Kernels on one core of {record['machine']['cpu']}, DGL {record['versions']['dgl']}"
    table = Table(title, ["primitive", "mode", "chosen", "DGL / torch", "cases"], n_text_columns=3)
    for primitive, modes in mean_ratios(cases).items():
        for mode, ratio in modes.items():
            n = sum((case["primitive"], case["mode"]) == (primitive, mode) for case in cases)
            chosen = record["choices"][primitive][mode]
            table.rows.append([primitive, mode, chosen, f"{ratio:.2f}", str(n)])
    table.notes.append(f"DGL's is chosen where it takes at most {TOLERANCE:g} times as long.")
    return table


def main(
    library: Annotated[Path, typer.Option(help="Real molecules.")] = DRUGS,
    repeats: Annotated[int, typer.Option(min=1)] = 15,
    show: ShowOption = None,
    output: Annotated[Path, typer.Option("--json", help="Where every measurement goes.")] = (
        RESULTS / "kernels.json"
    ),
) -> None:
    """Measure, print the table, and write every measurement as JSON."""
    if show:
        print(to_table(read_record(show)).to_markdown())
        return
    torch.set_num_threads(1)
    dgl.utils.set_num_threads(1)
    torch.manual_seed(0)
    with open_library(library) as rows:
        molecules = Featurizer()([row.smiles for row in rows]).molecules
    cases: list[dict[str, Any]] = []
    for case in make_cases(molecules):
        named = {"primitive": case.primitive, "mode": case.mode, "batch": case.batch}
        cases.append(named | measure(case, repeats))
        print(*cases[-1].values(), file=sys.stderr, flush=True)
    record = write_record(output, {"cases": cases, "choices": choose(cases)})
    print(to_table(record).to_markdown())


if __name__ == "__main__":
    typer.run(main)
