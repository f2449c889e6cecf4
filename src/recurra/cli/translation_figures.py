"""Figures of translators in words and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["error_lines", "figures_lines", "length_table"]

Metrics = Mapping[str, Any]
_SHOWN_ERRORS = 5


def figures_lines(metrics: Metrics) -> list[str]:
    """Return the figures, the signature of BLEU, and what should be known of them.

    Args:
        metrics: As `Translator.evaluate` returns them; empty where nothing was measured.
    """
    if not metrics:
        return ["no test pairs, so nothing is measured; recurra evaluate does it on other pairs"]
    scores = [
        f"{name} {metrics[key]:.2f}"
        for key, name in (("bleu", "BLEU"), ("chrf", "chrF"))
        if metrics[key] is not None
    ]
    figures = [
        *scores,
        f"exact match {metrics['exact_match']:.2%}",
        f"perplexity {metrics['perplexity']:,.2f}",
        f"on {metrics['rows']:,} pairs, beam {metrics['beam']}",
    ]
    signature = [f"BLEU|{metrics['bleu_signature']}"] if metrics["bleu_signature"] else []
    return ["  ".join(figures), *signature, *([metrics["note"]] if metrics["note"] else [])]


def length_table(metrics: Metrics) -> Table:
    """Return the figures by length of the source."""
    from rich.table import Table

    by_length = metrics["by_length"]
    table = Table(f"{by_length['unit']} of the source", box=None, pad_edge=False)
    for title in ("pairs", "BLEU", "chrF", "exact match"):
        table.add_column(title, justify="right")
    for one in by_length["bins"]:
        shortest, longest = one["shortest"], one["longest"]
        table.add_row(
            str(shortest) if shortest == longest else f"{shortest} to {longest}",
            f"{one['rows']:,}",
            *("-" if one[key] is None else f"{one[key]:.2f}" for key in ("bleu", "chrf")),
            f"{one['exact_match']:.2%}",
        )
    return table


def error_lines(metrics: Metrics) -> list[str]:
    """Return the translations that are least like their references, four lines each."""
    return [
        f"{side:<12} {' '.join(one[side].split())}" if side else ""
        for one in metrics["errors"][:_SHOWN_ERRORS]
        for side in ("", "source", "reference", "translation")
    ]
