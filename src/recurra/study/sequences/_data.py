"""What records say of sequences of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import LengthStatistics, padding_share_unbucketed
from recurra.tasks.comparable_sequences import SequenceExamples

__all__ = ["drawn_values", "length_facts", "shown_examples"]

_SHOWN_EXAMPLES = 6
_SHOWN_STEPS = 120
_SHOWN_CHANNELS = 8
_DIGITS = 4


def length_facts(lengths: NDArray[np.int64], batch_size: int) -> dict[str, Any]:
    """Return lengths of training sequences as the report draws them.

    Args:
        lengths: Steps of each.
        batch_size: Of the training.
    """
    statistics = LengthStatistics()
    statistics.update(lengths)
    facts = statistics.to_dict()
    kept = {name: facts[name] for name in ("length", "length_histogram")}
    if lengths.min() == lengths.max():  # a single bar and no padding say nothing
        return {**kept, "length_histogram": None, "padding_share": None}
    return {**kept, "padding_share_unbucketed": padding_share_unbucketed(lengths, batch_size)}


def shown_examples(examples: SequenceExamples, rows: Sequence[int]) -> list[dict[str, Any]]:
    """Return sequences to draw, of different classes where there are some.

    Args:
        examples: All training sequences.
        rows: Those that may be shown.
    """
    chosen: list[int] = []
    seen: set[Any] = set()
    for row in rows:
        target = examples.targets[row].item()
        if examples.classes is None or target not in seen:
            chosen.append(row)
            seen.add(target)
        if len(chosen) == _SHOWN_EXAMPLES:
            break
    return [
        {"label": _label(examples, row), "values": drawn_values(examples.values[row])}
        for row in chosen
    ]


def drawn_values(values: NDArray[Any]) -> list[list[float | None]]:
    """Return a sequence small enough for a record: a list for each channel, null where missing.

    At most 120 steps and 8 channels are kept, evenly spaced.

    Args:
        values: Shape `(time, channels)`.
    """
    steps = _spaced(len(values), _SHOWN_STEPS)
    channels = _spaced(values.shape[1], _SHOWN_CHANNELS)
    return [
        [float(f"{v:.{_DIGITS}g}") if np.isfinite(v) else None for v in values[steps, k].tolist()]
        for k in channels
    ]


def _spaced(count: int, most: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def _label(examples: SequenceExamples, row: int) -> str:
    if examples.classes is None:
        return f"{examples.targets[row]:.6g}"
    return str(examples.classes[examples.targets[row]])
