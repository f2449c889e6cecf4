"""Attention as heat maps: what was read when each token was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from recurra.report.attention_plot import AttentionMap, attention_figure, token_label
from recurra.report.numbers import shorten
from recurra.report.translations.tables import shown_run
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

Matrix = Mapping[str, Any]


def figure(records: Sequence[Record]) -> Figure | None:
    """Draw the attention of the best network that has one, a map below the other.

    Args:
        records: Records of one comparison.

    Returns:
        The figure, wider than the others for long sources; None where no model attends.
    """
    matrices = shown_run(records, attentive=True)["attention"]
    if not matrices:
        return None
    return attention_figure(
        [
            AttentionMap(one["source_tokens"], one["target_tokens"], one["weights"])
            for one in matrices
        ]
    )


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    run = shown_run(records, attentive=True)
    parts = "; ".join(
        f"{_text(one['source_tokens'])} to {_text(one['target_tokens'])}, where "
        + ", ".join(f"{target} looks at {source}" for target, source in _strongest(one))
        for one in run["attention"]
    )
    return f"Attention of {run['name']}: {parts}."


def _strongest(matrix: Matrix) -> list[tuple[str, str]]:
    """Return the three most certain looks, as target and source token."""
    looks = [
        (max(weights), row, weights.index(max(weights)))
        for row, weights in enumerate(matrix["weights"])
    ]
    chosen = sorted(sorted(looks, key=lambda look: -look[0])[:3], key=lambda look: look[1])
    sources, targets = (
        [token_label(token) for token in matrix[key]] for key in ("source_tokens", "target_tokens")
    )
    return [(targets[row], sources[column]) for _, row, column in chosen]


def _text(tokens: Sequence[str]) -> str:
    return shorten("".join(tokens), 60)
