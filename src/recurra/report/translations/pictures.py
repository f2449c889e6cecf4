"""The pictures of a comparison of translators: what each says, who draws it."""

from __future__ import annotations

from recurra.report.pictures import Picture
from recurra.report.translations.figures import attention, curves, lengths, quality, size

__all__ = ["PICTURES"]

PICTURES = (
    Picture(
        "quality",
        "Quality on the test pairs",
        "Bars begin at zero; higher is better. The upright line is the best baseline.",
        quality.figure,
        quality.describe,
        "comparison",
    ),
    Picture(
        "lengths",
        "Quality by length of the source",
        "About equally many pairs in each group. Without attention one state has to hold the whole "
        "source, however long. Dashed: baselines.",
        lengths.figure,
        lengths.describe,
        "comparison",
    ),
    Picture(
        "attention",
        "Attention",
        "A row for each token written, a column for each token read; the stronger the colour, the "
        "more that token was looked at. ␣ is a space, ∎ the end of a text.",
        attention.figure,
        attention.describe,
        "attention-maps",
    ),
    Picture(
        "losses",
        "Loss by epoch",
        "Nats per target token, same axes for all; label smoothing, where it is on, lifts the "
        "training line. The point marks the epoch whose weights were kept.",
        curves.LOSS.figure,
        curves.LOSS.describe,
        "training",
    ),
    Picture(
        "size_vs_quality",
        "Parameters against quality",
        "Up and to the left is better: more from a smaller model. Hollow points are baselines, "
        "their size the numbers they keep.",
        size.SIZE.figure,
        size.SIZE.describe,
        "size",
    ),
    Picture(
        "time_vs_quality",
        "Training time against quality",
        "Until early stopping or the last epoch, mean of the repeats, on the machine that ran the "
        "comparison.",
        size.TIME.figure,
        size.TIME.describe,
        "size",
    ),
)
