"""`recurra evaluate` with a recognizer of speech."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console

if TYPE_CHECKING:
    from recurra.cli.requests import Evaluation

__all__ = ["measure_transcripts", "show_transcripts", "transcripts_line"]


def measure_transcripts(asked: Evaluation) -> dict[str, Any]:
    """Write what is said in the clips of a source and compare.

    Raises:
        RecurraError: If the model or the clips cannot be used.
    """
    with hold_interrupts():
        from recurra.tasks import SpeechRecognizer

    options = asked.options
    search = {name: options[name] for name in ("beam", "length_bonus") if options.get(name)}
    model = SpeechRecognizer.load(asked.artifact)
    return model.evaluate_source(
        str(asked.source),
        path=options.get("files"),
        transcript=options.get("transcript"),
        pattern=options.get("pattern"),
        **search,
    )


def transcripts_line(measured: dict[str, Any]) -> str:
    """Return the main figures in one line."""
    return (
        f"word error rate {measured['word_error_rate']:.2%}  "
        f"character error rate {measured['character_error_rate']:.2%}  "
        f"clips without error {measured['clip_accuracy']:.2%}  "
        f"on {measured['words']:,} words of {measured['rows']:,} clips"
    )


def show_transcripts(measured: dict[str, Any]) -> None:
    """Print the figures, the kinds of errors and the speed."""
    screen = console()
    screen.print(transcripts_line(measured))
    kinds = [f"{measured[name]:,} {name}" for name in ("substitutions", "deletions", "insertions")]
    screen.print(
        f"{', '.join(kinds)}; {measured['seconds'] / 60:.1f} minutes of sound, "
        f"real-time factor {measured['real_time_factor']:.4f}"
    )
