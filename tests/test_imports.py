"""What an import costs, what the public API offers, and which way imports may go."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from importlinter.cli import lint_imports
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import molgnn

REPOSITORY = Path(__file__).resolve().parent.parent
HEAVY = {"torch", "dgl", "dgllife", "lightning", "pandas", "matplotlib", "rdkit", "sklearn"}

IMPORT = "import molgnn"
HELP = """
from molgnn.cli import main
sys.argv = ["molgnn", "--help"]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
"""

TRAIN_HELP = HELP.replace('"--help"', '"train", "--help"')

# Declared although no line of molgnn imports them, each for its own reason.
NEVER_IMPORTED = {
    "packaging",  # DGL imports it without declaring it
}


def modules_after(script: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after *script*."""
    report = "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    command = [sys.executable, "-c", f"import sys\n{script}\n{report}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert ended.returncode == 0, ended.stderr
    return set(ended.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("script", [IMPORT, HELP], ids=["import molgnn", "molgnn --help"])
def test_nothing_heavy_is_loaded_before_it_is_used(script: str) -> None:
    loaded = modules_after(script)
    assert "molgnn" in loaded
    assert loaded & HEAVY == set()


def test_the_names_in_the_help_of_train_are_known_without_torch() -> None:
    assert modules_after(TRAIN_HELP) & {"torch", "dgl", "lightning", "sklearn"} == set()


def test_reading_a_table_does_not_load_torch() -> None:
    assert (
        modules_after("import molgnn; molgnn.read_table") & {"torch", "dgl", "lightning"} == set()
    )


FEATURIZE = """
from molgnn.screening.engines.base import EngineOptions
from molgnn.screening.engines.models import find_model
from molgnn.screening.engines.pipeline import load_preparing
assert load_preparing(find_model("tox21", EngineOptions()))(["CCO"])
"""
PREDICT = """
import molgnn
for name in "dmpnn.tox21", "gcn.tox21", "mpnn.tox21":
    assert molgnn.load(name, device="cpu").predict("CCO").ok.all()
"""


def test_a_process_that_featurizes_loads_no_torch() -> None:
    assert modules_after(FEATURIZE) & {"torch", "dgl", "scipy", "pandas", "sklearn"} == set()


def test_a_prediction_waits_for_torch_alone() -> None:
    loaded = modules_after(PREDICT)
    assert "torch" in loaded
    assert loaded & {"dgl", "scipy", "pandas", "sklearn", "lightning"} == set()


@pytest.mark.parametrize("name", molgnn.__all__)
def test_each_public_name_loads_and_is_documented(name: str) -> None:
    value = getattr(molgnn, name)
    assert value.__doc__
    assert name in dir(molgnn)


def test_the_stub_gives_each_public_name_the_same_home() -> None:
    stub = ast.parse((REPOSITORY / "molgnn" / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    homes = {alias.name: node.module for node in imports for alias in node.names}
    (listed,) = (node.value for node in stub.body if isinstance(node, ast.Assign))
    assert homes == molgnn._HOMES
    assert sorted(ast.literal_eval(listed)) == sorted(molgnn.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        molgnn.lode  # noqa: B018


def test_the_version_is_that_of_the_distribution() -> None:
    assert molgnn.__version__ == metadata.version("molgnn-dgl")


def test_imports_keep_their_contracts() -> None:
    assert lint_imports(config_filename=str(REPOSITORY / "setup.cfg"), no_cache=True) == 0


def imported_distributions() -> set[str]:
    """Return the distributions that some line of molgnn imports, lazily or not."""
    distributions = metadata.packages_distributions()
    modules = set()
    for path in (REPOSITORY / "molgnn").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    foreign = modules - set(sys.stdlib_module_names) - {"molgnn"}
    return {canonicalize_name(distributions[module][0]) for module in foreign}


def test_what_molgnn_imports_is_what_it_declares() -> None:
    requirements = [Requirement(line) for line in metadata.requires("molgnn-dgl") or []]
    always = {canonicalize_name(each.name) for each in requirements if each.marker is None}
    optional = {canonicalize_name(each.name) for each in requirements if each.marker is not None}
    imported = imported_distributions()
    assert imported <= always | optional
    assert always - imported == NEVER_IMPORTED
