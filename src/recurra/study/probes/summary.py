"""A probe's records reduced to one line for each task and cell, and said in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from recurra.errors import UsageError
from recurra.study._words import NBSP, listed
from recurra.study.probes._training import SOLVED
from recurra.study.probes.problems import PROBLEMS
from recurra.study.summary import Record

__all__ = ["ProbeLine", "ProbePoint", "ProbeVerdict", "probe_lines", "probe_verdict"]


@dataclass(frozen=True, slots=True)
class ProbePoint:
    """One length, over the repeats.

    Attributes:
        length: The length.
        skill: Mean share of what chance gets wrong that is right.
        low: The least of the repeats.
        high: The best of the repeats.
        value: Mean squared error, or share of right answers.
        chance: The same by chance.
        learnt: Whether any repeat learnt at this length, rather than only being measured.
        updates: Mean steps of training.
    """

    length: int
    skill: float
    low: float
    high: float
    value: float
    chance: float
    learnt: bool
    updates: float


@dataclass(frozen=True, slots=True)
class ProbeLine:
    """One cell on one task.

    Attributes:
        probe: The task.
        cell: Key of the cell.
        name: Its name to show.
        repeats: How many records were averaged.
        parameters: Weights of the network.
        seconds: Mean time of training and measuring.
        points: By length, growing.
    """

    probe: str
    cell: str
    name: str
    repeats: int
    parameters: int
    seconds: float
    points: tuple[ProbePoint, ...]

    @property
    def reach(self) -> int | None:
        """The longest length up to which every one is solved; None where the first is not."""
        reach = None
        for point in self.points:
            if point.skill < SOLVED:
                break
            reach = point.length
        return reach

    @property
    def breaks(self) -> int | None:
        """The first length that is not solved; None where all are."""
        return next((point.length for point in self.points if point.skill < SOLVED), None)


@dataclass(frozen=True, slots=True)
class ProbeVerdict:
    """The sentences of a probe.

    Attributes:
        headline: Which cells reach how far.
        findings: Task by task.
        limits: What the figures do not show.
    """

    headline: str
    findings: tuple[str, ...]
    limits: tuple[str, ...]


def probe_lines(records: Sequence[Record]) -> list[ProbeLine]:
    """Reduce the records of a probe to one line for each task and cell.

    Args:
        records: Records of one probe, in any order of the repeats.

    Returns:
        The lines, in the order of the tasks and cells among the records.

    Raises:
        UsageError: If there are no records.
    """
    if not records:
        raise UsageError("no records to summarise: expected some of `recurra.probe`")
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["model"], []).append(record)
    return [_line(group) for group in groups.values()]


def _line(group: Sequence[Record]) -> ProbeLine:
    first = group[0]
    points = zip(*(record["points"] for record in group), strict=True)
    return ProbeLine(
        probe=first["probe"],
        cell=first["cell"],
        name=first["name"],
        repeats=len(group),
        parameters=first["parameters"],
        seconds=fmean(record["training_seconds"] for record in group),
        points=tuple(map(_point, points)),
    )


def _point(runs: Sequence[Record]) -> ProbePoint:
    skills = [run["skill"] for run in runs]
    return ProbePoint(
        length=runs[0]["length"],
        skill=fmean(skills),
        low=min(skills),
        high=max(skills),
        value=fmean(run["value"] for run in runs),
        chance=fmean(run["chance"] for run in runs),
        learnt=any(run["learnt"] for run in runs),
        updates=fmean(run["updates"] for run in runs),
    )


def probe_verdict(lines: Sequence[ProbeLine]) -> ProbeVerdict:
    """Say where each cell breaks, and what that does not show.

    Args:
        lines: The result of `probe_lines`.

    Returns:
        The sentences.

    Raises:
        UsageError: If there are no lines.
    """
    if not lines:
        raise UsageError("no lines to judge: expected the result of `probe_lines`")
    tasks = list(dict.fromkeys(line.probe for line in lines))
    findings = tuple(
        _finding(task, [line for line in lines if line.probe == task]) for task in tasks
    )
    return ProbeVerdict(_headline(lines, len(tasks)), findings, _limits(lines))


def _headline(lines: Sequence[ProbeLine], tasks: int) -> str:
    names = list(dict.fromkeys(line.name for line in lines))
    whole = {
        name: sum(line.breaks is None for line in lines if line.name == name) for name in names
    }
    word = "the task" if tasks == 1 else f"the {tasks} tasks"
    all_of_it = [name for name in names if whole[name] == tasks]
    others = [name for name in names if whole[name] < tasks]
    if not others:
        return f"{listed(names)} solve{_s(names)} {word} up to the longest length."
    rest = "; ".join(
        f"{name} breaks on {tasks - whole[name]} of {tasks}" if tasks > 1 else f"{name} breaks"
        for name in others
    )
    if not all_of_it:
        return f"No cell solves {word} up to the longest length: {rest}."
    return f"{listed(all_of_it)} solve{_s(all_of_it)} {word} up to the longest length; {rest}."


def _finding(task: str, lines: Sequence[ProbeLine]) -> str:
    problem = PROBLEMS[task]
    longest = lines[0].points[-1].length
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(_reach_words(line, longest), []).append(line.name)
    words = "; ".join(f"{listed(names)} {text}" for text, names in groups.items())
    return f"{problem.title} ({problem.unit}): {words}."


def _reach_words(line: ProbeLine, longest: int) -> str:
    if line.breaks is None:
        return f"to the longest length, {longest}"
    broken = next(point for point in line.points if point.length == line.breaks)
    at = f"({100 * max(0.0, broken.skill):.0f}{NBSP}% at {broken.length})"
    return f"not at all {at}" if line.reach is None else f"to {line.reach} {at}"


def _limits(lines: Sequence[ProbeLine]) -> tuple[str, ...]:
    once = max(line.repeats for line in lines) == 1
    return (
        "A length is solved where nine tenths of what chance gets wrong are right; that share is "
        "what the figures give. A cell that breaks did not learn to go further in these steps, "
        "with these units and this rate: it is no proof that it cannot.",
        "Lengths grow, and each goes on with the weights of the one before. That is easier than "
        "learning a long length from scratch, as most of the published figures do.",
        "One training of each: another seed can move a break by a length; --repeats says how much."
        if once
        else "Where the repeats differ much, the mean hides it: look at their range.",
    )


def _s(names: Sequence[str]) -> str:
    return "s" if len(names) == 1 else ""
