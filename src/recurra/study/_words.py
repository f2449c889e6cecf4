"""Words and sentences that verdicts share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

__all__ = ["NBSP", "are", "listed", "percent", "rank_of_repeats", "repeat_limits"]

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
