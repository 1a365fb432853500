"""What the files around the package promise: versions, bounds, data and words."""

from __future__ import annotations

import ast
import csv
import hashlib
import re
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

REPOSITORY = Path(__file__).resolve().parent.parent

NAMES_ON_CONDA = {"pytorch": "torch"}

# The brackets keep this file from matching itself.
FOREIGN_WORDS = re.compile(r"[/]work/|[/]root/|pypi[.]org|pythonhosted[.]org|file:[/]{2}")

MAX_LINES_OF_FILE, MAX_LINES_OF_FUNCTION = 300, 40


def read_bounds(lines: list[str]) -> dict[str, SpecifierSet]:
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(each.name): each.specifier for each in requirements}


@pytest.fixture(scope="module")
def setup_cfg() -> ConfigParser:
    parser = ConfigParser()
    parser.read(REPOSITORY / "setup.cfg", encoding="utf-8")
    return parser


@pytest.fixture(scope="module")
def declared(setup_cfg: ConfigParser) -> dict[str, SpecifierSet]:
    """Return what setup.cfg asks for, extras and Python included."""
    blocks = [
        setup_cfg["options"]["install_requires"],
        *setup_cfg["options.extras_require"].values(),
    ]
    bounds = read_bounds([line for block in blocks for line in block.split("\n") if line])
    return bounds | {"python": SpecifierSet(setup_cfg["options"]["python_requires"])}


@pytest.fixture(scope="module")
def pinned() -> dict[str, SpecifierSet]:
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return read_bounds([line for line in lines if not line.startswith("#")])


def test_environment_yml_asks_for_what_setup_cfg_asks_for(
    declared: dict[str, SpecifierSet],
) -> None:
    text = (REPOSITORY / "environment.yml").read_text(encoding="utf-8")
    *from_conda, from_pip = yaml.safe_load(text)["dependencies"]
    lines = [line for line in [*from_conda, *from_pip["pip"]] if not line.startswith("--editable")]
    bounds = {NAMES_ON_CONDA.get(name, name): bound for name, bound in read_bounds(lines).items()}
    del bounds["pip"]
    assert bounds == declared


def test_each_constraint_names_one_public_release(pinned: dict[str, SpecifierSet]) -> None:
    for name, bound in pinned.items():
        (pin,) = bound
        assert pin.operator == "==", name
        assert Version(pin.version).local is None, name


def test_the_tested_versions_lie_within_the_bounds(
    declared: dict[str, SpecifierSet], pinned: dict[str, SpecifierSet]
) -> None:
    for name, bound in declared.items():
        if name != "python":
            (pin,) = pinned[name]
            assert bound.contains(pin.version), name


def test_the_newest_entry_of_the_changelog_is_the_version(setup_cfg: ConfigParser) -> None:
    newest = re.search(r"^## (\S+)", (REPOSITORY / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == setup_cfg["metadata"]["version"]


def test_contributing_is_read_in_one_sitting() -> None:
    assert len((REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 60


def test_every_path_that_contributing_names_exists() -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:molgnn|tests)/[\w/.]*)`", text)
    assert named
    assert [path for path in named if not (REPOSITORY / path).exists()] == []


def test_data_readme_states_the_hash_of_the_library(library: Path) -> None:
    stated = re.search(
        rf"`{library.name}` \| `(\w{{64}})`", (library.parent / "README.md").read_text("utf-8")
    )
    assert stated is not None
    assert hashlib.sha256(library.read_bytes()).hexdigest() == stated[1]


def test_the_library_holds_a_name_a_smiles_and_an_id_in_every_row(library: Path) -> None:
    with library.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2628
    assert list(rows[0]) == ["name", "smiles", "chembl_id", "first_approval"]
    assert all(all(row.values()) for row in rows)
    assert len({row["chembl_id"] for row in rows}) == len(rows)


def test_the_repository_speaks_of_the_project_alone() -> None:
    try:
        command = ["git", "-C", str(REPOSITORY), "ls-files", "-z"]
        listing = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    texts = {}
    for name in filter(None, listing.split("\0")):
        try:
            texts[name] = (REPOSITORY / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # binary, or deleted and not committed yet
    assert texts
    assert [name for name, text in texts.items() if FOREIGN_WORDS.search(text)] == []


def python_files() -> Iterator[tuple[str, str]]:
    for folder in ("molgnn", "tools", "benchmarks", "tests"):
        files = sorted((REPOSITORY / folder).rglob("*.py"))
        assert files, folder
        for path in files:
            yield path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")


def count_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return from ``def`` to the end without the docstring; 0 where ``...`` is all there is."""
    first, *others = function.body
    match first:
        case ast.Expr(ast.Constant(value)) if value is ... and not others:
            return 0
    docstring = 0
    if ast.get_docstring(function) is not None:
        docstring = (first.end_lineno or 0) - first.lineno + 1
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_no_file_is_longer_than_contributing_allows() -> None:
    lengths = {name: len(text.splitlines()) for name, text in python_files()}
    assert {n: length for n, length in lengths.items() if length > MAX_LINES_OF_FILE} == {}


def test_no_function_is_longer_than_contributing_allows() -> None:
    lengths = {
        f"{name}:{node.lineno} {node.name}": count_lines(node)
        for name, text in python_files()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {n: length for n, length in lengths.items() if length > MAX_LINES_OF_FUNCTION} == {}


@pytest.mark.parametrize(
    ("function", "lines"),
    [
        ("def f():\n    return 1", 2),
        ('def f():\n    """Two\n\n    words."""\n    return 1', 2),
        ("@one\n@two\nasync def f(\n    a,\n):\n    return 1", 4),
        ("def f(\n    a,\n) -> None: ...", 0),
    ],
)
def test_a_function_is_counted_without_decorators_docstring_and_overloads(
    function: str, lines: int
) -> None:
    [node] = ast.parse(function).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    assert count_lines(node) == lines
