"""Runs the long commands: progress, checkpoint, result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra import study
from recurra.cli.caching import use_compilation_cache
from recurra.cli.paths import check_output, new_folders, remove_empty
from recurra.cli.progress import CompareProgress
from recurra.cli.training import train_and_save, training_facts
from recurra.study import write_results
from recurra.tasks import TextClassifier

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["run_comparison", "train_text_classifier"]


def train_text_classifier(
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
    classifier = train_and_save(
        partial(TextClassifier, **settings),
        lambda made, observers: made.fit_source(source, **reading, observers=observers),
        output,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes,
    )
    return _result(classifier, output)


def run_comparison(
    source: str,
    folder: Path,
    options: Mapping[str, Any],
    *,
    resume: bool,
    notes: Console,
    task: str = "classify",
    sections: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Compare, and write `results.json`, `report.html` and plots into a folder.

    Raises:
        RecurraError: If something cannot be used.
        KeyboardInterrupt: After saying how to go on.
    """
    from recurra.report import load_results, write_report

    results = folder / "results.json"
    made = new_folders(folder)
    for name in ("results.json", "report.html"):
        check_output(folder / name)
    finished = load_results(results) if resume and results.is_file() else []
    use_compilation_cache()
    progress = _SavingProgress(notes, results)
    try:
        records = _comparison(task)(source, **options, finished=finished, observer=progress)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_interrupted_comparison(progress, results)) from None
    finally:
        progress.close()
        remove_empty(made)
    write_results(records, results)
    write_report(records, folder, sections=sections)
    return records


def _comparison(task: str) -> Callable[..., list[dict[str, Any]]]:
    found: Callable[..., list[dict[str, Any]]] = getattr(study, _COMPARISONS[task])
    return found


_COMPARISONS = {
    "audio": "compare_sounds",
    "classify": "compare",
    "forecast": "compare_forecasts",
    "generate": "compare_generators",
    "regress": "compare_regressors",
    "series": "compare_series",
    "tag": "compare_taggers",
    "transcribe": "compare_recognizers",
    "translate": "compare_translators",
}


class _SavingProgress(CompareProgress):
    """Keeps every finished record on disk, so that an interrupted comparison can go on."""

    def __init__(self, console: Console, path: Path) -> None:
        super().__init__(console)
        self._path = path
        self.saved = False

    def run_ended(self, record: dict[str, Any], records: list[dict[str, Any]]) -> None:
        """Save what is finished."""
        super().run_ended(record, records)
        write_results(records, self._path)
        self.saved = True


def _interrupted_comparison(progress: _SavingProgress, results: Path) -> str:
    if not progress.saved:
        return "interrupted"
    return f"interrupted; the finished trainings are in {results}, go on with --resume"


def _result(classifier: TextClassifier, output: Path) -> dict[str, Any]:
    metrics = classifier.metrics_
    return {
        "model": classifier.settings_.cell,
        "rows": metrics.get("rows", 0),
        **{name: metrics.get(name) for name in ("accuracy", "macro_f1", "log_loss")},
        "calibration_error": metrics.get("calibration_error"),
        "per_class": metrics.get("per_class"),
        **training_facts(classifier, output),
    }
