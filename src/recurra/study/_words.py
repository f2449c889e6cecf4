"""Words and sentences that verdicts share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, Self, TypeVar

__all__ = ["NBSP", "are", "lead", "listed", "percent", "rank_of_repeats", "repeat_limits"]

NBSP = "\u00a0"


class Repeated(Protocol):
    """A summary of a model's repeats."""

    @property
    def name(self) -> str:
        """The name to show."""

    @property
    def repeats(self) -> int:
        """How many records were averaged."""

    def overlaps(self, other: Self) -> bool:
        """Whether the two 95 % intervals share a value."""


T = TypeVar("T", bound=Repeated)


def are(names: Sequence[str]) -> str:
    """Return `is` for one name, `are` for several."""
    return "is" if len(names) == 1 else "are"


def lead(summaries: Sequence[T], reach: str, figure: Callable[[T], str]) -> str:
    """Say which model has the lowest error, and whether its interval keeps it apart.

    Args:
        summaries: One for each model, lowest error first.
        reach: The leader's error and interval, in words.
        figure: Writes a model's error.
    """
    leader, others = summaries[0], summaries[1:]
    if not others:
        return f"{leader.name} has {reach}; no other model was run beside it."
    rivals = [one.name for one in others if one.overlaps(leader)]
    if rivals:
        return (
            f"{leader.name} has the lowest mean, {reach}, but its interval overlaps "
            f"{'that' if len(rivals) == 1 else 'those'} of {listed(rivals)}: "
            "this run does not rank them."
        )
    return (
        f"{leader.name} leads with {reach}; its interval overlaps no other, the next is "
        f"{others[0].name} at {figure(others[0])}."
    )


def listed(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def percent(share: float, digits: int = 1) -> str:
    """Return `12.3 %`."""
    return f"{100 * share:.{digits}f}{NBSP}%"


def rank_of_repeats(best: T, others: Sequence[T], next_figure: str) -> str:
    """Say whether the intervals over the repeats rank the best model before the others.

    Args:
        best: The best of them.
        others: The others, at least one, the next best first.
        next_figure: The figure of the next best as written.
    """
    rivals = [one.name for one in others if one.overlaps(best)]
    if rivals:
        whose = f"that of {rivals[0]}" if len(rivals) == 1 else f"those of {listed(rivals)}"
        return f"The interval of {best.name} overlaps {whose}: this run does not rank them."
    return (
        f"The interval of {best.name} over {best.repeats} repeats overlaps no other network's; "
        f"the next is {others[0].name} at {next_figure}."
    )


def repeat_limits(repeats: int, other: str) -> list[str]:
    """Say what intervals over repeats do not show; nothing for one repeat.

    Args:
        repeats: How many there are.
        other: What they hold fixed, for example `"another text"`.
    """
    sentences = []
    if repeats > 1:
        sentences.append(
            f"Intervals over repeats (Student t, {repeats} seeds) show what another seed would "
            f"change, not what {other} would change."
        )
    if 1 < repeats < 4:
        sentences.append(
            f"With {repeats} repeats a t interval is very wide; five or more narrow it down."
        )
    return sentences
