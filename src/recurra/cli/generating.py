"""Runs the commands that train or measure language models."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.training import train_and_save, training_facts
from recurra.runtime import Artifact
from recurra.tasks import TextGenerator

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["evaluate_text_generator", "train_text_generator"]


def train_text_generator(
    corpus: str,
    text: str | None,
    output: Path,
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
    generator = train_and_save(
        partial(TextGenerator, **settings),
        lambda made, observers: made.fit(corpus, text=text, observers=observers),
        output,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes,
    )
    return {
        "model": generator.settings_.cell,
        "metrics": generator.metrics_,
        "samples": generator.training_.samples,
        **training_facts(generator, output),
    }


def evaluate_text_generator(artifact: Artifact, source: str, text: str | None) -> dict[str, Any]:
    """Measure on other text.

    Raises:
        RecurraError: If the model or the text cannot be used.
    """
    return TextGenerator.load(artifact).evaluate(source, text=text)
