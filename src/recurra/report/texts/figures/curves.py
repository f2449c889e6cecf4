"""Accuracy and loss of classifiers by epoch."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.curves import Groups, Metric, describe_curves, draw_curves, trained
from recurra.report.numbers import fixed, percent
from recurra.report.theme import model_colours
from recurra.study.summary import Record, summarise

__all__ = ["accuracy_figure", "describe_accuracy", "describe_loss", "loss_figure"]

_ACCURACY = Metric("accuracy", percent, share=True)
_LOSS = Metric("loss", fixed)


def accuracy_figure(records: Sequence[Record]) -> Figure | None:
    """Draw accuracy by epoch, training and validation; None if no model was trained in epochs."""
    return _figure(records, _ACCURACY)


def loss_figure(records: Sequence[Record]) -> Figure | None:
    """Draw the loss by epoch, training and validation; None if no model was trained in epochs."""
    return _figure(records, _LOSS)


def describe_accuracy(records: Sequence[Record]) -> str:
    """Say in words what the accuracy curves show."""
    return describe_curves(_groups(records), _ACCURACY)


def describe_loss(records: Sequence[Record]) -> str:
    """Say in words what the loss curves show."""
    return describe_curves(_groups(records), _LOSS)


def _groups(records: Sequence[Record]) -> Groups:
    return trained(records, [one.model for one in summarise(records)])


def _figure(records: Sequence[Record], metric: Metric) -> Figure | None:
    colours = model_colours(record["model"] for record in records)
    return draw_curves(_groups(records), colours, metric)
