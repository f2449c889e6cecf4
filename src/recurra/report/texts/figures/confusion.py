"""The confusion matrix of one run: counts, and shares of each true class."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from recurra.report.canvas import TEXT, WIDTH, Look, new_figure, styled
from recurra.report.numbers import shorten
from recurra.report.theme import ACCENT, INK, MUTED, ON_ACCENT
from recurra.study.summary import Record, summarise
from recurra.study.units import unit_of

__all__ = ["describe", "figure", "shown_run"]

_FEW = 5
_CELL = (46, 38)
_DARK = 0.6
"""From this shade on, the words in a cell take the light ink."""


def shown_run(records: Sequence[Record]) -> Record:
    """The run to look at closely: the best network's repeat of median accuracy.

    Args:
        records: Records of one comparison.

    Returns:
        One record: of the network of the highest mean accuracy, or of the linear baseline if it
        stands alone. The median repeat is a typical one; the best would flatter.
    """
    summaries = summarise(records)
    best = next((one for one in summaries if one.network), summaries[0])
    runs = [record for record in records if record["model"] == best.model]
    return sorted(runs, key=lambda run: (run["accuracy"], run["repeat"]))[(len(runs) - 1) // 2]


@styled
def figure(records: Sequence[Record]) -> Figure:
    """Draw the confusion matrix of the run that `shown_run` picks.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; wider than the others from six classes on.
    """
    run = shown_run(records)
    matrix, size = run["confusion_matrix"], len(run["classes"])
    few = size <= _FEW
    names = [shorten(str(name), 14) for name in run["classes"]]
    margin = 9 * max(map(len, names)) + 40
    upright = not few or max(map(len, names)) > 40 // size
    width = WIDTH if few else max(WIDTH, margin + _CELL[0] * size)
    height = (300 if few else _CELL[1] * size) + (margin if upright else 50)
    drawing = new_figure(height, width)
    axes = drawing.add_subplot()
    for row, counts in enumerate(matrix):
        total = sum(counts)
        for column, cell in enumerate(counts):
            _cell(axes, (row, column), cell, cell / total if total else 0.0, few)
    _axes(axes, names, upright)
    return drawing


def _cell(axes: Axes, place: tuple[int, int], cell: float, share: float, few: bool) -> None:
    row, column = place
    corner = (column + 0.02, row + 0.02)
    axes.add_patch(
        Rectangle(corner, 0.96, 0.96, color=ACCENT.light, alpha=_shade(share), linewidth=0)
    )
    ink = ON_ACCENT.light if _shade(share) > _DARK else INK.light
    common: Look = {"ha": "center", "va": "center", "color": ink}
    if not cell:
        axes.text(
            column + 0.5, row + 0.5, "0", fontsize=TEXT - 2, **{**common, "color": MUTED.light}
        )
        return
    large, small = (18, TEXT) if few else (TEXT, 11)
    shown = f"{100 * share:.1f} %" if few else _whole(share)
    axes.text(column + 0.5, row + (0.43 if few else 0.33), f"{cell:,.0f}", fontsize=large, **common)
    axes.text(column + 0.5, row + (0.62 if few else 0.70), shown, fontsize=small, **common)


def _shade(share: float) -> float:
    """Ink of a cell: the root lets single mistakes show beside a full diagonal."""
    return float(0.04 + 0.92 * share**0.65)


def _whole(share: float) -> str:
    return "<1 %" if share < 0.005 else f"{100 * share:.0f} %"


def _axes(axes: Axes, names: Sequence[str], upright: bool) -> None:
    size = len(names)
    axes.set_xlim(0, size)
    axes.set_ylim(size, 0)
    axes.spines[:].set_visible(False)
    turn: Look = {"rotation": 90} if upright else {}
    centres = [place + 0.5 for place in range(size)]
    axes.set_xticks(centres, names, color=INK.light, **turn)
    axes.set_yticks(centres, names, color=INK.light)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("predicted", labelpad=8, loc="left")
    axes.set_ylabel("true", labelpad=6, loc="top")


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    run = shown_run(records)
    matrix, classes = run["confusion_matrix"], run["classes"]
    wrong = [
        (cell, classes[row], classes[column])
        for row, counts in enumerate(matrix)
        for column, cell in enumerate(counts)
        if row != column and cell
    ]
    words = f"Confusion matrix of {run['name']} over {len(classes)} classes."
    if not wrong:
        return f"{words} No mistakes."
    cell, true, predicted = max(wrong, key=lambda entry: entry[0])
    items = unit_of(run).items
    return f"{words} Most common mistake: {cell:,.0f} {items} of {true} taken for {predicted}."
