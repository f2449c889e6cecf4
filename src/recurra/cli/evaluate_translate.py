"""`recurra evaluate` with a translator."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from recurra.cli.evaluate_generate import token_records
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, notes
from recurra.cli.translation_figures import error_lines, figures_lines, length_table
from recurra.errors import UsageError

if TYPE_CHECKING:
    from recurra.cli.translate_options import PairColumns, SearchOptions
    from recurra.runtime import Artifact

__all__ = ["measure_translator", "score_pair", "show_translator"]

_BETWEEN = "|||"  # as in the files of Moses, GIZA++ and fast_align


def measure_translator(
    artifact: Artifact, source: str, columns: PairColumns, search: SearchOptions
) -> dict[str, Any]:
    """Translate and compare.

    Raises:
        RecurraError: If the model or the pairs cannot be used.
    """
    with hold_interrupts():
        from recurra.cli.translating import evaluate_translator
    return evaluate_translator(artifact, source, columns, search, notes())


def show_translator(measured: dict[str, Any]) -> None:
    """Print the figures, by length too, and the worst translations."""
    screen = console()
    for line in figures_lines(measured):
        screen.print(line)
    screen.print(length_table(measured))
    for line in error_lines(measured):
        screen.print(line)


def score_pair(artifact: Artifact, pair: str) -> dict[str, Any]:
    """Return the log-probability of a translation, token by token; no Keras, no JAX.

    Args:
        artifact: A translator's.
        pair: `text ||| translation`.

    Raises:
        UsageError: If it is no pair.
        RecurraError: If the model cannot be used.
    """
    from recurra.runtime import read_translator

    sides = [side.strip() for side in pair.split(_BETWEEN)]
    if len(sides) != 2 or not all(sides):
        raise UsageError(
            f"--score takes a text and its translation for a translator: 'TEXT {_BETWEEN} "
            f"TRANSLATION', not {pair!r}"
        )
    predictor = read_translator(artifact).predictor
    values = predictor.score(sides[:1], sides[1:])[0]
    tokenizer = predictor.target_tokenizer
    tokens = (*tokenizer.token_texts(tokenizer.encode(sides[1])), "[EOS]")
    nats = -float(values.sum())
    return {
        "text": sides[0],
        "translation": sides[1],
        "tokens": token_records(tokens, values.tolist()),
        "nats": nats,
        "perplexity": math.exp(min(nats / len(tokens), 700.0)),
    }
