"""Figures of language models in words and tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["figures_line", "score_line", "score_table"]

Metrics = Mapping[str, Any]


def figures_line(metrics: Metrics) -> str:
    """Return the figures in one line.

    Args:
        metrics: As `TextGenerator.evaluate` returns them; with the `part` of the text, if any.
    """
    part = f" of the {metrics['part']} part" if "part" in metrics else ""
    unknown = f", {metrics['unknown']:,} tokens unknown" if metrics["unknown"] else ""
    return "  ".join(
        [
            f"{metrics['nats_per_token']:.4f} nats a token",
            *_shared(metrics),
            f"on {metrics['characters']:,} characters{part}{unknown}",
        ]
    )


def score_line(score: Metrics) -> str:
    """Return what a scored text costs, in one line."""
    number = len(score["tokens"])
    tokens = f"{number:,} token{'s' if number != 1 else ''}"
    return "  ".join([f"log-probability {-score['nats']:.4f}", *_shared(score), f"of {tokens}"])


def score_table(score: Metrics) -> Table:
    """Return the log-probability and the probability of each token."""
    from rich.table import Table

    table = Table("token", box=None, pad_edge=False)
    for title in ("log-probability", "probability"):
        table.add_column(title, justify="right")
    for one in score["tokens"]:
        token = json.dumps(one["token"], ensure_ascii=False)
        table.add_row(token, f"{one['log_probability']:.4f}", f"{one['probability']:.4f}")
    return table


def _shared(metrics: Metrics) -> list[str]:
    perplexity, bits = metrics["perplexity"], metrics.get("bits_per_character")
    return [
        "perplexity beyond any number" if perplexity is None else f"perplexity {perplexity:,.2f}",
        *([] if bits is None else [f"{bits:.4f} bits a character"]),
    ]
