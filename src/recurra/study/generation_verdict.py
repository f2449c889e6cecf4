"""What a comparison of language models says, in sentences, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.errors import UsageError
from recurra.study._words import NBSP, are, listed, percent, rank_of_repeats, repeat_limits
from recurra.study.generation_summary import GenerationSummary

__all__ = ["GenerationVerdict", "generation_verdict"]

_SINGLE_NOISE = 0.01
"""Losses of single trainings that are nearer than this share are not told apart."""
_FEW_TOKENS = 20_000


@dataclass(frozen=True, slots=True)
class GenerationVerdict:
    """The sentences of a comparison.

    Attributes:
        headline: Which model leads, and whether a network beats the n-grams.
        findings: Networks against the n-grams and among themselves, and what they cost.
        limits: What the figures do not show.
    """

    headline: str
    findings: tuple[str, ...]
    limits: tuple[str, ...]

    def __str__(self) -> str:
        """All sentences as one paragraph."""
        return " ".join((self.headline, *self.findings, *self.limits))


def generation_verdict(summaries: Sequence[GenerationSummary]) -> GenerationVerdict:
    """Say which language model leads, against what, and what that does not show.

    Args:
        summaries: The result of `summarise_generators`, lowest loss first.

    Returns:
        The sentences.

    Raises:
        UsageError: If there are no summaries.
    """
    if not summaries:
        raise UsageError("no summaries to judge: expected the result of `summarise_generators`")
    findings = (
        *_behind_baseline(summaries),
        *_among_networks(summaries),
        *_sizes(summaries),
    )
    return GenerationVerdict(_headline(summaries), findings, _limits(summaries))


def _headline(summaries: Sequence[GenerationSummary]) -> str:
    network, baseline = _best_network(summaries), _baseline(summaries)
    if network is None:
        return f"Only the {summaries[0].name} was run: {_loss(summaries[0])}."
    if baseline is None:
        return f"{network.name} has the lowest loss: {_loss(network)}; no n-grams stand beside it."
    if network.loss >= baseline.loss:
        return (
            f"No network is better than the {baseline.name} model: it needs {_loss(baseline)}, "
            f"the best network, {network.name}, {_figure(network.loss)}."
        )
    return (
        f"{network.name} has the lowest loss ({_loss(network)}), "
        f"{percent(1 - network.loss / baseline.loss)} below the {baseline.name} model's "
        f"{_figure(baseline.loss)}."
    )


def _behind_baseline(summaries: Sequence[GenerationSummary]) -> tuple[str, ...]:
    """Name the networks that the n-grams beat, unless the headline has said it of all."""
    network, baseline = _best_network(summaries), _baseline(summaries)
    if network is None or baseline is None:
        return ()
    if network.loss >= baseline.loss:
        return (
            "Counted n-grams know every phrase of the training text by heart; a network has to "
            "learn it. More epochs, more units or more text move this in the network's favour.",
        )
    behind = [one.name for one in summaries if not one.baseline and one.loss >= baseline.loss]
    if not behind:
        return ()
    return (
        f"{listed(behind)} {are(behind)} not better than the {baseline.name} model "
        f"({_figure(baseline.loss)}).",
    )


def _among_networks(summaries: Sequence[GenerationSummary]) -> tuple[str, ...]:
    networks = [one for one in summaries if not one.baseline]
    if len(networks) < 2:
        return ()
    best, others = networks[0], networks[1:]
    if max(one.repeats for one in networks) == 1:
        near = [one.name for one in others if one.loss < best.loss * (1 + _SINGLE_NOISE)]
        if near:
            return (
                f"{best.name} and {listed(near)} are within {percent(_SINGLE_NOISE, 0)} of each "
                "other: one training of each does not rank them.",
            )
        return ("Every network was trained once: another seed would move each figure.",)
    return (rank_of_repeats(best, others, _figure(others[0].loss)),)


def _sizes(summaries: Sequence[GenerationSummary]) -> tuple[str, ...]:
    """Say how many numbers the network and the n-grams need."""
    network, baseline = _best_network(summaries), _baseline(summaries)
    if network is None or baseline is None or not (network.parameters and baseline.parameters):
        return ()
    return (
        f"{network.name} has {network.parameters:,.0f} parameters; the {baseline.name} model "
        f"counts {baseline.parameters:,.0f} n-grams, and more with every text it reads.",
    )


def _limits(summaries: Sequence[GenerationSummary]) -> tuple[str, ...]:
    repeats = max(one.repeats for one in summaries)
    tokens = summaries[0].tokens
    sentences = [
        "One text, its end held out to test on, and one training budget: in another text, with "
        "other sizes or more epochs the order may change.",
        "A low loss says that the next token is foreseen, not that what is written makes sense; "
        "read the samples.",
    ]
    if tokens < _FEW_TOKENS:
        sentences.append(f"The test text has {tokens:,} tokens: small gaps may be chance.")
    sentences += repeat_limits(repeats, "another text")
    sentences.append("Times, speeds and memory belong to the machine that ran the comparison.")
    return tuple(sentences)


def _best_network(summaries: Sequence[GenerationSummary]) -> GenerationSummary | None:
    return next((one for one in summaries if not one.baseline), None)


def _baseline(summaries: Sequence[GenerationSummary]) -> GenerationSummary | None:
    return next((one for one in summaries if one.baseline), None)


def _loss(one: GenerationSummary) -> str:
    interval = ""
    if one.low is not None and one.high is not None:
        interval = f", 95{NBSP}% interval {_figure(one.low)} to {_figure(one.high)}"
    return f"{_figure(one.loss)} bits per character{interval}"


def _figure(value: float) -> str:
    return f"{value:.3f}"
