"""What models of each task do, in words, and which options of a command are for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from recurra.errors import UsageError

__all__ = ["does", "refuse_other_options", "refuse_rolls"]


def does(task: object) -> str:
    """Say what a model of a task does."""
    from recurra import runtime

    words = {
        runtime.AUDIO_CLASSIFICATION_TASK: "labels sound",
        runtime.FORECAST_TASK: "continues series",
        runtime.GENERATION_TASK: "writes text",
        runtime.ROLL_TASK: "writes piano rolls",
        runtime.SEQUENCE_CLASSIFICATION_TASK: "labels sequences of numbers",
        runtime.SEQUENCE_REGRESSION_TASK: "gives a number for each sequence",
        runtime.SPEECH_TASK: "writes what is said",
        runtime.TAGGING_TASK: "tags the words of sentences",
        runtime.TRANSLATION_TASK: "translates",
    }
    return words.get(task, "labels texts") if isinstance(task, str) else "labels texts"


def refuse_other_options(
    model: Path, task: object, takes: Collection[str], given: Mapping[str, Any]
) -> None:
    """Refuse options that are for models of other tasks.

    Args:
        model: The file, for the error.
        task: What its manifest says.
        takes: Options for models of this task.
        given: All options of the command but for those of every task; `None` is not given.

    Raises:
        UsageError: If any other was given.
    """
    odd = [name for name, value in given.items() if value is not None and name not in takes]
    if odd:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in odd)
        raise UsageError(f"{model} {does(task)}; leave out {names}")


def refuse_rolls(model: str | Path, task: object) -> None:
    """Refuse a model of piano rolls, which has no command.

    Raises:
        UsageError: If it is one.
    """
    from recurra.runtime import ROLL_TASK

    if task == ROLL_TASK:
        raise UsageError(
            f"{model} {does(task)}; it is used from Python: RollGenerator.load({str(model)!r})"
        )
