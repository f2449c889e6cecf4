"""The pictures of a comparison of regressors: what each says, who draws it."""

from __future__ import annotations

from recurra.report.pictures import Picture
from recurra.report.regressions.figures import errors, learning, predicted

__all__ = ["PICTURES"]

PICTURES = (
    Picture(
        "errors",
        "Error on the test rows",
        "Root mean squared error in the numbers' unit. Bars begin at zero; lower is better. The "
        "upright line is the mean of the training for every row.",
        errors.figure,
        errors.describe,
        "comparison",
    ),
    Picture(
        "predicted",
        "Predicted over true",
        "A point for each test sequence, of the best network. On the line the answer is right.",
        predicted.figure,
        predicted.describe,
        "comparison",
    ),
    Picture(
        "losses",
        "Loss by epoch",
        "Mean squared error of the scaled numbers, same axes for all. The point marks the epoch "
        "whose weights were kept.",
        learning.LOSS.figure,
        learning.LOSS.describe,
        "training",
    ),
    Picture(
        "size_vs_error",
        "Parameters against error",
        "Down and to the left is better: less error from a smaller model. Hollow points are "
        "baselines.",
        learning.SIZE.figure,
        learning.SIZE.describe,
        "size",
    ),
    Picture(
        "time_vs_error",
        "Training time against error",
        "Until early stopping or the last epoch, mean of the repeats, on the machine that ran the "
        "comparison.",
        learning.TIME.figure,
        learning.TIME.describe,
        "size",
    ),
)
