"""The rows of the tables of a comparison of classifiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.numbers import (
    compact,
    count,
    duration,
    fixed,
    interval,
    megabytes,
    percent,
)
from recurra.report.tables import Column, ModelRow, model_rows
from recurra.report.theme import model_colours
from recurra.study.summary import ModelSummary, Record, summarise
from recurra.study.units import TEXTS, Unit, unit_of

__all__ = ["comparison_columns", "comparison_rows", "examples", "tiles"]

TOKENS = 90
"""The most tokens of an example that are shown."""

_COLUMNS: tuple[Column[ModelSummary], ...] = (
    Column(
        "Accuracy",
        "share of right answers",
        lambda one: one.accuracy,
        percent,
        max,
        lambda one: interval(one.low, one.high),
    ),
    Column("Macro F1", "mean over the classes", lambda one: one.macro_f1, fixed, max),
    Column("Log loss", "nats, lower is better", lambda one: one.log_loss, fixed),
    Column("Calibration error", "lower is better", lambda one: one.calibration_error, fixed),
    Column("Parameters", "", lambda one: one.parameters, count),
    Column("Per epoch", "", lambda one: one.seconds_per_epoch, duration),
    Column("Training", "all epochs", lambda one: one.training_seconds, duration),
    Column(
        "Prediction",
        "one text",
        lambda one: one.prediction_milliseconds,
        lambda value: (
            fixed(value, 2 if value is not None and value < 10 else 1)
            + ("" if value is None else "\u00a0ms")
        ),
    ),
    Column("Peak memory", "", lambda one: one.peak_memory_mb, megabytes),
)
_CONTEXT: Column[ModelSummary] = Column(
    "Context",
    "tokens that count",
    lambda one: one.effective_context,
    lambda value: fixed(value, 1 if value is not None and value % 1 else 0),
    None,
)


def comparison_columns(
    summaries: Sequence[ModelSummary], unit: Unit = TEXTS
) -> tuple[Column[ModelSummary], ...]:
    """Return the columns of the table of models.

    Args:
        summaries: One for each model.
        unit: What rows and their steps are called.

    Returns:
        The effective context among them where it is known of any.
    """
    known = any(one.effective_context is not None for one in summaries)
    hints = {"Prediction": f"one {unit.item}", "Context": f"{unit.steps} that count"}
    columns = (*_COLUMNS, _CONTEXT) if known else _COLUMNS
    return tuple(one._replace(hint=hints.get(one.title, one.hint)) for one in columns)


def comparison_rows(records: Sequence[Record]) -> list[ModelRow]:
    """Write every figure of every model, the best of each column marked.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, best accuracy first. Figures that read the same share the mark; a
        single model gets none.
    """
    summaries = summarise(records)
    colours = model_colours(record["model"] for record in records)
    return model_rows(summaries, comparison_columns(summaries, unit_of(records[0])), colours)


def tiles(records: Sequence[Record]) -> list[tuple[str, str, str]]:
    """Pick the headline numbers.

    Args:
        records: Records of one comparison.

    Returns:
        Three or four tiles: what it is, the number, a word on it.
    """
    summaries = summarise(records)
    leader = summaries[0]
    found = [("Best accuracy", percent(leader.accuracy), leader.name)]
    network = next((one for one in summaries if one.network), None)
    rival = next((one for one in summaries if one.family in _RIVALS), None)
    if network and rival:
        gap = 100 * (network.accuracy - rival.accuracy)
        title, whose = _RIVALS[rival.family]
        words = f"points, {network.name} against {whose}"
        found.append((title, f"{gap:+.1f}".replace("-", "−"), words))
    reader = next((one for one in summaries if one.family == "recurrent"), None)
    if reader and reader.accuracy_shuffled is not None:
        fall = 100 * (reader.accuracy_shuffled - reader.accuracy_in_order)
        words = f"points for {reader.name} when order is destroyed"
        found.append(("What order is worth", f"{fall:+.1f}".replace("-", "−"), words))
    shown = network or leader
    if shown.parameters is not None:
        words = f"parameters, {shown.name}"
        if shown.seconds_per_epoch is not None:
            words += f"; {duration(shown.seconds_per_epoch)} per epoch"
        found.append(("Size and time", compact(shown.parameters), words))
    return found


_RIVALS = {
    "linear": ("Best network against linear", "the linear baseline"),
    "frequent": ("Best network against counting", "the most frequent tag"),
    "neighbour": ("Best network against neighbours", "the nearest neighbour"),
}


def examples(data: Record) -> list[dict[str, Any]]:
    """Prepare example texts as the network reads them.

    Args:
        data: The `data` of a record.

    Returns:
        For each example its label, its tokens (at most 90) with a flag for unknown ones, and how
        many more there are.
    """
    return [
        {
            "label": example["label"],
            "tokens": [(_visible(token), token == "[UNK]") for token in example["tokens"][:TOKENS]],  # noqa: S105
            "more": max(0, len(example["tokens"]) - TOKENS),
        }
        for example in data.get("examples") or ()
    ]


def _visible(token: str) -> str:
    """Show a token that is only a space."""
    return token if token.strip() else "␣" * max(1, len(token))
