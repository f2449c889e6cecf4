"""Progress of what forecasters do besides training. Silent in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recurra.cli.progress import TrainingProgress
from recurra.tasks import BacktestObserver, TrainingObserver

__all__ = ["BacktestProgress", "counting"]


@contextmanager
def counting(console: Console, what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar; yield what is told how much is done, and of how much."""
    with _bar(console) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, all_of_it: progress.update(task, completed=done, total=all_of_it)


class BacktestProgress(BacktestObserver):
    """A bar over the windows, and one for every training between them."""

    def __init__(self, console: Console) -> None:
        """Write to a console."""
        self._console = console
        self._bar: Progress | None = None
        self._training: TrainingProgress | None = None
        self._windows = 0
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def started(self, windows: int, trainings: int) -> None:
        """Start the bar."""
        del trainings
        self._windows = windows
        self._show()

    def training(self, number: int) -> list[TrainingObserver]:
        """Show the training instead of the windows; a terminal has one bar at a time."""
        self._close()
        self._training = TrainingProgress(
            self._console, f"window {number}/{self._windows}"
        ).__enter__()
        return [self._training]

    def window_ended(self, number: int) -> None:
        """Move the bar."""
        self._done = number
        self._close()
        self._show()

    def _show(self) -> None:
        self._bar = _bar(self._console)
        self._bar.add_task("windows", total=self._windows, completed=self._done)
        self._bar.start()

    def _close(self) -> None:
        bar: Any
        for bar in (self._bar, self._training):
            if bar is not None:
                bar.__exit__(None, None, None)
        self._bar = self._training = None


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
