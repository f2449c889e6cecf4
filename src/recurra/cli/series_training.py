"""Trains a classifier or regressor of sequences: progress, checkpoint, result."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.training import train_and_save, training_facts
from recurra.tasks import SequenceClassifier, SequenceRegressor

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["train_sequence_model"]


def train_sequence_model(
    kind: type[SequenceClassifier | SequenceRegressor],
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
    model = train_and_save(
        partial(kind, **settings),
        lambda made, observers: made.fit_source(source, **reading, observers=observers),
        output,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes,
    )
    measured = {"rows": 0, **model.metrics_}
    return {"model": model.settings_.cell, **measured, **training_facts(model, output)}
