"""Runs a probe with its progress, its checkpoint and its report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from recurra.cli.paths import check_output, new_folders, remove_empty
from recurra.study import ProbeObserver, probe, write_results
from recurra.tasks import TrainingObserver

__all__ = ["ProbeProgress", "run_probe"]


def run_probe(
    folder: Path, options: Mapping[str, Any], *, resume: bool, notes: Console
) -> list[dict[str, Any]]:
    """Probe, and write `results.json`, `report.html` and pictures into a folder.

    Raises:
        RecurraError: If something cannot be used.
        KeyboardInterrupt: After saying how to go on.
    """
    from recurra.report import load_results, write_report

    results = folder / "results.json"
    made = new_folders(folder)
    progress = ProbeProgress(notes, results)
    try:
        for name in ("results.json", "report.html"):
            check_output(folder / name)
        finished = load_results(results) if resume and results.is_file() else []
        records = probe(**options, finished=finished, observer=progress)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_interrupted(progress, results)) from None
    finally:
        progress.close()
        remove_empty(made)
    write_results(records, results)
    write_report(records, folder)
    return records


class ProbeProgress(ProbeObserver):
    """A bar over all trainings, a line after each; every finished record is kept on disk."""

    def __init__(self, console: Console, path: Path) -> None:
        """Write lines to a console, records to a file."""
        self.saved = False
        self._path, self._console = path, console
        self._runs = 0
        self._task: TaskID | None = None
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[figures]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )

    def prepared(self, data: dict[str, Any], runs: int) -> None:
        """Start the bar."""
        del data
        self._runs = runs
        self._progress.start()
        self._task = self._progress.add_task("", total=runs, figures="")

    def run_started(self, name: str, repeat: int) -> list[TrainingObserver]:
        """Say what is trained now."""
        self._update(description=f"{name} #{repeat + 1}")
        return []

    def learning(self, run: str, length: int, updates: int, most: int, skill: float) -> None:
        """Show how far a length is learnt."""
        del run
        figures = f"length {length}  step {updates}/{most}  {100 * max(0.0, skill):.0f} %"
        self._update(figures=figures)

    def run_ended(self, record: dict[str, Any], records: list[dict[str, Any]]) -> None:
        """Print how each length went, and save."""
        skills = ", ".join(
            f"{point['length']}: {100 * max(0.0, point['skill']):.0f} %"
            for point in record["points"]
        )
        done = f"{len(records)}/{self._runs}"
        self._console.print(f"{done}  {record['probe']}, {record['name']}  {skills}")
        self._update(completed=len(records))
        write_results(records, self._path)
        self.saved = True

    def close(self) -> None:
        """End the bar."""
        self._progress.stop()

    def _update(self, **values: Any) -> None:
        if self._task is not None:
            self._progress.update(self._task, **values)


def _interrupted(progress: ProbeProgress, results: Path) -> str:
    if not progress.saved:
        return "interrupted"
    return f"interrupted; the finished trainings are in {results}, go on with --resume"
