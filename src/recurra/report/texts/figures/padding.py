"""How much of a batch is padding, with and without sorting texts by length."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.canvas import TEXT, Look, styled
from recurra.report.figures.rows import BAR, MARK, percent_axis, row_axes, row_track
from recurra.report.numbers import percent
from recurra.report.theme import ACCENT, INK, MUTED, WARN, Colour
from recurra.study.summary import Record
from recurra.study.units import unit_of

__all__ = ["describe", "figure"]


def _shares(records: Sequence[Record]) -> list[tuple[str, float, Colour]]:
    data = records[0]["data"]
    rows = (
        (
            f"padding, batches of random {unit_of(records[0]).items}",
            "padding_share_unbucketed",
            MUTED,
        ),
        ("padding, batches of like lengths (used)", "padding_share", ACCENT),
        ("texts cut at the maximum length", "truncated_share", WARN),
        ("tokens outside the vocabulary", "unknown_share", WARN),
    )
    return [
        (words, float(data[key]), colour)
        for words, key, colour in rows
        if data.get(key) is not None
    ]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw the shares of padding, cut texts and unknown tokens.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None if the records hold no such share.
    """
    shares = _shares(records)
    if not shares:
        return None
    drawing, axes = row_axes(len(shares))
    percent_axis(axes, whole=True)
    across: Look = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": TEXT}
    for row, (words, share, colour) in enumerate(shares):
        place = row + MARK
        row_track(axes, row)
        axes.barh(place, share, height=BAR, color=colour.light, linewidth=0)
        axes.text(0, row + 0.26, words, ha="left", color=INK.light, **across)
        axes.text(1, row + 0.26, percent(share), ha="right", color=MUTED.light, **across)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    return "; ".join(f"{words}: {percent(share)}" for words, share, _ in _shares(records)) + "."
