"""`recurra evaluate` with a language model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from recurra.cli.generator_figures import figures_line, score_line, score_table
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console

if TYPE_CHECKING:
    from recurra.runtime import Artifact

__all__ = ["measure_generator", "score_text", "show_generator", "show_score"]


def measure_generator(artifact: Artifact, source: str, text: str | None) -> dict[str, Any]:
    """Measure how well a text is foretold.

    Raises:
        RecurraError: If the model or the text cannot be used.
    """
    with hold_interrupts():
        from recurra.cli.generating import evaluate_text_generator
    measured = evaluate_text_generator(artifact, source, text)
    return {**measured, "perplexity": _finite(measured["perplexity"])}


def show_generator(measured: dict[str, Any]) -> None:
    """Print the figures."""
    console().print(figures_line(measured))


def score_text(artifact: Artifact, text: str) -> dict[str, Any]:
    """Return the log-probability of a text, token by token; no Keras, no JAX.

    Raises:
        RecurraError: If the model cannot be used or the text is empty.
    """
    from recurra.runtime import read_generator

    predictor = read_generator(artifact).predictor
    score = predictor.score(text)
    return {
        "text": text,
        "tokens": token_records(score.tokens, score.log_probabilities.tolist()),
        "nats": score.nats,
        "perplexity": _finite(score.perplexity),
        "characters": score.characters,
        "bits_per_character": score.bits_per_character,
        "unknown": predictor.unknown(text),
    }


def token_records(tokens: tuple[str, ...], values: list[float]) -> list[dict[str, Any]]:
    """Return a record for each token."""
    return [
        {"token": token, "log_probability": value, "probability": math.exp(value)}
        for token, value in zip(tokens, values, strict=True)
    ]


def show_score(score: dict[str, Any]) -> None:
    """Print the tokens and what they cost together."""
    screen = console()
    screen.print(score_table(score))
    screen.print(score_line(score))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
