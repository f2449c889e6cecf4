"""`recurra evaluate` with a classifier of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.cli.interrupts import hold_interrupts

if TYPE_CHECKING:
    from recurra.cli.requests import Evaluation

__all__ = ["measure_sounds"]


def measure_sounds(asked: Evaluation) -> dict[str, Any]:
    """Label the clips of a source and compare.

    Raises:
        RecurraError: If the model or the clips cannot be used.
    """
    with hold_interrupts():
        from recurra.tasks import AudioClassifier

    options = asked.options
    model = AudioClassifier.load(asked.artifact)
    return model.evaluate_source(
        str(asked.source),
        pattern=options.get("pattern"),
        path=options.get("files"),
        label=options.get("label"),
    )
