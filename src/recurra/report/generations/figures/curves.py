"""The loss of language models by epoch."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.curves import Groups, Metric, describe_curves, draw_curves, trained
from recurra.report.numbers import fixed
from recurra.report.theme import model_colours
from recurra.study.generation_summary import summarise_generators
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_LOSS = Metric("loss", fixed)


def figure(records: Sequence[Record]) -> Figure | None:
    """Draw the loss by epoch, training and validation; None if no model was trained in epochs."""
    colours = model_colours(record["model"] for record in records)
    return draw_curves(_groups(records), colours, _LOSS)


def describe(records: Sequence[Record]) -> str:
    """Say in words what the loss curves show."""
    return describe_curves(_groups(records), _LOSS)


def _groups(records: Sequence[Record]) -> Groups:
    return trained(records, [one.model for one in summarise_generators(records)])
