"""Runs the commands that train or measure translators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.caching import use_compilation_cache
from recurra.cli.forecast_progress import counting
from recurra.cli.training import train_and_save, training_facts
from recurra.cli.translate_options import PairColumns, SearchOptions
from recurra.runtime import Artifact
from recurra.tasks import Translator

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["evaluate_translator", "train_translator"]


def train_translator(
    pairs: str,
    columns: PairColumns,
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
    translator = train_and_save(
        partial(Translator, **settings),
        lambda made, observers: made.fit_source(pairs, **asdict(columns), observers=observers),
        output,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes,
    )
    return {
        "model": translator.settings_.cell,
        "metrics": translator.metrics_,
        **training_facts(translator, output),
    }


def evaluate_translator(
    artifact: Artifact, source: str, columns: PairColumns, search: SearchOptions, notes: Console
) -> dict[str, Any]:
    """Measure on other pairs.

    Raises:
        RecurraError: If the model or the pairs cannot be used.
    """
    use_compilation_cache()
    translator = Translator.load(artifact)
    with counting(notes, "texts") as progress:
        return translator.evaluate_source(
            source,
            **asdict(columns),
            beam=search.beam,
            length_penalty=search.length_penalty,
            progress=progress,
        )
