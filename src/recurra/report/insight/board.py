"""Draws the rows of a network over time: cells, arrows, the weights that all steps share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recurra.report.canvas import Look
from recurra.report.insight.ink import SMALL, Ink
from recurra.report.insight.rows import Row
from recurra.report.insight.scales import colour_map
from recurra.report.insight.steps import column_name
from recurra.report.theme import ACCENT, FAINT, INK, MUTED, PALE, PAPER
from recurra.study.insight import LayerTrace

__all__ = ["CARDS", "COLUMN", "Board"]

CARDS = 214
"""Width of the boxes with the weights, in CSS pixels."""
COLUMN = 82
"""Width of a step in CSS pixels."""

_BEGIN = CARDS + 44  # where the steps begin: before them, the state that the first cell gets
_CELL, _TALL = 48.0, 44.0
_FLOOR = 30.0  # room below the cells of one direction, for the weights' line
_STUB = 16.0  # what leads to the first cell
_SHIFT = 11  # how far the two directions stand apart, sideways
_IN = _SHIFT + 15  # where the input of the way back passes the way forward
_STRIP = 12  # units whose values a cell shows
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Board:
    """Rows of a network above each other, their steps side by side."""

    def __init__(self, ink: Ink, steps: Sequence[int | None]) -> None:
        """Begin to draw.

        Args:
            ink: What to draw with.
            steps: The steps drawn, from left to right; None stands for those left out.
        """
        self._ink = ink
        self._steps = steps
        self._there = [(place, step) for place, step in enumerate(steps) if step is not None]

    @staticmethod
    def width(columns: int) -> int:
        """Return the width of a board with some columns, in CSS pixels."""
        return _BEGIN + COLUMN * columns + 28

    def tokens(self, y: float, names: Sequence[str]) -> None:
        """Write the input's steps below everything, and how many are left out."""
        self._ink.text(CARDS - 8, y, "input", colour=MUTED.light, ha="right")
        for place, step in enumerate(self._steps):
            if step is not None:
                name, small = column_name(names[step])
                look: Look = {"size": SMALL - 1} if small else {"weight": "bold"}
                self._ink.text(self._x(place), y, name, linespacing=1.05, **look)
            else:
                text = f"… {len(names) - len(self._there)} more …"
                self._ink.text(self._x(place), y, text, size=SMALL, colour=MUTED.light)

    def row(self, row: Row, bottom: float) -> None:
        """Draw one layer.

        Args:
            row: The layer.
            bottom: Where it begins, in CSS pixels.
        """
        self._card(row, bottom)
        if len(row.states) == 2:
            self._both_ways(row, bottom)
        elif row.states:
            self._one_way(row, bottom)
        elif row.reads_steps and row.writes_steps:
            self._each_step(row, bottom)
        else:
            self._once(row, bottom)

    def answer(self, bottom: float, text: str) -> None:
        """Write the answer above everything."""
        wide = 18 + 8.2 * len(text)
        right = min(self._x(len(self._steps) - 1) + wide / 2, self.width(len(self._steps)) - 4)
        self._ink.box(right - wide, bottom, wide, 26, edge=INK.light, face=PAPER.light)
        self._ink.text(right - wide / 2, bottom + 13, text, weight="bold")

    def link(self, bottom: float, low: float, *, before: int) -> None:
        """Lead from the last step below to the first cell above: a decoder's initial state.

        Args:
            bottom: Where the steps below end, in CSS pixels.
            low: Where the row of the cells above begins.
            before: Columns of the steps below.
        """
        last, turn, level = self._x(before - 1), CARDS + 12, bottom + 14
        cell = self._x(0) - _CELL / 2 - _STUB
        y = low + _FLOOR + _TALL / 2
        self._ink.line((last, bottom), (last, level), (turn, level), (turn, y), (cell, y))
        text = "the last state, and what attention reads, go to the decoder"
        self._ink.text(turn + 12, level + 10, text, size=SMALL, colour=MUTED.light, ha="left")

    def _card(self, row: Row, bottom: float) -> None:
        """Write what a layer is, in the box that stands for its weights."""
        tall = 24 + 15 * len(row.lines)
        top = bottom + row.height / 2 + tall / 2
        edge = ACCENT.light if row.weights else PALE.light
        self._ink.box(4, top - tall, CARDS - 4, tall, edge=edge, face=PAPER.light)
        self._ink.text(14, top - 14, row.title, weight="bold", ha="left")
        for place, line in enumerate(row.lines):
            y = top - 31 - 15 * place
            self._ink.text(14, y, line, size=SMALL, colour=MUTED.light, ha="left")

    def _one_way(self, row: Row, bottom: float) -> None:
        (layer,) = row.states
        low, top = bottom + _FLOOR, bottom + row.height
        self._bus(row, low - 12, 8 - _CELL / 2)
        self._cells(layer, low, 0)
        for place, step in self._there:
            x = self._x(place)
            self._ink.arrow((x, bottom), (x, low))
            if row.writes_steps or self._is_end(layer, step):
                self._ink.arrow((x, low + _TALL), (x, top))

    def _both_ways(self, row: Row, bottom: float) -> None:
        """Draw the way forward below, to the left; the way back above, to the right."""
        onward, back = row.states
        low, high = bottom + 34, bottom + 112
        self._bus(row, low - 12, 8 - _CELL / 2 - _SHIFT)
        self._bus(row, high - 12, 8 - _CELL / 2 + _SHIFT)
        self._cells(onward, low, -_SHIFT)
        self._cells(back, high, _SHIFT)
        for place, _ in self._there:
            x, fork = self._x(place), bottom + 10
            self._ink.line((x, bottom), (x, fork))
            self._ink.arrow((x, fork), (x - _SHIFT, fork), (x - _SHIFT, low))
            self._ink.arrow((x, fork), (x + _IN, fork), (x + _IN, high))
        self._join(row, bottom, low + _TALL, high + _TALL)

    def _join(self, row: Row, bottom: float, onward: float, back: float) -> None:
        """Lead both directions into one: at every step, or from where each of them ends."""
        top = bottom + row.height
        bar = top - 16
        if row.writes_steps:
            ends = [(self._x(place), self._x(place)) for place, _ in self._there]
        else:
            ends = [(self._x(len(self._steps) - 1), self._x(0))]
        for forward_x, back_x in ends:
            left, right = (forward_x - _IN, onward), (back_x + _SHIFT, back)
            self._ink.line(left, (left[0], bar), (right[0], bar), right)
            self._ink.arrow((forward_x, bar), (forward_x, top))

    def _each_step(self, row: Row, bottom: float) -> None:
        low, tall, top = bottom + 24, 26, bottom + row.height
        if row.weights:
            self._bus(row, low - 11, 8 - _CELL / 2)
        for place, step in enumerate(self._steps):
            x = self._x(place)
            if step is None:
                self._ink.text(x, low + tall / 2, "…", colour=MUTED.light)
                continue
            self._ink.arrow((x, bottom), (x, low))
            self._ink.box(x - _CELL / 2, low, _CELL, tall, edge=MUTED.light, face=FAINT.light)
            self._ink.text(x, low + tall / 2, row.vector, size=SMALL)
            self._ink.arrow((x, low + tall), (x, top))

    def _once(self, row: Row, bottom: float) -> None:
        """Draw a layer that is there once: over all steps, or after the last one."""
        low, tall = bottom + 22, 28
        last = self._x(len(self._steps) - 1)
        half = max(_CELL, 7.0 * len(row.vector) + 6) / 2
        left = (self._x(0) if row.reads_steps else last) - half
        if row.weights:
            y = low + tall / 2
            self._ink.arrow((CARDS, y), (left, y), colour=ACCENT.light)
        for place, _ in self._there if row.reads_steps else self._there[-1:]:
            self._ink.arrow((self._x(place), bottom), (self._x(place), low))
        wide = last + half - left
        self._ink.box(left, low, wide, tall, edge=MUTED.light, face=FAINT.light)
        self._ink.text(left + wide / 2, low + tall / 2, row.vector, size=SMALL)
        self._ink.arrow((last, low + tall), (last, bottom + row.height))

    def _cells(self, layer: LayerTrace, low: float, shift: float) -> None:
        """Draw the cells of one direction, their states and what is handed on."""
        shown = _strip(layer)
        ways = (-6, 6) if layer.cell_state is not None else (0,)
        for place, step in enumerate(self._steps):
            x, y = self._x(place) + shift, low + _TALL / 2
            if step is None:
                self._ink.text(x, y, "…", colour=MUTED.light)
            else:
                self._cell(x - _CELL / 2, low, shown[step], _state_name(step))
            for way in ways:
                self._carry(place, x, y + way, backwards=layer.backwards)
        self._begin(layer, low + _TALL, shift)

    def _begin(self, layer: LayerTrace, y: float, shift: float) -> None:
        """Write what is handed on, where it begins."""
        sign = 1 if layer.backwards else -1
        first = self._x(len(self._steps) - 1 if layer.backwards else 0) + shift
        carried = "h, c" if layer.cell_state is not None else "h"
        x = first + sign * (_CELL / 2 + 12)
        self._ink.text(x, y, carried, size=SMALL, colour=MUTED.light)

    def _cell(self, left: float, low: float, values: NDArray[np.float64], name: str) -> None:
        self._ink.box(left, low, _CELL, _TALL, edge=INK.light, face=PAPER.light)
        self._ink.text(left + _CELL / 2, low + 31, name, size=12)
        wide = (_CELL - 8) / len(values)
        for place, colour in enumerate(colour_map("signed")((values + 1) / 2)):
            self._ink.tile(left + 4 + place * wide, low + 5, wide, 13, tuple(colour[:3]))

    def _carry(self, place: int, x: float, y: float, *, backwards: bool) -> None:
        """Draw what a cell is handed by the one before; the first is handed zeros."""
        sign = -1 if backwards else 1
        before = place - sign
        if 0 <= before < len(self._steps):
            start = x - sign * (COLUMN - self._half(before))
        else:
            start = x - sign * (self._half(place) + _STUB)
        self._ink.arrow((start, y), (x - sign * self._half(place), y))

    def _half(self, place: int) -> float:
        return _CELL / 2 if self._steps[place] is not None else 12.0

    def _bus(self, row: Row, y: float, tap: float) -> None:
        """Draw one line from the weights to every cell: they are the same at each step."""
        if not row.weights:
            return
        self._ink.line((CARDS, y), (self._x(len(self._steps) - 1) + tap, y), colour=ACCENT.light)
        for place, _ in self._there:
            x = self._x(place) + tap
            self._ink.arrow((x, y), (x, y + 12), colour=ACCENT.light)

    def _is_end(self, layer: LayerTrace, step: int) -> bool:
        return step == self._there[0 if layer.backwards else -1][1]

    def _x(self, place: int) -> float:
        return _BEGIN + COLUMN * (place + 0.5)


def _strip(layer: LayerTrace) -> NDArray[np.float64]:
    """Pick units from all over the clustered order, `(time, at most 12)`."""
    places = np.linspace(0, layer.units - 1, min(_STRIP, layer.units)).round().astype(int)
    chosen = np.nan_to_num(layer.hidden[:, layer.unit_order[places]].astype(float))
    clipped: NDArray[np.float64] = np.clip(chosen, -1, 1)
    return clipped


def _state_name(step: int) -> str:
    return "h" + str(step + 1).translate(_SUBSCRIPTS)
