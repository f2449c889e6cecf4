"""The network over time, as it is drawn on a board: steps side by side, layers upwards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from matplotlib.figure import Figure

from recurra.report.attention_plot import token_label
from recurra.report.canvas import new_figure, styled
from recurra.report.insight.board import Board
from recurra.report.insight.ink import Ink
from recurra.report.insight.rows import Row, network_stages
from recurra.report.insight.steps import step_names
from recurra.report.numbers import shorten, significant
from recurra.study.insight import Trace

__all__ = ["describe", "figure"]

_FIRST, _LAST = 5, 3  # steps drawn of a long input
_TOKENS = 28
_ANSWER = 34
_LINK = 40


@styled
def figure(trace: Trace) -> Figure | None:
    """Draw the network over the steps of the input.

    Args:
        trace: A look into a network.

    Returns:
        The figure; None where no step or no recurrent layer is known.
    """
    stages = [stage for stage in network_stages(trace) if stage.labels]
    if not stages:
        return None
    steps = [shown_steps(len(stage.labels)) for stage in stages]
    width = Board.width(max(map(len, steps)))
    tall = [sum(row.height for row in stage.rows) for stage in stages]
    height = _TOKENS * len(stages) + _LINK * (len(stages) - 1) + sum(tall) + _ANSWER
    drawing = new_figure(height, width)
    ink = Ink(drawing, width, height)
    bottom = 0.0
    for stage, shown in zip(stages, steps, strict=True):
        board = Board(ink, shown)
        if bottom:
            plain = takewhile(lambda row: not row.states, stage.rows)
            cells = bottom + _LINK + _TOKENS + sum(row.height for row in plain)
            board.link(bottom, cells, before=len(steps[0]))
            bottom += _LINK
        board.tokens(bottom + _TOKENS / 2 - 1, step_names(stage.labels))
        bottom += _TOKENS
        for row in stage.rows:
            board.row(row, bottom)
            bottom += row.height
    board.answer(bottom, answer_text(trace))
    ink.finish()
    return drawing


def shown_steps(time: int) -> list[int | None]:
    """Return the steps to draw; None stands for those left out.

    Args:
        time: How many steps there are.
    """
    if time <= _FIRST + _LAST + 1:
        return list(range(time))
    return [*range(_FIRST), None, *range(time - _LAST, time)]


def answer_text(trace: Trace) -> str:
    """Write the answer shortly: its first two parts."""
    parts = [
        f"{shorten(token_label(name), 18)} {significant(value, 3)}"
        for name, value in trace.answer[:2]
    ]
    more = ", …" if len(trace.answer) > 2 else ""
    return ", ".join(parts) + more if parts else "output"


def describe(trace: Trace) -> str:
    """Say in words what the drawing shows."""
    parts = [_words(row) for stage in network_stages(trace) for row in stage.rows]
    time = len(trace.labels)
    return (
        f"The network over {time} steps, from the input {_ends(step_names(trace.labels))} at the "
        f"bottom to the answer ({answer_text(trace)}) at the top. Layers: {'; '.join(parts)}. "
        "Every step uses the same weights."
    )


def _words(row: Row) -> str:
    return ", ".join((row.title, *row.lines))


def _ends(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
