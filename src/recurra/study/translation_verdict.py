"""What a comparison of translators says, in sentences, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.errors import UsageError
from recurra.study._words import NBSP, are, listed, rank_of_repeats, repeat_limits
from recurra.study.translation_summary import TranslationSummary

__all__ = ["TranslationVerdict", "translation_verdict"]

_SINGLE_NOISE = {"BLEU": 1.0, "exact match": 0.01}
"""Scores of single trainings that are nearer than this are not told apart."""
_FEW_PAIRS = 200


@dataclass(frozen=True, slots=True)
class TranslationVerdict:
    """The sentences of a comparison.

    Attributes:
        headline: Which model leads, and whether a network beats the baselines.
        findings: Networks against the baselines and among themselves.
        limits: What the figures do not show.
    """

    headline: str
    findings: tuple[str, ...]
    limits: tuple[str, ...]

    def __str__(self) -> str:
        """All sentences as one paragraph."""
        return " ".join((self.headline, *self.findings, *self.limits))


def translation_verdict(summaries: Sequence[TranslationSummary]) -> TranslationVerdict:
    """Say which translator leads, against what, and what that does not show.

    Args:
        summaries: The result of `summarise_translators`, highest score first.

    Returns:
        The sentences.

    Raises:
        UsageError: If there are no summaries.
    """
    if not summaries:
        raise UsageError("no summaries to judge: expected the result of `summarise_translators`")
    findings = (
        *_behind_baselines(summaries),
        *_among_networks(summaries),
        *_without_attention(summaries),
    )
    return TranslationVerdict(_headline(summaries), findings, _limits(summaries))


def _headline(summaries: Sequence[TranslationSummary]) -> str:
    network, baseline = _best(summaries, baseline=False), _best(summaries, baseline=True)
    if network is None:
        return f"Only baselines were run: {summaries[0].name} has {_score(summaries[0])}."
    if baseline is None:
        return f"{network.name} has the highest score: {_score(network)}."
    if network.score <= baseline.score:
        return (
            f"No network is better than a baseline: {_called(baseline)} has {_score(baseline)}, "
            f"the best network, {network.name}, {_figure(network, network.score)}."
        )
    return (
        f"{network.name} has the highest score, {_score(network)}; the best baseline, "
        f"{_called(baseline)}, has {_figure(baseline, baseline.score)}."
    )


def _behind_baselines(summaries: Sequence[TranslationSummary]) -> tuple[str, ...]:
    network, baseline = _best(summaries, baseline=False), _best(summaries, baseline=True)
    if network is None or baseline is None or network.score <= baseline.score:
        return ()
    behind = [one.name for one in summaries if not one.baseline and one.score <= baseline.score]
    if not behind:
        return ()
    return (f"{listed(behind)} {are(behind)} not better than {_called(baseline)}.",)


def _among_networks(summaries: Sequence[TranslationSummary]) -> tuple[str, ...]:
    networks = [one for one in summaries if not one.baseline]
    if len(networks) < 2:
        return ()
    best, others = networks[0], networks[1:]
    if max(one.repeats for one in networks) == 1:
        noise = _SINGLE_NOISE[best.scored_by]
        near = [one.name for one in others if best.score - one.score < noise]
        if near:
            return (
                f"{best.name} and {listed(near)} are within {_gap(best, noise)} of each other: "
                "one training of each does not rank them.",
            )
        return ("Every network was trained once: another seed would move each figure.",)
    return (rank_of_repeats(best, others, _figure(others[0], others[0].score)),)


def _without_attention(summaries: Sequence[TranslationSummary]) -> tuple[str, ...]:
    """Say what attention brings, where the same network was run without it."""
    by_model = {one.model: one for one in summaries}
    with_it, without = by_model.get("gru"), by_model.get("noattention")
    if with_it is None or without is None:
        return ()
    gap = with_it.score - without.score
    side = "more" if gap >= 0 else "less"
    return (
        f"With attention the GRU has {_gap(with_it, abs(gap))} {side} than without, where one "
        "state has to hold the whole source; see the quality by length.",
    )


def _limits(summaries: Sequence[TranslationSummary]) -> tuple[str, ...]:
    repeats = max(one.repeats for one in summaries)
    pairs = summaries[0].pairs
    sentences = [
        "One set of pairs, one split and one training budget: with more pairs, other sizes or "
        "more epochs the order may change.",
        "BLEU and chrF count shared words and characters with one reference; a good translation "
        "in other words scores low. Read the examples.",
    ]
    if pairs < _FEW_PAIRS:
        sentences.append(f"There are {pairs:,} test pairs: small gaps may be chance.")
    if any(one.bleu is None for one in summaries):
        sentences.append(
            "BLEU and chrF were not measured: they need sacrebleu (pip install "
            "'recurra[translate]')."
        )
    sentences += repeat_limits(repeats, "other pairs")
    sentences.append("Times and memory belong to the machine that ran the comparison.")
    return tuple(sentences)


def _best(summaries: Sequence[TranslationSummary], *, baseline: bool) -> TranslationSummary | None:
    return next((one for one in summaries if one.baseline == baseline), None)


def _called(one: TranslationSummary) -> str:
    """Name a baseline inside a sentence."""
    return f"the {one.name[:1].lower()}{one.name[1:]}"


def _score(one: TranslationSummary) -> str:
    interval = ""
    if one.low is not None and one.high is not None:
        low, high = _figure(one, one.low), _figure(one, one.high)
        interval = f", 95{NBSP}% interval {low} to {high}"
    words = "BLEU" if one.scored_by == "BLEU" else "an exact match of"
    return f"{words} {_figure(one, one.score)}{interval}"


def _figure(one: TranslationSummary, value: float) -> str:
    return f"{value:.1f}" if one.scored_by == "BLEU" else f"{100 * value:.1f}{NBSP}%"


def _gap(one: TranslationSummary, gap: float) -> str:
    if one.scored_by == "BLEU":
        return f"{gap:.1f}{NBSP}BLEU"
    return f"{100 * gap:.1f}{NBSP}percentage points"
