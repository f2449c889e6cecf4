"""Predicted numbers over the true ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from recurra.report.canvas import axis, new_figure, styled
from recurra.report.tables import best_network
from recurra.report.theme import INK, model_colours
from recurra.study.sequences.summary import summarise_regressors
from recurra.study.summary import Record

__all__ = ["describe", "figure", "shown_run"]

_SIDE = 300


def shown_run(records: Sequence[Record]) -> Record:
    """Return the first run of the best network, or of the best model where there is none."""
    best = best_network(summarise_regressors(records))
    return next(record for record in records if record["model"] == best.model)


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw a point for each test sequence of the best network; on the line it is right."""
    run = shown_run(records)
    if not run.get("pairs"):
        return None
    pairs = np.array(run["pairs"])
    colour = model_colours(record["model"] for record in records)[run["model"]].light
    drawing = new_figure(_SIDE)
    axes = axis(drawing.add_subplot(), "y")
    ends = [pairs.min(), pairs.max()]
    axes.plot(ends, ends, color=INK.light, linewidth=1)
    axes.plot(pairs[:, 0], pairs[:, 1], "o", color=colour, markersize=4, alpha=0.6)
    axes.set_xlabel("true")
    axes.set_ylabel(f"predicted by {run['name']}")
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    run = shown_run(records)
    count = len(run.get("pairs") or ())
    return (
        f"{count} numbers predicted by {run['name']} over the true ones; mean absolute error "
        f"{run['mae']:.4g}."
    )
