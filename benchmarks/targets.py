"""Compare a measured figure with what is required of it, and with what is desired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Target:
    """A figure with its limits.

    Parameters
    ----------
    name
        What is measured.
    value
        What came out.
    required, desired
        What the value must reach, and what it should; None where one is as good as the other.
    kind
        Whether the value must be at least or at most that.
    unit
        What to print behind the figures.
    """

    name: str
    value: float
    required: float
    desired: float | None
    kind: Literal["≥", "≤"]
    unit: str = ""

    @property
    def outcome(self) -> str:
        """``exceeded`` where the desired value is reached, ``met`` or ``missed``."""
        if self.desired is not None and self._reaches(self.desired):
            return "exceeded"
        return "met" if self._reaches(self.required) else "missed"

    def describe(self) -> str:
        """Return the figure, its limits and the outcome in a line."""
        limits = f"required {self.kind} {self._format(self.required)}"
        if self.desired is not None:
            limits += f", desired {self.kind} {self._format(self.desired)}"
        return f"{self.name}: {self._format(self.value)} ({limits}: {self.outcome})"

    def _reaches(self, limit: float) -> bool:
        return self.value >= limit if self.kind == "≥" else self.value <= limit

    def _format(self, figure: float) -> str:
        is_tiny = self.unit == "" and 0 < figure < 1e-3
        return f"{figure:.0e}" if is_tiny else f"{figure:.3g}{self.unit}"
