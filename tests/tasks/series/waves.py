"""Small labelled sequences and estimators that train on them in moments."""

from __future__ import annotations

from typing import Any

import numpy as np

from recurra.tasks import SequenceClassifier, SequenceRegressor

SMALL: dict[str, Any] = {"units": 6, "epochs": 2, "batch_size": 8, "bidirectional": False}


def labelled(count: int = 24, seed: int = 0) -> tuple[list[np.ndarray], list[str]]:
    """Return waves that rise ("up") or fall ("down"), of 5 to 9 steps and two channels."""
    generator = np.random.default_rng(seed)
    rows, labels = [], []
    for k in range(count):
        time = np.linspace(-1, 1, generator.integers(5, 10))
        sign = 1 if k % 2 else -1
        row = np.stack([sign * time, generator.normal(size=len(time))], axis=1) * 50 + 300
        rows.append(row.astype(np.float32))
        labels.append("up" if k % 2 else "down")
    return rows, labels


def numbered(count: int = 24, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    """Return sequences with the mean of their first channel."""
    rows, _ = labelled(count, seed)
    shifts = np.random.default_rng(seed).normal(0, 40, count)
    rows = [row + np.float32(shift) for row, shift in zip(rows, shifts, strict=True)]
    return rows, np.array([float(row[:, 0].mean()) for row in rows])


def classifier(**options: Any) -> SequenceClassifier:
    return SequenceClassifier(**{**SMALL, **options})


def regressor(**options: Any) -> SequenceRegressor:
    return SequenceRegressor(**{**SMALL, **options})
