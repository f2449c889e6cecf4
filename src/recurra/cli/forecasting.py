"""Runs the commands that train, measure or backtest forecasters."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.caching import use_compilation_cache
from recurra.cli.columns import write_columns, write_text
from recurra.cli.forecast_progress import BacktestProgress, counting
from recurra.cli.paths import check_output, new_folders, remove_empty
from recurra.cli.progress import TrainingProgress
from recurra.cli.training import train_and_save, training_facts
from recurra.errors import DataError
from recurra.runtime import Artifact
from recurra.tasks import Anomalies, Backtest, Forecaster

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "Judgement",
    "backtest_forecaster",
    "evaluate_forecaster",
    "find_outliers",
    "train_forecaster",
]

BACKTEST_FILES = ("backtest.csv", "backtest.json", "backtest.png")


@dataclass(frozen=True, eq=False)
class Judgement:
    """Anomalies and the forecaster that found them."""

    anomalies: Anomalies
    forecaster: Forecaster
    trained: bool


def train_forecaster(
    source: str,
    output: Path,
    settings: Mapping[str, Any],
    *,
    resume: bool,
    watch_gradients: bool,
    tensorboard: Path | None,
    notes: Console,
) -> dict[str, Any]:
    """Train, calibrate, measure and save; return the result for printing.

    Raises:
        RecurraError: If something cannot be used; the output is untouched then.
        KeyboardInterrupt: After saying how to go on.
    """
    forecaster = train_and_save(
        partial(Forecaster, **settings),
        lambda made, observers: made.fit(source, observers=observers),
        output,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes,
    )
    return {
        "model": forecaster.settings_.model,
        "metrics": forecaster.metrics_,
        **training_facts(forecaster, output),
    }


def evaluate_forecaster(
    artifact: Artifact, source: str, since: str | None, notes: Console
) -> dict[str, Any]:
    """Measure at every origin whose targets lie at or after a time.

    Raises:
        RecurraError: If the model or the data cannot be used.
    """
    use_compilation_cache()
    forecaster = Forecaster.load(artifact)
    with counting(notes, "windows") as progress:
        return forecaster.evaluate(source, since=since, progress=progress)


def backtest_forecaster(
    forecaster: Forecaster,
    source: str,
    how: Mapping[str, Any],
    folder: Path | None,
    notes: Console,
) -> dict[str, Any]:
    """Backtest, and write `backtest.csv`, `backtest.json` and `backtest.png` into a folder.

    Args:
        forecaster: Fitted or not.
        source: The data.
        how: `windows`, `stride`, `refit` and `sliding`.
        folder: Where to write; nowhere when `None`.
        notes: Console of the progress.

    Raises:
        RecurraError: If something cannot be used; the folder is as it was then.
    """
    use_compilation_cache()
    with _new_folder(folder), BacktestProgress(notes) as progress:
        found = forecaster.backtest(source, **how, observer=progress)
        record = {
            "source": source,
            "model": forecaster.model,
            "horizon": forecaster.horizon,
            **how,
            "origins": found.origins,
            "trainings": found.trainings,
            "metrics": found.metrics,
        }
        if folder is not None:
            _write_backtest(found, record, folder)
    return record


def find_outliers(forecaster: Forecaster, source: str, level: float, notes: Console) -> Judgement:
    """Judge every value by the forecast from the rows before it; train first where needed.

    Raises:
        RecurraError: If something cannot be used.
    """
    use_compilation_cache()
    trained = not hasattr(forecaster, "predictor_")
    if trained:
        with TrainingProgress(notes) as progress:
            forecaster.fit(source, observers=[progress])
    with counting(notes, "values") as count:
        anomalies = forecaster.detect(source, level=level, progress=count)
    if not anomalies.judged:
        raise DataError(
            f"{source} has no value to judge: {forecaster.settings_.lookback} rows are read "
            "before each"
        )
    return Judgement(anomalies, forecaster, trained)


@contextlib.contextmanager
def _new_folder(folder: Path | None) -> Iterator[None]:
    """Make a folder and check its files; remove it when nothing was written."""
    if folder is None:
        yield
        return
    made = new_folders(folder)
    try:
        for name in BACKTEST_FILES:
            check_output(folder / name)
        yield
    finally:
        remove_empty(made)


def _write_backtest(found: Backtest, record: Mapping[str, Any], folder: Path) -> None:
    from recurra.report import backtest_plot

    table, figures, picture = (folder / name for name in BACKTEST_FILES)
    write_columns(found.columns, table)
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
    write_text(figures, f"{text}\n")
    backtest_plot(found, picture)
