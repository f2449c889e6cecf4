"""What `recurra predict` and `recurra evaluate` were asked, for the code of each task."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.text_lines import TextInput
from recurra.cli.translate_options import SearchOptions

if TYPE_CHECKING:
    from recurra.runtime import Artifact

__all__ = ["Evaluation", "Prediction", "TaskCommand"]


@dataclass(frozen=True)
class Prediction:
    """One call of `recurra predict`.

    Attributes:
        artifact: The model.
        model: Its file, as the user named it.
        given: Arguments after it.
        file: `--file`.
        options: The options of single tasks by name; `None` where not given.
        search: How translations and transcripts are searched.
        as_json: Print JSON.
    """

    artifact: Artifact
    model: Path
    given: list[str] | None
    file: Path | None
    options: Mapping[str, Any]
    search: SearchOptions
    as_json: bool

    def texts(self) -> TextInput:
        """Return the texts to answer.

        Raises:
            UsageError: If there can be none.
        """
        texts = TextInput(self.given, self.file, self.options["text"])
        texts.check()
        return texts

    def sources(self) -> list[str]:
        """Return the files or datasets to answer: the arguments, else `--file`."""
        return list(self.given or ([str(self.file)] if self.file else []))


@dataclass(frozen=True)
class Evaluation:
    """One call of `recurra evaluate`.

    Attributes:
        artifact: The model.
        source: The data, or `None` with `--score`.
        options: The options of single tasks by name; `None` where not given.
        groups: Groups of options by name: `pairs`, `search`, `series`.
    """

    artifact: Artifact
    source: str | None
    options: Mapping[str, Any]
    groups: Mapping[str, Any]


@dataclass(frozen=True)
class TaskCommand:
    """How a command is run for the models of one task.

    Attributes:
        takes: Its options beside those of every task.
        run: Does it; `evaluate` gets back what was measured, and how to show it.
    """

    takes: Collection[str]
    run: Callable[[Any], Any]
