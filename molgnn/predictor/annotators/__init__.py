"""The annotators, which add columns to predictions: a new one is a file here and a line below."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from molgnn.errors import ConfigError, unknown_name
from molgnn.predictor.annotators.base import Annotation, Annotator, ModelFacts, Scored
from molgnn.predictor.annotators.derived import AnyPositive, MaxProbability, MeanProbability
from molgnn.predictor.annotators.spread import Spread
from molgnn.predictor.schema import OutputColumn, OutputColumns

__all__ = [
    "ANNOTATORS",
    "Annotation",
    "Annotator",
    "ModelFacts",
    "Scored",
    "added_columns",
    "as_annotations",
    "make_annotators",
]

ANNOTATORS: dict[str, type[Annotator]] = {
    "spread": Spread,
    "any": AnyPositive,
    "mean": MeanProbability,
    "max": MaxProbability,
}


def make_annotators(asked: Iterable[str | Annotation], model: ModelFacts) -> tuple[Annotator, ...]:
    """Return the annotators that are asked for, each once.

    Parameters
    ----------
    asked
        Names of `ANNOTATORS`, or names with options.
    model
        Whose predictions they annotate.

    Raises
    ------
    UnknownName
        If there is no such annotator, or it has no such option.
    ConfigError
        If it has nothing to say of this model, or two columns have one name.
    """
    wanted = as_annotations(asked)
    made = tuple(
        _make(each, model) for place, each in enumerate(wanted) if each not in wanted[:place]
    )
    OutputColumns([*map(OutputColumn.of_task, model.tasks), *added_columns(made)])
    return made


def as_annotations(asked: Iterable[str | Annotation]) -> tuple[Annotation, ...]:
    """Return what is asked for, a name alone being one without options."""
    listed = [asked] if isinstance(asked, str | Annotation) else asked
    return tuple(Annotation(each) if isinstance(each, str) else each for each in listed)


def added_columns(annotators: Iterable[Annotator]) -> list[OutputColumn]:
    """Return the columns that the annotators add, in order."""
    return [column for annotator in annotators for column in annotator.columns]


def _make(annotation: Annotation, model: ModelFacts) -> Annotator:
    if annotation.name not in ANNOTATORS:
        raise unknown_name("column to add", annotation.name, ANNOTATORS)
    kind = ANNOTATORS[annotation.name]
    known = list(inspect.signature(kind).parameters)[1:]
    for option in annotation.options:
        if option not in known:
            raise unknown_name(f"option of {annotation.name}", option, known)
    try:
        return kind(model, **annotation.options)
    except (TypeError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(
            f"expected options that {annotation.name} understands but got "
            f"{dict(annotation.options)}: {error}; fix: see its docstring"
        ) from error
