"""Leakage statement of a model card: test molecules that were trained on, molecules left out."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

NOT_COMPUTED = "not computed when this model was made"
OTHER_FORMS = "(salts, stereoisomers, isotopes and tautomers counted)"
MAX_NAMED_SPLITS = 5


class ExcludedFile(BaseModel):
    """A file of molecules that were not to be learned from, and what it left out.

    Parameters
    ----------
    file, sha256
        Its name and the hash of its bytes.
    molecules
        How many different ones it names.
    left_out
        How many rows were left out: of the parts ``"train"`` and ``"valid"`` where a column of the
        table says each row's part, and else of the ``"table"``.
    tested
        How many rows of its molecules stayed in the test part, where a column says so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    sha256: str
    molecules: int
    left_out: dict[str, int]
    tested: int = 0

    def __str__(self) -> str:
        parts = [f"{_count(n, 'row')} of the {part}" for part, n in self.left_out.items() if n]
        lost = " and ".join(parts) or "nothing"
        if parts and "table" not in self.left_out:
            lost += " part"
        text = f"{self.file} ({_count(self.molecules, 'molecule')}) leaves out {lost}"
        if not self.tested:
            return text
        return f"{text}; it leaves {_count(self.tested, 'row')} in the test part"


class SplitLeakage(BaseModel):
    """How many molecules of a test part are known from training, in whatever form.

    Parameters
    ----------
    split
        Of which split.
    test_molecules
        How many its test part has.
    in_training
        How many of them share the first block of their InChIKey, as drawn or as the parent, with a
        molecule of the training or the validation part.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    split: str
    test_molecules: int
    in_training: int


class Leakage(BaseModel):
    """What was done lest a model be tested on what it has learned, and how far it holds.

    Parameters
    ----------
    excluded
        The files of molecules that were not to be learned from.
    splits
        Each split that it was tested on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    excluded: tuple[ExcludedFile, ...] = ()
    splits: tuple[SplitLeakage, ...] = ()

    def sentences(self) -> list[str]:
        """Return the statement in words."""
        return [self._describe_splits(), *map(str, self.excluded)]

    def _describe_splits(self) -> str:
        n_tested = sum(each.test_molecules for each in self.splits)
        n_known = sum(each.in_training for each in self.splits)
        if not n_tested:
            return "no molecules were tested"
        text = (
            f"{n_known:,} of {n_tested:,} test molecules are in the training or validation part "
            f"{OTHER_FORMS}"
        )
        leaking = [each for each in self.splits if each.in_training]
        if len(self.splits) == 1 or not leaking:
            return text
        named = ", ".join(
            f"{each.split}: {each.in_training:,} of {each.test_molecules:,}"
            for each in leaking[:MAX_NAMED_SPLITS]
        )
        n_more = len(leaking) - MAX_NAMED_SPLITS
        return f"{text} ({named}{f' and {n_more} more splits' if n_more > 0 else ''})"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
