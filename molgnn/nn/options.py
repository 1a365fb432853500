"""Types of options with their range; `build_network` holds every option to its annotation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Probability = Annotated[float, Field(ge=0, lt=1)]
