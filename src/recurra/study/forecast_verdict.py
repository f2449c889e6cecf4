"""What a comparison of forecasters says, in sentences, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.errors import UsageError
from recurra.study._words import NBSP, are, listed, percent, rank_of_repeats, repeat_limits
from recurra.study.forecast_summary import ForecastSummary

__all__ = ["ForecastVerdict", "forecast_verdict"]

_TOLERANCE = 0.05
"""A coverage within five points of the nominal one is called right."""
_FEW_WINDOWS = 30
_SINGLE_NOISE = 0.03
"""Errors of single trainings that are nearer than this are not told apart."""


@dataclass(frozen=True, slots=True)
class ForecastVerdict:
    """The sentences of a comparison.

    Attributes:
        headline: Which model leads, and whether it beats the seasonal naive forecast.
        findings: Networks against the linear map, against the naive forecasts, among themselves.
        intervals: Coverage against what was asked for.
        limits: What the figures do not show.
    """

    headline: str
    findings: tuple[str, ...]
    intervals: tuple[str, ...]
    limits: tuple[str, ...]

    def __str__(self) -> str:
        """All sentences as one paragraph."""
        return " ".join((self.headline, *self.findings, *self.intervals, *self.limits))


def forecast_verdict(summaries: Sequence[ForecastSummary]) -> ForecastVerdict:
    """Say which forecaster leads, against what, and what that does not show.

    Args:
        summaries: The result of `summarise_forecasts`, lowest error first.

    Returns:
        The sentences.

    Raises:
        UsageError: If there are no summaries.
    """
    if not summaries:
        raise UsageError("no summaries to judge: expected the result of `summarise_forecasts`")
    findings = (
        *_against_linear(summaries),
        *_behind_seasonal(summaries),
        *_kept_start(summaries),
        *_among_networks(summaries),
    )
    return ForecastVerdict(_headline(summaries), findings, _coverage(summaries), _limits(summaries))


def _headline(summaries: Sequence[ForecastSummary]) -> str:
    network, seasonal = _best_network(summaries), _named(summaries, "snaive")
    if network is None:
        return (
            f"Only baselines were run: {summaries[0].name} has the lowest {_error(summaries[0])}."
        )
    if seasonal is not None and network.error >= seasonal.error:
        return (
            f"No network is better than the seasonal naive forecast: its {seasonal.scaled_by} is "
            f"{_figure(seasonal.error)}, that of the best network, {network.name}, "
            f"{_figure(network.error)}."
        )
    leader = summaries[0]
    lead = f"{leader.name} has the lowest error ({_error(leader)})"
    if leader is not network:
        lead += f"; the best network, {network.name}, has {_figure(network.error)}"
    if seasonal is None:
        return f"{lead}; no seasonal naive forecast stands beside it."
    gap = f"{percent(1 - network.error / seasonal.error)} below the seasonal naive forecast"
    return f"{lead}, {gap} ({_figure(seasonal.error)})."


def _against_linear(summaries: Sequence[ForecastSummary]) -> tuple[str, ...]:
    network, linear = _best_network(summaries), _named(summaries, "linear")
    if network is None or linear is None:
        return ()
    share = abs(1 - network.error / linear.error) if linear.error else 1.0
    gap = percent(share)
    if network.repeats == 1 and share < _SINGLE_NOISE:
        return (
            f"{network.name} and the linear map ({_figure(linear.error)}), fitted in closed form, "
            f"are {gap} apart: one training does not show that a network is worth its cost here.",
        )
    if network.overlaps(linear):
        return (
            f"{network.name} and the linear map ({_figure(linear.error)}) cannot be told apart: a "
            "network has not been shown to be worth its cost on this data.",
        )
    if network.error > linear.error:
        return (
            f"No network reaches the linear map, fitted in closed form: {network.name} has an "
            f"error {gap} above its {_figure(linear.error)}.",
        )
    return (
        f"{network.name} has an error {gap} below the linear map's {_figure(linear.error)}, which "
        "reads the same look-back and is fitted in closed form.",
    )


def _behind_seasonal(summaries: Sequence[ForecastSummary]) -> tuple[str, ...]:
    """Name the networks that a naive forecast beats."""
    sentences = []
    for key, words in (("snaive", "seasonal naive"), ("naive", "naive")):
        baseline = _named(summaries, key)
        if baseline is None:
            continue
        behind = [one.name for one in summaries if _network(one) and one.error >= baseline.error]
        if behind:
            sentences.append(
                f"{listed(behind)} {are(behind)} not better than the {words} forecast "
                f"({_figure(baseline.error)})."
            )
    return tuple(sentences)


def _kept_start(summaries: Sequence[ForecastSummary]) -> tuple[str, ...]:
    names = [one.name for one in summaries if one.kept_start]
    if not names:
        return ()
    whose = "the linear forecast that it starts from" if len(names) == 1 else "their linear starts"
    return (f"{listed(names)} kept {whose}: no epoch was better on the validation windows.",)


def _among_networks(summaries: Sequence[ForecastSummary]) -> tuple[str, ...]:
    networks = [one for one in summaries if _network(one)]
    if len(networks) < 2:
        return ()
    best, others = networks[0], networks[1:]
    if max(one.repeats for one in networks) == 1:
        return (
            "Every network was trained once: another seed would move each figure, so this ranks "
            "nothing within that noise. Repeats give intervals.",
        )
    return (rank_of_repeats(best, others, _figure(others[0].error)),)


def _coverage(summaries: Sequence[ForecastSummary]) -> tuple[str, ...]:
    """Say which networks' intervals hold what they should, which too much, which too little."""
    groups: dict[str, list[str]] = {words: [] for words in _HELD}
    nominal = 0.0
    for one in summaries:
        if not _network(one) or one.coverage is None or one.nominal is None:
            continue
        nominal, gap = one.nominal, one.coverage - one.nominal
        place = 0 if abs(gap) <= _TOLERANCE else 1 if gap > 0 else 2
        groups[_HELD[place]].append(f"{one.name} ({percent(one.coverage)})")
    return tuple(
        f"The {percent(nominal, 0)} intervals of {listed(names)} held {words}."
        for words, names in groups.items()
        if names
    )


_HELD = (
    "about the share of the values that they should",
    "too many of the values: they are too wide",
    "too few of the values: they are too narrow",
)


def _limits(summaries: Sequence[ForecastSummary]) -> tuple[str, ...]:
    leader = summaries[0]
    repeats = max(one.repeats for one in summaries)
    windows = leader.windows
    sentences = [
        "One data set, one stretch of time to test on and one training budget: in other times, "
        "with other sizes or more epochs the order may change.",
        f"The {windows:,} test windows overlap or share their times, so they are fewer independent "
        "observations than their number.",
    ]
    if windows < _FEW_WINDOWS:
        sentences.append(
            f"With {windows} {'window' if windows == 1 else 'windows'} the errors and the coverage "
            "are rough; a backtest measures at more origins."
        )
    sentences += repeat_limits(repeats, "other times")
    seasonal, naive = _named(summaries, "snaive"), _named(summaries, "naive")
    if seasonal is not None and naive is not None and seasonal.error == naive.error:
        sentences.append(
            "The naive and the seasonal naive forecast are the same here: the step of the times "
            "suggests no season; name one if there is one."
        )
    sentences.append("Times and memory belong to the machine that ran the comparison.")
    return tuple(sentences)


def _best_network(summaries: Sequence[ForecastSummary]) -> ForecastSummary | None:
    return next((one for one in summaries if _network(one)), None)


def _network(one: ForecastSummary) -> bool:
    return not one.baseline


def _named(summaries: Sequence[ForecastSummary], model: str) -> ForecastSummary | None:
    return next((one for one in summaries if one.model == model), None)


def _error(one: ForecastSummary) -> str:
    interval = ""
    if one.low is not None and one.high is not None:
        interval = f", 95{NBSP}% interval {_figure(one.low)} to {_figure(one.high)}"
    return f"{one.scaled_by} {_figure(one.error)}{interval}"


def _figure(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.4g}"
