"""Trains a tagger for the command line: progress, checkpoint, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.training import train_and_save, training_facts
from recurra.tasks import SequenceTagger, TrainingObserver

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["train_sequence_tagger"]


def train_sequence_tagger(
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

    def fit(made: SequenceTagger, observers: Sequence[TrainingObserver]) -> None:
        made.fit_source(source, **reading, observers=observers)
        for note in made.data_["notes"]:
            notes.print(f"{source}: {note}")

    tagger = train_and_save(
        partial(SequenceTagger, **settings),
        fit,
        output,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes,
    )
    return _result(tagger, output)


def _result(tagger: SequenceTagger, output: Path) -> dict[str, Any]:
    metrics = tagger.metrics_
    names = ("accuracy", "known_accuracy", "unknown_accuracy", "sentence_accuracy", "macro_f1")
    entities = {name: value for name, value in metrics.items() if "entit" in name}
    return {
        "model": tagger.settings_.cell,
        "rows": metrics.get("rows", 0),
        "tokens": metrics.get("tokens", 0),
        **{name: metrics.get(name) for name in (*names, "log_loss")},
        **entities,
        "per_class": metrics.get("per_class"),
        **training_facts(tagger, output),
    }
