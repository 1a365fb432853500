from __future__ import annotations

import inspect
import pickle

import pytest

from molgnn import errors
from molgnn.errors import MolgnnError, UnknownName, unknown_name

CLASSES = [
    thing
    for _, thing in inspect.getmembers(errors, inspect.isclass)
    if issubclass(thing, MolgnnError) and thing is not MolgnnError
]

REFINED = {
    "BundleError": ValueError,
    "ConfigError": ValueError,
    "FileProblem": OSError,
    "InvalidSmiles": ValueError,
    "MissingDependency": ImportError,
    "TableError": ValueError,
    "UnknownName": KeyError,
    "UnknownRow": IndexError,
}


def test_every_error_has_the_built_in_that_it_refines() -> None:
    assert {error.__name__: error.__bases__ for error in CLASSES} == {
        name: (MolgnnError, built_in) for name, built_in in REFINED.items()
    }


@pytest.mark.parametrize("error", CLASSES)
def test_an_error_reads_as_its_message(error: type[MolgnnError]) -> None:
    message = "expected 'a' but got 'b'; fix: ask for 'a'"
    assert str(error(message)) == message


@pytest.mark.parametrize("error", CLASSES)
def test_an_error_crosses_processes(error: type[MolgnnError]) -> None:
    restored = pickle.loads(pickle.dumps(error("expected 'a' but got 'b'")))
    assert type(restored) is error
    assert str(restored) == "expected 'a' but got 'b'"


def test_an_unknown_name_comes_with_its_likeliest_meanings() -> None:
    error = unknown_name("encoder", "DMPN", ["gcn", "mpnn", "dmpnn"])
    assert isinstance(error, UnknownName)
    assert str(error) == (
        "unknown encoder 'DMPN': did you mean dmpnn or mpnn? known: dmpnn, gcn, mpnn"
    )


def test_a_name_like_no_other_comes_with_all_there_are() -> None:
    assert str(unknown_name("split", "zzz", ["scaffold", "random"])) == (
        "unknown split 'zzz': known: random, scaffold"
    )


def test_where_nothing_is_registered_the_message_says_so() -> None:
    assert str(unknown_name("model", "tox21", [])) == "unknown model 'tox21': known: none"
