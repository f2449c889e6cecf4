"""What a comparison of recognizers says, in sentences, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.errors import UsageError
from recurra.study._words import NBSP, lead, listed, percent, repeat_limits
from recurra.study.transcripts.summary import BASELINES, TranscriptSummary

__all__ = ["TranscriptVerdict", "transcript_verdict"]

_ONCE = (
    "The interval of a model run once (bootstrap over the test clips) shows what other test clips "
    "would change, not what another seed would change."
)
_VOICES = (
    "Test clips were drawn at random and may have the voices of the training; a new speaker is "
    "harder. Split by speaker to see how much."
)


@dataclass(frozen=True, slots=True)
class TranscriptVerdict:
    """The sentences of a comparison.

    Attributes:
        headline: Which model leads, and by how safe a margin.
        findings: Networks against the baseline, deaf to order against recurrent.
        limits: What the figures do not show.
    """

    headline: str
    findings: tuple[str, ...]
    limits: tuple[str, ...]

    def __str__(self) -> str:
        """All sentences as one paragraph."""
        return " ".join((self.headline, *self.findings, *self.limits))


def transcript_verdict(
    summaries: Sequence[TranscriptSummary], *, grouped: bool = False
) -> TranscriptVerdict:
    """Say which recognizer leads, against what, and what that does not show.

    Args:
        summaries: The result of `summarise_recognizers`, lowest error first.
        grouped: Whether no group, such as a speaker, is in two parts.

    Raises:
        UsageError: If there are no summaries.
    """
    if not summaries:
        raise UsageError("no summaries to judge: expected the result of `summarise_recognizers`")
    leader = summaries[0]
    reach = (
        f"a word error rate of {percent(leader.error)} (95{NBSP}% interval "
        f"{percent(leader.low)} to {percent(leader.high)})"
    )
    headline = lead(summaries, reach, lambda one: percent(one.error))
    findings = (*_against_constant(summaries), *_against_dense(summaries))
    return TranscriptVerdict(headline, findings, _limits(summaries, grouped=grouped))


def _against_constant(summaries: Sequence[TranscriptSummary]) -> list[str]:
    network = next((one for one in summaries if one.model not in BASELINES), None)
    rival = next((one for one in summaries if one.model in BASELINES), None)
    if network is None or rival is None:
        return []
    sentence = (
        f"Writing one text for every clip has {percent(rival.error)}; the best network, "
        f"{network.name}, has {percent(network.error)}"
    )
    if network.overlaps(rival):
        return [f"{sentence}, and their intervals overlap: it has learnt little or nothing."]
    return [f"{sentence}."]


def _against_dense(summaries: Sequence[TranscriptSummary]) -> list[str]:
    dense = next((one for one in summaries if one.model == "dense"), None)
    readers = [one for one in summaries if one.model not in (*BASELINES, "dense")]
    if dense is None or not readers:
        return []
    better = [one.name for one in readers if one.high < dense.low]
    meaning = f"{listed(better)} gain from the sound around it" if better else "none gains safely"
    return [
        f"The dense network hears each step alone and has {percent(dense.error)}; of those that "
        f"remember, {meaning}."
    ]


def _limits(summaries: Sequence[TranscriptSummary], *, grouped: bool) -> tuple[str, ...]:
    once = any(one.interval_kind == "bootstrap" for one in summaries)
    return (
        "One data set, one split and one training budget: with more epochs, other sizes or other "
        "data the order may change.",
        *([] if grouped else [_VOICES]),
        *repeat_limits(max(one.repeats for one in summaries), "other test clips"),
        *([_ONCE] if once else []),
        "Times and memory belong to the machine that ran the comparison.",
    )
