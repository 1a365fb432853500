"""Base of settings records: read from a file, built from keywords, described; errors in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from molgnn.errors import FileProblem
from molgnn.fitting.config_checks import check_keywords, config_error


class SettingsRecord(BaseModel):
    """Checked settings, each of them a keyword of a function and an option of its command."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def given(
        cls,
        config: Self | str | Path | None,
        settings: Mapping[str, Any],
        function: Callable[..., Any] | None = None,
    ) -> Self:
        """Return settings, those of a ``config.json`` or the defaults, with others in their place.

        Parameters
        ----------
        config, settings
            What a function was called with: a record or its file, and single settings.
        function
            The function, for `check_keywords`.

        Raises
        ------
        FileProblem, ConfigError
            If the file or a setting cannot be used, saying which.
        """
        if function is not None:
            check_keywords(settings, function, (*cls.model_fields, "network"))
        if isinstance(config, str | Path):
            config = cls.read(Path(config))
        record = cls() if config is None else config
        return record.changed(**settings) if settings else record

    def changed(self, **settings: Any) -> Self:
        """Return these settings with others in their place.

        Raises
        ------
        ConfigError
            If there is no such setting, or a value is outside its range.
        """
        return self.build(**self.model_dump() | settings)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a ``config.json``.

        Raises
        ------
        FileProblem
            If there is no such file.
        ConfigError
            If it holds no valid settings, saying which and why.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise FileProblem(f"cannot read settings from {path}: {error.strerror}") from error
        except ValidationError as error:
            raise config_error(error, cls.model_fields, f"{path}: ") from error

    @classmethod
    def build(cls, **settings: Any) -> Self:
        """Check settings given one by one.

        Raises
        ------
        ConfigError
            If there is no such setting, or a value is outside its range.
        """
        try:
            return cls(**settings)
        except ValidationError as error:
            raise config_error(error, cls.model_fields) from error

    @classmethod
    def describe(cls) -> str:
        """Return a line for each setting: its name, what it means, and its default."""
        lines = []
        for name, field in cls.model_fields.items():
            default = field.get_default(call_default_factory=True)
            text = f"{name}: {field.description}"
            lines.append(text if default in (None, {}) else f"{text} (default {default})")
        return "\n".join(lines)
