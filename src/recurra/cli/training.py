"""Trains a model of any task and saves it: progress, checkpoint, interruptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from recurra.cli.caching import use_compilation_cache
from recurra.cli.logs import LateTensorBoard
from recurra.cli.paths import check_folder, check_output
from recurra.cli.progress import TrainingProgress
from recurra.tasks import TrainingObserver, TrainingState

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Trainable", "train_and_save", "training_facts"]


class Trainable(Protocol):
    """What the models of all tasks have in common here."""

    model_: Any
    settings_: Any
    training_: TrainingState
    data_: dict[str, Any]
    seed: int

    def save(self, path: str | Path) -> Path:
        """Write everything into one file."""

    def discard_checkpoint(self) -> None:
        """Remove the checkpoint."""


Model = TypeVar("Model", bound=Trainable)


def train_and_save(
    make: Callable[..., Model],
    fit: Callable[[Model, Sequence[TrainingObserver]], object],
    output: Path,
    *,
    resume: bool,
    watch_gradients: bool,
    tensorboard: Path | None,
    notes: Console,
) -> Model:
    """Train and save; keep the finished epochs beside the output until it is there.

    Args:
        make: Makes a model that is not trained; takes `checkpoint`, `resume` and `watch_gradients`.
        fit: Trains it and tells observers.
        output: Where to save.
        resume: Go on with an interrupted run.
        watch_gradients: Keep the norms of the gradients, and warn.
        tensorboard: Folder for logs.
        notes: Console of the progress.

    Raises:
        RecurraError: If something cannot be used; the output is untouched then.
        KeyboardInterrupt: After saying how to go on.
    """
    check_output(output)
    checkpoint = check_folder(output.with_name(f"{output.name}.partial"))
    _mention_checkpoint(checkpoint, resume, notes)
    use_compilation_cache()
    model = make(checkpoint=checkpoint, resume=resume, watch_gradients=watch_gradients)
    progress = TrainingProgress(notes)
    observers = [progress, *([LateTensorBoard(tensorboard)] if tensorboard else [])]
    try:
        with progress:
            fit(model, observers)
        model.save(output)
    except KeyboardInterrupt:
        if _has_checkpoint(checkpoint):
            raise KeyboardInterrupt(
                f"interrupted; the finished epochs are in {checkpoint}, go on with --resume"
            ) from None
        raise
    model.discard_checkpoint()
    return model


def training_facts(model: Trainable, output: Path) -> dict[str, Any]:
    """Return what is printed of every training besides its figures."""
    state = model.training_
    return {
        "path": str(output),
        "parameters": int(model.model_.count_params()),
        "epochs": state.epoch,
        "best_epoch": state.best_epoch,
        "training_seconds": sum(state.seconds),
        "history": state.history,
        "data": {k: model.data_[k] for k in ("name", "source", "sha256", "rows")},
        "settings": model.settings_.to_dict(),
        "seed": model.seed,
    }


def _mention_checkpoint(checkpoint: Path, resume: bool, notes: Console) -> None:
    found = _has_checkpoint(checkpoint)
    if found and not resume:
        notes.print(f"an interrupted run is in {checkpoint}; --resume would go on. Starting anew.")
    if resume and not found:
        notes.print(f"nothing to resume in {checkpoint}; starting from the beginning")


def _has_checkpoint(folder: Path) -> bool:
    return (folder / "state.safetensors").is_file()
