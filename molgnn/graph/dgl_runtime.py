"""Import DGL, on any PyTorch: ``from molgnn.graph.dgl_runtime import dgl``.

No other module imports it. It takes more than a second to load, so write that line in the function
that needs it; annotations take `DGLGraph`, which loads nothing.

DGL 2.x imports graphbolt, its loader of huge graphs, which links against one exact version of
PyTorch; without a binary for the installed one, ``import dgl`` fails as a whole. Molecules need no
graphbolt, so an empty module takes its place, there and nowhere else.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from jaxtyping import Int64

from molgnn.errors import MissingDependency

if TYPE_CHECKING:
    import dgl as dgl
    from dgl import DGLGraph as DGLGraph
    from torch import Tensor
else:
    DGLGraph = Tensor = Any

Graphbolt = Literal["shipped", "stood in", "not part of this DGL"]


@dataclass(frozen=True, slots=True)
class DglReport:
    """What `describe` found.

    Parameters
    ----------
    version
        Of the installed DGL; empty where there is none.
    graphbolt
        Whether DGL ships a binary for the installed PyTorch, or an empty module stands in.
    cuda
        Whether DGL's own kernels run on GPUs; molgnn runs there without them, too.
    problem
        Why DGL cannot be imported; empty where it can.
    """

    version: str
    graphbolt: Graphbolt
    cuda: bool
    problem: str = ""


def describe() -> DglReport:
    """Report on DGL; one that cannot be imported is a finding here, not an error."""
    folder = _folder()
    if folder is None:
        return DglReport("", "not part of this DGL", cuda=False, problem=str(_missing()))
    try:
        module = import_dgl()
    except Exception as error:
        version = next((found.version for found in metadata.distributions(name="dgl")), "")
        problem = f"{type(error).__name__}: {error}"
        return DglReport(version, _graphbolt(folder), cuda=False, problem=problem)
    cuda = module.get_global_func("device_api.cuda", allow_missing=True) is not None
    return DglReport(module.__version__, _graphbolt(folder), cuda)


def bipartite_graph(
    indptr: Int64[Tensor, " offsets"], src: Int64[Tensor, " edges"], *, n_src: int
) -> DGLGraph:
    """Return a graph from one kind of nodes to another, given as compressed columns (CSC).

    It is what `dgl.create_block` makes of the same arrays, less its checks and its copies, which
    take longer than a kernel does on a batch of molecules.

    Parameters
    ----------
    indptr
        Where the edges into each target begin, and after the last where all end.
    src
        The source of each edge; edges keep this order.
    n_src
        How many sources there are.

    Raises
    ------
    dgl.DGLError
        If the arrays lie on a device that this build of DGL knows nothing of.
    """
    module = sys.modules.get("dgl") or import_dgl()
    numbers = src.new_ones(len(src)).cumsum(0) - 1  # some kernels demand them, though in order
    graph: DGLGraph = module.convert.create_from_edges(
        "csc", (indptr, src, numbers), "src", "to", "dst", n_src, len(indptr) - 1
    )
    return graph


def __getattr__(name: str) -> Any:
    if name != "dgl":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()["dgl"] = module = import_dgl()
    return module


def import_dgl() -> ModuleType:
    """Return DGL, importing it if need be; raise `MissingDependency` if it is not installed."""
    folder = _folder()
    if folder is None:
        raise _missing()
    # Without it, DGL writes a configuration file into the home folder and prints a notice.
    os.environ["DGLBACKEND"] = "pytorch"
    stand_in = _graphbolt(folder) == "stood in" and "dgl" not in sys.modules
    if stand_in:
        sys.modules["dgl.graphbolt"] = ModuleType("dgl.graphbolt")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module("dgl")
    except BaseException:
        if stand_in:
            sys.modules.pop("dgl.graphbolt", None)
        raise


def _folder() -> Path | None:
    """Find DGL without importing it."""
    spec = find_spec("dgl")
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _graphbolt(folder: Path) -> Graphbolt:
    if not (folder / "graphbolt").is_dir():
        return "not part of this DGL"
    import torch

    version = torch.__version__.split("+")[0]
    binaries = (folder / "graphbolt").glob(f"*graphbolt_pytorch_{version}.*")
    return "shipped" if any(binaries) else "stood in"


def _missing() -> MissingDependency:
    return MissingDependency("expected DGL but got no such package; fix: pip install dgl packaging")
