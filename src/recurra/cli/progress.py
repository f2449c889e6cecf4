"""Progress on a terminal: epochs, loss, time left. Silent in a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from recurra.cli.interrupts import InterruptBetweenSteps
from recurra.study import ComparisonObserver
from recurra.tasks import TrainingObserver, TrainingState

__all__ = ["CompareProgress", "TrainingProgress"]

_BATCHES_BETWEEN_UPDATES = 5
_OF_AN_EPOCH = (
    *("loss", "accuracy", "val_loss", "val_accuracy"),
    *("gradient_norm", "gradient_norm_max"),  # where they are watched
)


class TrainingProgress(TrainingObserver):
    """A bar over all batches of a training run, and a line after every epoch.

    Ctrl-C takes effect between two steps.
    """

    def __init__(self, console: Console, name: str = "") -> None:
        """Write to a console; `name` stands in front of every line."""
        self._name = f"{name}  " if name else ""
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._batches = 1
        self._task: Any = None
        self._interrupt = InterruptBetweenSteps()

    def __enter__(self) -> Self:
        self._progress.start()
        self._task = self._progress.add_task(
            f"{self._name}reading and encoding", total=None, figures=""
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._interrupt.end()
        self._progress.stop()

    def training_started(self, state: TrainingState, epochs: int, batches: int) -> None:
        """Start the bar; a resumed run starts where it ended."""
        self._interrupt.watch()
        self._batches = batches
        self._epochs = epochs
        self._progress.update(
            self._task,
            description=f"{self._name}epoch {state.epoch + 1}/{epochs}",
            total=epochs * batches,
            completed=state.epoch * batches,
        )
        self._done = state.epoch

    def batch_ended(self, batch: int, logs: Mapping[str, float]) -> None:
        """Move the bar."""
        self._interrupt.check()
        if batch % _BATCHES_BETWEEN_UPDATES == 0 or batch + 1 == self._batches:
            self._progress.update(
                self._task,
                completed=self._done * self._batches + batch + 1,
                figures=_figures(logs, ("loss", "accuracy")),
            )

    def epoch_ended(self, state: TrainingState, logs: Mapping[str, float]) -> None:
        """Print the epoch's figures."""
        best = "  best so far" if state.best_epoch == state.epoch else ""
        figures = _figures(logs, _OF_AN_EPOCH)
        self._console.print(
            f"{self._name}epoch {state.epoch}/{self._epochs}  {figures}  "
            f"{state.seconds[-1]:.1f} s{best}"
        )
        self._done = state.epoch
        following = min(state.epoch + 1, self._epochs)
        self._progress.update(
            self._task, description=f"{self._name}epoch {following}/{self._epochs}"
        )
        self._interrupt.check()

    def sample_made(self, epoch: int, text: str) -> None:
        """Show what the network writes now."""
        lines = [f"    {_printable(line)}" for line in text.splitlines()]
        self._console.print("\n".join([f"{self._name}a sample after epoch {epoch}:", *lines]))

    def training_ended(self, state: TrainingState) -> None:
        """Let Ctrl-C come at once again."""
        del state
        self._interrupt.end()
        self._interrupt.check()


class CompareProgress(ComparisonObserver):
    """A bar for every model of a comparison, and a line when it is done."""

    def __init__(self, console: Console) -> None:
        """Write to a console."""
        self._console = console
        self._bar: TrainingProgress | None = None
        self._runs = 0

    def prepared(self, data: dict[str, Any], runs: int) -> None:
        """Say what the data are."""
        self._runs = runs
        self._console.print(_data_words(data))

    def run_started(self, name: str, repeat: int) -> list[TrainingObserver]:
        """Start a bar."""
        self.close()
        self._bar = TrainingProgress(self._console, f"{name} #{repeat + 1}").__enter__()
        return [self._bar]

    def run_ended(self, record: dict[str, Any], records: list[dict[str, Any]]) -> None:
        """Print how good the model is."""
        self.close()
        self._console.print(
            f"{len(records)}/{self._runs}  {record['name']}  {_quality_words(record)}"
        )

    def close(self) -> None:
        """End the present bar."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _data_words(data: Mapping[str, Any]) -> str:
    rows = data["rows"]
    what = "tokens" if "documents" in data else "pairs" if "lengths" in data else "rows"
    words = (
        f"{data['name']}: {rows['train']:,} {what} to train on, {rows['validation']:,} for early "
        f"stopping, {rows['test']:,} to measure on"
    )
    if "classes" in data:
        return f"{words}; {len(data['classes'])} classes"
    if "windows" not in data:
        return words
    words += f" ({data['windows']['test']:,} windows)"
    return f"{words}; {data['series']:,} series" if data["series"] > 1 else words


def _quality_words(record: Mapping[str, Any]) -> str:
    metrics = record.get("metrics", record)
    if record.get("task") == "regress":
        return f"RMSE {metrics['rmse']:.4g}"
    for key, title in _QUALITIES.items():
        if metrics.get(key) is not None:
            return f"{title} {metrics[key]:.4f}"
    return f"MAE {metrics['mae']:.4g}"


_QUALITIES = {
    "accuracy": "accuracy",
    "word_error_rate": "word error rate",
    "mase": "MASE",
    "bits_per_character": "bits per character",
    "exact_match": "exact match",
}


def _printable(line: str) -> str:
    """Return a line without signs that would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() or sign == "\t" else "\ufffd" for sign in line)


def _figures(logs: Mapping[str, float], names: tuple[str, ...]) -> str:
    return "  ".join(f"{name} {logs[name]:.4f}" for name in names if name in logs)
