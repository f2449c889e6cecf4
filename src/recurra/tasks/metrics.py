"""Metrics of classification, under the same plain names everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["calibration_error", "classification_metrics", "quick_metrics"]

_BINS = 15
_SMALLEST = 1e-7


def classification_metrics(
    codes: NDArray[np.int32], probabilities: NDArray[np.float32], classes: NDArray[Any]
) -> dict[str, Any]:
    """Measure predictions.

    Args:
        codes: True classes as positions, shape `(rows,)`.
        probabilities: Shape `(rows, classes)`.
        classes: The labels.

    Returns:
        `accuracy`, `macro_f1`, `log_loss` (nats), `calibration_error`, `per_class` (precision,
        recall, f1, support), `classes` and `confusion_matrix` (rows: true, columns: predicted), as
        JSON values.
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    predicted = probabilities.argmax(axis=1)
    positions = np.arange(len(classes))
    precision, recall, f1, support = precision_recall_fscore_support(
        codes, predicted, labels=positions, zero_division=0.0
    )
    return {
        **quick_metrics(codes, probabilities),
        "macro_f1": float(f1.mean()),
        "calibration_error": calibration_error(codes, probabilities),
        "per_class": {
            str(name): {
                "precision": float(precision[k]),
                "recall": float(recall[k]),
                "f1": float(f1[k]),
                "support": int(support[k]),
            }
            for k, name in enumerate(classes)
        },
        "classes": [str(name) for name in classes],
        "confusion_matrix": confusion_matrix(codes, predicted, labels=positions).tolist(),
    }


def quick_metrics(codes: NDArray[np.int32], probabilities: NDArray[np.float32]) -> dict[str, float]:
    """Return `accuracy` and `log_loss` (nats) alone."""
    chosen = probabilities[np.arange(len(codes)), codes].astype(np.float64)
    return {
        "accuracy": float((probabilities.argmax(axis=1) == codes).mean()),
        "log_loss": float(-np.log(np.clip(chosen, _SMALLEST, 1)).mean()),
    }


def calibration_error(codes: NDArray[np.int32], probabilities: NDArray[np.float32]) -> float:
    """Return the expected calibration error of the predicted class, 15 equal bins.

    The mean distance between confidence and accuracy, weighted by the rows in each bin
    (Guo et al. 2017, eq. 3).
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == codes
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(codes))
