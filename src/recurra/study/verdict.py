"""What a comparison says, in sentences, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.errors import UsageError
from recurra.study._words import NBSP, are, listed
from recurra.study.summary import ModelSummary, wilson_interval
from recurra.study.units import TEXTS, Unit

__all__ = ["Verdict", "verdict"]

SMALL_LOSS = 0.02
"""A fall below two points under shuffling is called small."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentences of a comparison.

    Attributes:
        headline: One or two sentences: which model leads and by how safe a margin.
        findings: Leader against the best baseline, order-blind against recurrent networks.
        order: What happened when the steps of the test rows were shuffled.
        limits: What the figures do not show.
    """

    headline: str
    findings: tuple[str, ...]
    order: tuple[str, ...]
    limits: tuple[str, ...]

    def __str__(self) -> str:
        """All sentences as one paragraph."""
        return " ".join((self.headline, *self.findings, *self.order, *self.limits))


def verdict(summaries: Sequence[ModelSummary], unit: Unit = TEXTS) -> Verdict:
    """Say which model leads, how safely, against what, and what that does not show.

    Args:
        summaries: The result of `summarise`, highest accuracy first.
        unit: What rows and their steps are called.

    Returns:
        The sentences.

    Raises:
        UsageError: If there are no summaries.
    """
    if not summaries:
        raise UsageError("no summaries to judge: expected the result of `summarise`")
    findings = (*_against_baseline(summaries), *_against_dense(summaries, unit))
    order, limits = _order(summaries, unit), _limits(summaries, unit)
    return Verdict(_headline(summaries), findings, order, limits)


def _headline(summaries: Sequence[ModelSummary]) -> str:
    leader, others = summaries[0], summaries[1:]
    reach = f"{_percent(leader.accuracy)} accuracy (95 % interval {_interval(leader)})"
    if not others:
        return f"{leader.name} reaches {reach}; no other model was run beside it."
    rivals = [other.name for other in others if other.overlaps(leader)]
    if not rivals:
        return (
            f"{leader.name} leads with {reach}; its interval overlaps no other, the next is "
            f"{others[0].name} at {_percent(others[0].accuracy)}."
        )
    verb = "its interval overlaps" if len(rivals) == 1 else "its interval overlaps those of"
    whose = f"that of {rivals[0]}" if len(rivals) == 1 else listed(rivals)
    return (
        f"{leader.name} has the highest mean, {reach}, but {verb} {whose}: "
        "this run does not rank them."
    )


_BASELINES = {
    "linear": "the linear baseline",
    "neighbour": "the nearest neighbour",
    "frequent": "the most frequent tag",
}


def _against_baseline(summaries: Sequence[ModelSummary]) -> tuple[str, ...]:
    baseline = next((one for one in summaries if one.family in _BASELINES), None)
    network = next((one for one in summaries if one.network), None)
    if network is None:
        which = "the linear baseline was" if len(summaries) == 1 else "baselines were"
        beside = "it" if len(summaries) == 1 else "them"
        return (f"Only {which} run: no network stands beside {beside}.",)
    if baseline is None:
        return (
            "No linear baseline was run, so these figures cannot say whether a network is needed.",
        )
    whose, share = _BASELINES[baseline.family], _percent(baseline.accuracy)
    gap = f"{_points(network.accuracy - baseline.accuracy)} points"
    if network.overlaps(baseline):
        side = "above" if network.accuracy >= baseline.accuracy else "below"
        return (
            f"The best network, {network.name}, is {gap} {side} {whose} ({share}) and their "
            "intervals overlap: the network has not been shown to be worth its cost on this data.",
        )
    if network.accuracy > baseline.accuracy:
        return (
            f"The best network, {network.name}, is {gap} above {whose} ({share}); their intervals "
            "do not overlap.",
        )
    return (
        f"No network reaches {whose}: {network.name} is {gap} below its {share}, and their "
        "intervals do not overlap.",
    )


def _against_dense(summaries: Sequence[ModelSummary], unit: Unit) -> tuple[str, ...]:
    dense = next((one for one in summaries if one.family == "dense"), None)
    recurrent = [one for one in summaries if one.family == "recurrent"]
    if dense is None or not recurrent:
        return ()
    above = [one.name for one in recurrent if one.low > dense.high]
    below = [one.name for one in recurrent if one.high < dense.low]
    level = [one.name for one in recurrent if one.overlaps(dense)]
    parts = [
        *([f"{listed(above)} {are(above)} above it"] if above else []),
        *([f"{listed(level)} {are(level)} level with it (intervals overlap)"] if level else []),
        *([f"{listed(below)} {are(below)} below it"] if below else []),
    ]
    meaning = (
        f"reading the order of the {unit.steps} pays here"
        if above
        else "no recurrent network has been shown to gain from the order here"
    )
    return (
        f"The dense network cannot see the order of the {unit.steps} and reaches "
        f"{_percent(dense.accuracy)}: {'; '.join(parts)}. So {meaning}.",
    )


def _order(summaries: Sequence[ModelSummary], unit: Unit) -> tuple[str, ...]:
    sentences = []
    readers = [
        one for one in summaries if one.family == "recurrent" and one.accuracy_shuffled is not None
    ]
    if readers:
        sentences.append(_fall(readers[0], unit))
    for one in summaries:
        if one.accuracy_shuffled is None or not one.baseline:
            continue
        moves = _move(one.accuracy_in_order, one.accuracy_shuffled)
        why = (
            unit.linear
            if one.family == "linear"
            else f"it pools the {unit.steps} of a {unit.item} without regard to their order"
        )
        sentences.append(f"{one.name} {moves}: {why}.")
    return tuple(sentences)


def _fall(one: ModelSummary, unit: Unit) -> str:
    shuffled = one.accuracy_shuffled or 0.0
    small = one.accuracy_in_order - shuffled < SMALL_LOSS
    meaning = (
        f"most of what it knows is in which {unit.steps} occur, not in their order"
        if small
        else "that much of its accuracy rests on the order"
    )
    return (
        f"With the {unit.steps} of each test {unit.item} in random order, {one.name} "
        f"{_move(one.accuracy_in_order, shuffled)}: {meaning}."
    )


def _limits(summaries: Sequence[ModelSummary], unit: Unit) -> tuple[str, ...]:
    leader = summaries[0]
    low, high = wilson_interval(leader.accuracy, leader.test_rows)
    sampling = f"{leader.test_rows:,} test rows leave about ± {_points((high - low) / 2)} points"
    repeats = max(one.repeats for one in summaries)
    kinds = {one.interval_kind for one in summaries}
    sentences = [
        "One data set, one split and one training budget: with more epochs, other sizes or other "
        "data the order may change.",
    ]
    if "t" in kinds:
        sentences.append(
            f"Intervals over repeats (Student t, {repeats} seeds) show what another seed would "
            f"change, not what other test {unit.items} would change: {sampling} open besides."
        )
    if 1 < repeats < 4:
        sentences.append(
            f"With {repeats} repeats a t interval is very wide; five or more narrow it down."
        )
    if "wilson" in kinds:
        names = listed([one.name for one in summaries if one.interval_kind == "wilson"])
        whose = "Every model ran" if kinds == {"wilson"} else f"{names} ran"
        sentences.append(
            f"{whose} once: the interval (Wilson, over the test rows) shows what other test "
            f"{unit.items} would change ({sampling}), not what another seed would change."
        )
    fixed = [one.name for one in summaries if one.repeats > 1 and one.low == one.high]
    if fixed:
        sentences.append(
            f"{listed(fixed)} gave the same result in every repeat: an interval without width "
            "means that nothing depends on the seed, not that the figure is exact."
        )
    if len(summaries) > 1:
        sentences.append(
            "Intervals that do not overlap are a strict sign of a difference; intervals that "
            "overlap do not show that two models are equal. The best of many models is also "
            "partly the luckiest."
        )
    sentences.append("Times and memory belong to the machine that ran the comparison.")
    return tuple(sentences)


def _move(before: float, after: float) -> str:
    if abs(before - after) < 0.0005:
        return f"stays at {_percent(before)}"
    verb = "falls" if after < before else "rises"
    return f"{verb} from {_percent(before)} to {_percent(after)}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}{NBSP}%"


def _points(share: float) -> str:
    return f"{abs(100 * share):.1f}"


def _interval(one: ModelSummary) -> str:
    return f"{100 * one.low:.1f} to {100 * one.high:.1f}{NBSP}%"
