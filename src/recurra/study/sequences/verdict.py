"""What a comparison of regressors says, in sentences, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.errors import UsageError
from recurra.study._words import lead, listed, repeat_limits
from recurra.study.sequences.summary import BASELINES, RegressionSummary

__all__ = ["RegressionVerdict", "regression_verdict"]

_ONCE = (
    "The interval of a model run once (bootstrap over the test rows) shows what other test "
    "sequences would change, not what another seed would change."
)


@dataclass(frozen=True, slots=True)
class RegressionVerdict:
    """The sentences of a comparison.

    Attributes:
        headline: Which model leads, and by how safe a margin.
        findings: Networks against the baselines, order-blind against recurrent.
        limits: What the figures do not show.
    """

    headline: str
    findings: tuple[str, ...]
    limits: tuple[str, ...]

    def __str__(self) -> str:
        """All sentences as one paragraph."""
        return " ".join((self.headline, *self.findings, *self.limits))


def regression_verdict(summaries: Sequence[RegressionSummary]) -> RegressionVerdict:
    """Say which regressor leads, against what, and what that does not show.

    Args:
        summaries: The result of `summarise_regressors`, lowest error first.

    Raises:
        UsageError: If there are no summaries.
    """
    if not summaries:
        raise UsageError("no summaries to judge: expected the result of `summarise_regressors`")
    findings = (*_against_baselines(summaries), *_against_dense(summaries))
    return RegressionVerdict(_headline(summaries), findings, _limits(summaries))


def _headline(summaries: Sequence[RegressionSummary]) -> str:
    leader = summaries[0]
    reach = f"a root mean squared error of {leader.rmse:.4g} ({_interval(leader)})"
    return lead(summaries, reach, lambda one: f"{one.rmse:.4g}")


def _against_baselines(summaries: Sequence[RegressionSummary]) -> list[str]:
    network = next((one for one in summaries if one.model not in BASELINES), None)
    rival = next((one for one in summaries if one.model in BASELINES), None)
    if network is None or rival is None:
        return []
    change = 100 * (1 - network.rmse / rival.rmse) if rival.rmse else 0.0
    side = "below" if change >= 0 else "above"
    sure = "overlap" if network.overlaps(rival) else "do not overlap"
    sentences = [
        f"The best network, {network.name}, is {abs(change):.0f} % {side} the best baseline, "
        f"{rival.name} ({rival.rmse:.4g}); their intervals {sure}."
    ]
    if network.r2 is not None:
        sentences.append(
            f"It explains {max(0.0, 100 * network.r2):.1f} % of the numbers' variance."
        )
    return sentences


def _against_dense(summaries: Sequence[RegressionSummary]) -> list[str]:
    dense = next((one for one in summaries if one.model == "dense"), None)
    readers = [one for one in summaries if one.model not in (*BASELINES, "dense")]
    if dense is None or not readers:
        return []
    better = [one.name for one in readers if one.high < dense.low]
    meaning = f"{listed(better)} gain from the order" if better else "none is safely better"
    return [
        f"The dense network cannot see the order of the steps and has {dense.rmse:.4g}: {meaning}."
    ]


def _limits(summaries: Sequence[RegressionSummary]) -> tuple[str, ...]:
    repeats = max(one.repeats for one in summaries)
    once = any(one.interval_kind == "bootstrap" for one in summaries)
    return (
        "One data set, one split and one training budget: with more epochs, other sizes or other "
        "data the order may change.",
        *repeat_limits(repeats, "other test sequences"),
        *([_ONCE] if once else []),
        "Times and memory belong to the machine that ran the comparison.",
    )


def _interval(one: RegressionSummary) -> str:
    return f"95 % interval {one.low:.4g} to {one.high:.4g}"
