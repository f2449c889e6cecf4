"""The pictures of a comparison of recognizers: what each says, who draws it."""

from __future__ import annotations

from recurra.report.pictures import Picture
from recurra.report.transcripts.figures import errors, learning

__all__ = ["PICTURES"]

PICTURES = (
    Picture(
        "errors",
        "Word error rate on the test clips",
        "Replaced, missing and added words for each word that was said. Bars begin at zero; lower "
        "is better. The upright line is one text for every clip.",
        errors.figure,
        errors.describe,
        "comparison",
    ),
    Picture(
        "losses",
        "Loss by epoch",
        "Nats for each clip over all alignments of its transcript, same axes for all. The point "
        "marks the epoch whose weights were kept.",
        learning.LOSS.figure,
        learning.LOSS.describe,
        "training",
    ),
    Picture(
        "size_vs_error",
        "Parameters against error",
        "Down and to the left is better: fewer wrong words from a smaller model. Hollow points "
        "are baselines.",
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
