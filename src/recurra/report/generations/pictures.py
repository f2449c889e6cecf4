"""The pictures of a comparison of language models: what each says, who draws it."""

from __future__ import annotations

from recurra.report.generations.figures import bits, curves, positions, size
from recurra.report.pictures import Picture

__all__ = ["PICTURES"]

PICTURES = (
    Picture(
        "bits",
        "Bits per character on the test text",
        "Lower is better: so many bits a perfect compressor would need with this model. The "
        "upright line is the n-gram model.",
        bits.figure,
        bits.describe,
        "comparison",
    ),
    Picture(
        "positions",
        "Loss by place in the text",
        "Pieces of the test text, each read from an empty state. A line that still falls at its "
        "right end has use for what was read long ago; n-grams forget at once.",
        positions.figure,
        positions.describe,
        "comparison",
    ),
    Picture(
        "losses",
        "Loss by epoch",
        "Nats per token, same axes for all. The point marks the epoch whose weights were kept. "
        "Dropout, where it is on, lifts the training line above the other.",
        curves.LOSS.figure,
        curves.LOSS.describe,
        "training",
    ),
    Picture(
        "size_vs_bits",
        "Parameters against loss",
        "Down and to the left is better: less loss from a smaller model. Of the hollow point the "
        "n-grams are counted.",
        size.SIZE.figure,
        size.SIZE.describe,
        "size",
    ),
    Picture(
        "time_vs_bits",
        "Training time against loss",
        "Until early stopping or the last epoch, mean of the repeats, on the machine that ran the "
        "comparison.",
        size.TIME.figure,
        size.TIME.describe,
        "size",
    ),
)
