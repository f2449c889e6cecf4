"""Trains a recognizer of speech for the command line: progress, checkpoint, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.training import train_and_save, training_facts
from recurra.tasks import SpeechRecognizer, TrainingObserver

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["train_speech_recognizer"]


def train_speech_recognizer(
    source: str,
    output: Path,
    reading: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    resume: bool,
    watch_gradients: bool,
    tensorboard: Path | None,
    notes: Console,
) -> dict[str, Any]:
    """Train, measure and save; return the result for printing.

    Raises:
        RecurraError: If something cannot be used; the output is untouched then.
        KeyboardInterrupt: After saying how to go on.
    """

    def fit(made: SpeechRecognizer, observers: Sequence[TrainingObserver]) -> None:
        made.fit_source(source, **reading, observers=observers)
        for note in made.data_["notes"]:
            notes.print(f"{source}: {note}")

    recognizer = train_and_save(
        partial(SpeechRecognizer, **settings),
        fit,
        output,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes,
    )
    return {
        "model": recognizer.settings_.cell,
        "rows": 0,
        **recognizer.metrics_,
        **training_facts(recognizer, output),
    }
