"""The model card: data, test figures, limits, licence; what to know before believing a model."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from pydantic import BaseModel, ConfigDict, Field

from molgnn.predictor.annotators import Annotator, added_columns
from molgnn.predictor.leakage import NOT_COMPUTED, Leakage


class Figure(BaseModel):
    """One honest measurement, beside the random forest's on the same rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: str
    split: str
    metric: str
    n_tasks: int
    seeds: tuple[int, ...]
    value: float
    deviation: float | None = None
    random_forest: float | None = None

    def __str__(self) -> str:
        spread = "" if self.deviation is None else f" ± {self.deviation:.3f}"
        forest = "" if self.random_forest is None else f"; random forest {self.random_forest:.3f}"
        return (
            f"{self.metric} {self.value:.3f}{spread} on {self.data}, {self.split}, "
            f"mean of {self.n_tasks} tasks, seeds {', '.join(map(str, self.seeds))}{forest}"
        )


class Card(BaseModel):
    """Where a model comes from, how good it is, and where it must not be trusted.

    Parameters
    ----------
    name
        ``encoder.tag``, such as ``"dmpnn.tox21"``.
    summary
        What it predicts, in a sentence.
    data
        What it was trained on, with the number of molecules.
    training
        How: parts, stopping rule, calibration.
    figures
        Test figures, each of models that had not seen the test rows.
    leakage
        Test molecules that were trained on in another form, and molecules that were left out;
        None where that was not computed, as by molgnn 0.1.
    limits
        Where the predictions stop being worth their digits.
    licence
        Of the weights.
    citation
        What to cite.
    outputs
        The columns beside the tasks' that the model adds to every prediction, and their rules; they
        come from its annotators and are not stored with the card.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    summary: str
    data: str
    training: str = ""
    figures: tuple[Figure, ...] = ()
    leakage: Leakage | None = None
    limits: tuple[str, ...] = ()
    licence: str = ""
    citation: str = ""
    outputs: tuple[str, ...] = Field(default=(), exclude=True)

    def with_outputs(self, annotators: Iterable[Annotator]) -> Card:
        """Return the card with what the columns mean that these annotators add."""
        columns = added_columns(annotators)
        rules = tuple(f"{column.name}: {column.description}" for column in columns)
        return self.model_copy(update={"outputs": rules})

    def __str__(self) -> str:
        return "\n".join(
            f"{'' if i else title:<9} {text}"
            for title, texts in self._sections().items()
            for i, text in enumerate(texts)
        )

    def _repr_html_(self) -> str:
        style = "text-align:left;vertical-align:top"
        rows = "".join(
            f"<tr><th style='{style}'>{title}</th>"
            f"<td style='{style};max-width:50em'>{'<br>'.join(map(escape, texts))}</td></tr>"
            for title, texts in self._sections().items()
        )
        return f"<table>{rows}</table>"

    def _sections(self) -> dict[str, list[str]]:
        """Return what there is to say, by title."""
        sections = {
            "model": [self.name],
            "predicts": [self.summary],
            "outputs": list(self.outputs),
            "data": [self.data],
            "training": [self.training],
            "test": [str(figure) for figure in self.figures],
            "leakage": self.leakage.sentences() if self.leakage else [NOT_COMPUTED],
            "limits": list(self.limits),
            "licence": [self.licence],
            "cite": [self.citation],
        }
        return {title: texts for title, texts in sections.items() if any(texts)}
