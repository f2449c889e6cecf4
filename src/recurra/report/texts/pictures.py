"""The pictures of a comparison of classifiers: what each is called, what it says, who draws it."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.pictures import Picture
from recurra.report.texts.figures import (
    comparison,
    confusion,
    curves,
    inside,
    intervals,
    lengths,
    openness,
    order,
    padding,
    size,
)
from recurra.study.summary import Record
from recurra.study.units import TEXTS, Unit

__all__ = ["PICTURES", "pictures"]


_PICTURES: tuple[Picture[Sequence[Record]], ...] = (
    Picture(
        "comparison",
        "Accuracy on the test rows",
        "Bars begin at zero. The upright line is what a model reaches that always answers the "
        "most common class.",
        comparison.figure,
        comparison.describe,
        "comparison",
    ),
    Picture(
        "intervals",
        "Accuracy, closer",
        "The axis does not begin at zero. An interval that touches the band overlaps the "
        "leader's; hollow points are baselines.",
        intervals.figure,
        intervals.describe,
        "comparison",
    ),
    Picture(
        "curves",
        "Accuracy by epoch",
        "Where validation turns away from training, the network begins to learn its training "
        "rows by heart. The point marks the epoch whose weights were kept.",
        curves.ACCURACY.figure,
        curves.ACCURACY.describe,
        "training",
    ),
    Picture(
        "losses",
        "Loss by epoch",
        "Cross-entropy in nats, same axes for all. Loss often rises while accuracy still holds: "
        "the network grows too sure of its mistakes.",
        curves.LOSS.figure,
        curves.LOSS.describe,
        "training",
    ),
    Picture(
        "size_vs_accuracy",
        "Parameters against accuracy",
        "Up and to the left is better: more right answers from a smaller model. "
        "Hollow points are baselines.",
        size.SIZE.figure,
        size.SIZE.describe,
        "size",
    ),
    Picture(
        "time_vs_accuracy",
        "Training time against accuracy",
        "Until early stopping or the last epoch, mean of the repeats, on the machine that ran "
        "the comparison.",
        size.TIME.figure,
        size.TIME.describe,
        "size",
    ),
    Picture(
        "lengths",
        "Length of the training {items}",
        "Before any cut. The longest 0.5 % are not drawn.",
        lengths.figure,
        lengths.describe,
        "data",
    ),
    Picture(
        "padding",
        "Padding and loss of text",
        "Batches of like lengths spend less work on padding. Masks keep padding out of every "
        "result either way.",
        padding.figure,
        padding.describe,
        "data",
    ),
    Picture(
        "word_order",
        "Accuracy when order is destroyed",
        "The same rows, the {steps} of each {item} in random order. The longer the line, the "
        "more a model had used the order.",
        order.figure,
        order.describe,
        "order",
    ),
    Picture(
        "gradient_flows",
        "Gradients on their way back",
        "From the last step back through the recurrence alone. A straight line down vanishes, one "
        "up explodes; dashed is a cell with fresh weights in the place of the trained one.",
        inside.flows,
        inside.describe_flows,
        "memory",
    ),
    Picture(
        "memory",
        "How far back the input counts",
        "One {step} after the other is exchanged, here by its place from the end of the {item}, "
        "and the change of the probabilities measured.",
        inside.memory,
        inside.describe_memory,
        "memory",
    ),
    Picture(
        "gates",
        "Saturated gates",
        "How often a gate is shut (below 0.1) or open (above 0.9) while the network reads the "
        "example below, of all its units and steps.",
        inside.gates,
        inside.describe_gates,
        "memory",
    ),
    Picture(
        "gates_by_token",
        "Gates at each {step}",
        "How far each gate is open while the network reads the example below, mean of its units. "
        "A forget gate that stays open keeps, an update gate that stays open keeps too; dips are "
        "{steps} at which the network lets go.",
        openness.figure,
        openness.describe,
        "memory",
    ),
    Picture(
        "confusion",
        "Confusion matrix",
        "Rows are the true classes, columns the predicted ones. Each cell: number of test rows "
        "and their share of the row.",
        confusion.figure,
        confusion.describe,
        "confusion",
    ),
)


def pictures(unit: Unit) -> tuple[Picture[Sequence[Record]], ...]:
    """Return the pictures with the words for rows and steps.

    Args:
        unit: The words.
    """
    words = {name: getattr(unit, name) for name in ("item", "items", "step", "steps")}
    return tuple(
        one._replace(title=one.title.format(**words), caption=one.caption.format(**words))
        for one in _PICTURES
    )


PICTURES = pictures(TEXTS)
