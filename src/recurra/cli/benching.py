"""Runs the kernels' benchmark with its progress, and lays out what it found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from rich import box
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from recurra.cli.caching import use_compilation_cache
from recurra.cli.interrupts import InterruptBetweenSteps
from recurra.study import (
    BENCH_CASES,
    QUICK_BENCH_CASES,
    BenchObserver,
    BenchResult,
    BenchSizes,
    EntryTimes,
    NetworkTimes,
    bench_kernels,
)

__all__ = ["BenchProgress", "bench_report", "run_bench"]

_ROUNDS, _QUICK_ROUNDS = 10, 5


def run_bench(
    cells: str | None, units: int, rounds: int | None, *, quick: bool, notes: Console
) -> BenchResult:
    """Check and measure.

    Raises:
        RecurraError: If something cannot be measured, or the kernels disagree.
    """
    use_compilation_cache()
    chosen = cells if cells is not None else QUICK_BENCH_CASES if quick else tuple(BENCH_CASES)
    rounds = rounds or (_QUICK_ROUNDS if quick else _ROUNDS)
    with BenchProgress(notes) as progress:
        return bench_kernels(chosen, BenchSizes(units=units), rounds=rounds, observer=progress)


class BenchProgress(BenchObserver):
    """A bar over all checks and turns. Ctrl-C takes effect between two of them."""

    def __init__(self, console: Console) -> None:
        """Write to a console."""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task: Any = None
        self._interrupt = InterruptBetweenSteps()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._interrupt.end()
        self._progress.stop()

    def planned(self, checks: int, turns: int) -> None:
        """Start the bar."""
        self._interrupt.watch()
        self._task = self._progress.add_task("", total=checks + turns)

    def check_started(self, subject: str) -> None:
        """Say what is compared now."""
        self._interrupt.check()
        self._progress.update(self._task, description=f"checking {subject}")

    def check_ended(self, subject: str) -> None:
        """Move the bar."""
        del subject
        self._progress.advance(self._task)

    def turn_ended(self, subject: str) -> None:
        """Move the bar."""
        self._interrupt.check()
        self._progress.update(self._task, description=f"measuring {subject}", advance=1)


def bench_report(result: BenchResult) -> Iterator[RenderableType]:
    """Yield the machine, the networks' table and the NumPy entry's table, 80 columns wide."""
    machine, sizes = result.machine, result.sizes
    versions = machine["versions"]
    backend = machine["backend"]
    yield (
        f"{machine['processors']} processors ({machine['processor'] or 'unknown'}), core on "
        f"{machine['instruction_set']}, Keras {versions['keras']} on {backend} "
        f"{versions.get(backend, '')}"
    )
    yield (
        f"{len(result.checks)} results agree. Embedding({sizes.words}, {sizes.features}) -> "
        f"layer -> Dense(1), batch {sizes.batch}, {sizes.steps} steps, Adam; medians of "
        f"{result.rounds} turns, ms"
    )
    yield _networks_table(result.networks)
    yield "recurra.kernels on NumPy arrays, beside the NumPy reference"
    yield _entries_table(result.entries)


def _networks_table(networks: Sequence[NetworkTimes]) -> Table:
    head = ("Train\nKeras", "\nRecurra", "\nratio", "Predict\nKeras", "\nRecurra", "\nratio")
    table = _table("\nLayer", head)
    for one in networks:
        cells = [one.title]
        for race in (one.training, one.prediction):
            cells += [
                f"{1e3 * race.theirs.median:.1f}",
                f"{1e3 * race.ours.median:.1f}",
                f"{race.ratio:.2f}",
            ]
        table.add_row(*cells)
    return table


def _entries_table(entries: Sequence[EntryTimes]) -> Table:
    table = _table("Call", ("NumPy", "Recurra", "ratio"))
    for one in entries:
        steps = "1 step" if one.steps == 1 else f"{one.steps} steps"
        call = f"{one.cell}({one.units}), {steps}, batch {one.batch}"
        times = (_duration(one.race.theirs.median), _duration(one.race.ours.median))
        table.add_row(call, *times, f"{one.race.ratio:.2f}")
    return table


def _table(first: str, others: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True)
    for title in others:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _duration(seconds: float) -> str:
    return f"{1e6 * seconds:.1f} µs" if seconds < 1e-3 else f"{1e3 * seconds:.2f} ms"
