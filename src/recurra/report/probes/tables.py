"""The tables of a probe's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recurra.report.numbers import count, duration, percent, significant
from recurra.report.tables import Cell, ModelRow
from recurra.report.theme import model_colours
from recurra.study.probes import PROBLEMS, PUBLISHED, SOLVED, ProbeLine, ProbePoint

__all__ = [
    "Heading",
    "PointRow",
    "cells_of",
    "point_rows",
    "published_rows",
    "reach_rows",
    "reach_text",
    "task_headings",
    "tiles",
]


class Heading(NamedTuple):
    """The head of a column."""

    title: str
    hint: str


class PointRow(NamedTuple):
    """One task and length: what each cell makes of it."""

    task: str
    length: str
    chance: str
    cells: tuple[Cell, ...]


def cells_of(lines: Sequence[ProbeLine]) -> dict[str, dict[str, ProbeLine]]:
    """Return the lines by the cell's name and the task."""
    found: dict[str, dict[str, ProbeLine]] = {}
    for line in lines:
        found.setdefault(line.name, {})[line.probe] = line
    return found


def reach_text(line: ProbeLine) -> str:
    """Write the longest length that a cell solves, a dash for none."""
    return "–" if line.reach is None else count(line.reach)


def task_headings(lines: Sequence[ProbeLine]) -> list[Heading]:
    """Return the heads of the table of reaches: a task and its longest length each."""
    longest = {line.probe: line.points[-1].length for line in lines}
    return [Heading(PROBLEMS[task].title, f"up to {count(most)}") for task, most in longest.items()]


def reach_rows(lines: Sequence[ProbeLine]) -> list[ModelRow]:
    """Write the longest length that each cell solves on each task, whole reaches marked.

    Args:
        lines: The result of `probe_lines`.

    Returns:
        One row per cell.
    """
    tasks = list(dict.fromkeys(line.probe for line in lines))
    colours = model_colours(line.cell for line in lines)
    rows = []
    for name, found in cells_of(lines).items():
        first = next(iter(found.values()))
        cells = tuple(_reach_cell(found.get(task)) for task in tasks)
        rows.append(ModelRow(name, colours[first.cell].name, "", first.repeats, cells))
    return rows


def _reach_cell(line: ProbeLine | None) -> Cell:
    if line is None:
        return Cell("–", best=False)
    whole = line.breaks is None
    point = line.points[-1] if whole else _broken(line)
    below = f"{percent(max(0.0, point.skill), 0)} at {count(point.length)}"
    return Cell(reach_text(line), whole, below)


def _broken(line: ProbeLine) -> ProbePoint:
    return next(point for point in line.points if point.length == line.breaks)


def point_rows(lines: Sequence[ProbeLine]) -> list[PointRow]:
    """Write every figure: tasks and lengths down, cells across.

    Args:
        lines: The result of `probe_lines`, every cell on the same tasks.
    """
    rows = []
    for task in dict.fromkeys(line.probe for line in lines):
        found = [line for line in lines if line.probe == task]
        for points in zip(*(line.points for line in found), strict=True):
            first = points[0]
            written = tuple(_point_cell(task, point) for point in points)
            chance = _figure(task, first.chance)
            rows.append(PointRow(PROBLEMS[task].title, count(first.length), chance, written))
    return rows


def _point_cell(task: str, point: ProbePoint) -> Cell:
    steps = f"{count(point.updates)} steps" if point.learnt else "not learnt"
    return Cell(_figure(task, point.value), point.skill >= SOLVED, steps)


def _figure(task: str, value: float) -> str:
    """Write a squared error or a share of right answers."""
    return significant(value, 3) if PROBLEMS[task].outputs == 1 else percent(value)


def published_rows(lines: Sequence[ProbeLine]) -> list[tuple[str, str, str]]:
    """Return what is published on these tasks: a task, the figures of a source, the source."""
    tasks = {line.probe for line in lines}
    groups: dict[tuple[str, str], list[str]] = {}
    for one in PUBLISHED:
        if one.probe in tasks:
            figures = groups.setdefault((one.probe, f"{one.source}: {one.note}"), [])
            figures.append(f"{one.name} at {count(one.length)}: {one.figure}")
    return [
        (PROBLEMS[task].title, "; ".join(figures), source)
        for (task, source), figures in groups.items()
    ]


def tiles(lines: Sequence[ProbeLine]) -> list[tuple[str, str, str]]:
    """Pick the headline numbers: for each cell how many tasks it solves, and the time of all."""
    found = []
    for name, tasks in cells_of(lines).items():
        whole = sum(line.breaks is None for line in tasks.values())
        words = "tasks solved up to the longest length"
        found.append((name, f"{whole} of {len(tasks)}", words))
    seconds = sum(line.seconds * line.repeats for line in lines)
    return [*found[:4], ("Time", duration(seconds), "to learn and measure all of it")]
