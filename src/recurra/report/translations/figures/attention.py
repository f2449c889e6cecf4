"""Attention as heat maps: what was read when each token was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from recurra.report.canvas import TEXT, WIDTH, Look, new_figure, styled
from recurra.report.numbers import shorten
from recurra.report.theme import ACCENT, FAINT, INK
from recurra.report.translations.tables import shown_run
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_CELL = 21
_GLYPH = 8.2  # mean width of a character of DejaVu Sans at the text's size, CSS pixels
_LABEL = 14  # characters
_GAP = 26
_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}

Matrix = Mapping[str, Any]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw the attention of the best network that has one, a map below the other.

    Args:
        records: Records of one comparison.

    Returns:
        The figure, wider than the others for long sources; None where no model attends.
    """
    matrices = shown_run(records, attentive=True)["attention"]
    if not matrices:
        return None
    above = [_room(one["source_tokens"]) for one in matrices]
    left = max(_room(one["target_tokens"]) for one in matrices)
    columns = max(len(one["source_tokens"]) for one in matrices)
    heights = [
        room + _CELL * len(one["target_tokens"]) for room, one in zip(above, matrices, strict=True)
    ]
    width = max(WIDTH, left + _CELL * columns + 8)
    height = sum(heights) + _GAP * (len(matrices) - 1) + 8
    drawing = new_figure(height, width)
    drawing.set_layout_engine("none")  # places are counted in cells
    top = float(height - 4)
    for one, room, tall in zip(matrices, above, heights, strict=True):
        across, down = _CELL * len(one["source_tokens"]), tall - room
        box = (left / width, (top - tall) / height, across / width, down / height)
        _draw(drawing.add_axes(box), one)
        top -= tall + _GAP
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    run = shown_run(records, attentive=True)
    parts = "; ".join(
        f"{_text(one['source_tokens'])} to {_text(one['target_tokens'])}, where "
        + ", ".join(f"{target} looks at {source}" for target, source in _strongest(one))
        for one in run["attention"]
    )
    return f"Attention of {run['name']}: {parts}."


def _draw(axes: Axes, matrix: Matrix) -> None:
    sources, targets = (_labels(matrix[key]) for key in ("source_tokens", "target_tokens"))
    axes.set_xlim(0, len(sources))
    axes.set_ylim(len(targets), 0)
    for row, weights in enumerate(matrix["weights"]):
        for column, weight in enumerate(weights):
            place = (column + 0.04, row + 0.04)
            # An ink of its own opacity, not a colour map: the page's dark mode changes the ink.
            axes.add_patch(Rectangle(place, 0.92, 0.92, color=FAINT.light, alpha=0.5, linewidth=0))
            if weight >= 0.01:
                look: Look = {"color": ACCENT.light, "alpha": float(weight), "linewidth": 0}
                axes.add_patch(Rectangle(place, 0.92, 0.92, **look))
    upright = max(map(len, sources)) > 1
    turn: Look = {"rotation": 90} if upright else {}
    axes.xaxis.tick_top()
    axes.set_xticks([n + 0.5 for n in range(len(sources))], sources, color=INK.light, **turn)
    axes.set_yticks([n + 0.5 for n in range(len(targets))], targets, color=INK.light)
    axes.tick_params(pad=3)


def _strongest(matrix: Matrix) -> list[tuple[str, str]]:
    """Return the three most certain looks, as target and source token."""
    looks = [
        (max(weights), row, weights.index(max(weights)))
        for row, weights in enumerate(matrix["weights"])
    ]
    chosen = sorted(sorted(looks, key=lambda look: -look[0])[:3], key=lambda look: look[1])
    sources, targets = (_labels(matrix[key]) for key in ("source_tokens", "target_tokens"))
    return [(targets[row], sources[column]) for _, row, column in chosen]


def _room(tokens: Sequence[str]) -> float:
    """Return the length of the longest label in CSS pixels; wide scripts need twice the room."""
    longest = max(sum(1 + (sign > "\u2e7f") for sign in label) for label in _labels(tokens))
    return max(longest * _GLYPH, TEXT) + 10


def _labels(tokens: Sequence[str]) -> list[str]:
    return [_visible(token) for token in tokens]


def _visible(token: str) -> str:
    """Return a token as it can be seen: no word begins with a space, no sign is invisible."""
    text = token.strip() or token
    text = "".join(_VISIBLE.get(sign, sign) for sign in text)
    return shorten(text, _LABEL) if text else "∅"


def _text(tokens: Sequence[str]) -> str:
    return shorten("".join(tokens), 60)
