"""Repeats of each language model reduced to one line: means, and an interval over the repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from recurra.errors import UsageError
from recurra.study.generation_cells import BASELINES
from recurra.study.summary import Record, mean_interval, mean_of

__all__ = ["GenerationSummary", "summarise_generators"]


@dataclass(frozen=True, slots=True)
class GenerationSummary:
    """One language model over all of its repeats.

    Attributes:
        model: The short key, for example `"lstm"`.
        name: The name to show.
        baseline: Whether it is there to measure the networks against.
        repeats: How many records were averaged.
        tokens: Tokens of the test text that were predicted.
        losses: Bits per character of each repeat, in the order of the repeats.
        loss: Their mean; models are ranked by it.
        low: Lower end of its 95 % interval over the repeats (Student t); `None` for one repeat.
        high: Upper end.
        nats: Nats per token; this and all that follow are means over the repeats, `None` where
            not measured.
        perplexity: Per token.
        accuracy: Share of the tokens that were the model's first guess.
        parameters: Trained or counted numbers.
        seconds_per_epoch: Seconds.
        training_seconds: Seconds.
        tokens_per_second: Tokens read in training, each second.
        generated_per_second: Tokens written, each second, one text at a time.
        peak_memory_mb: Megabytes.
    """

    model: str
    name: str
    baseline: bool
    repeats: int
    tokens: int
    losses: tuple[float, ...]
    loss: float
    low: float | None
    high: float | None
    nats: float | None
    perplexity: float | None
    accuracy: float | None
    parameters: float | None
    seconds_per_epoch: float | None
    training_seconds: float | None
    tokens_per_second: float | None
    generated_per_second: float | None
    peak_memory_mb: float | None

    def overlaps(self, other: GenerationSummary) -> bool:
        """Whether the two 95 % intervals share a value; one repeat is a point."""
        own, its = self.ends, other.ends
        return own[0] <= its[1] and its[0] <= own[1]

    @property
    def ends(self) -> tuple[float, float]:
        """The interval's ends; the mean itself for one repeat."""
        if self.low is None or self.high is None:
            return self.loss, self.loss
        return self.low, self.high


def summarise_generators(records: Sequence[Record]) -> list[GenerationSummary]:
    """Reduce the records of a comparison of language models to one summary per model.

    Args:
        records: Records of one comparison, in any order.

    Returns:
        One summary per model, fewest bits per character first; equal ones in the order given.

    Raises:
        UsageError: If there are no records.
    """
    if not records:
        raise UsageError("no records to summarise: expected some of `recurra.compare_generators`")
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["model"], []).append(record)
    return sorted(map(_summary, groups.values()), key=lambda one: one.loss)


_COSTS = (
    "parameters", "seconds_per_epoch", "training_seconds", "tokens_per_second",
    "generated_per_second", "peak_memory_mb",
)  # fmt: skip


def _summary(group: Sequence[Record]) -> GenerationSummary:
    """Average the repeats of one model."""
    runs = sorted(group, key=lambda record: int(record["repeat"]))
    metrics = [run["metrics"] for run in runs]
    losses = tuple(float(one["bits_per_character"]) for one in metrics)
    low, high = mean_interval(losses) if len(runs) > 1 else (None, None)
    return GenerationSummary(
        model=runs[0]["model"],
        name=runs[0]["name"],
        baseline=runs[0]["model"] in BASELINES,
        repeats=len(runs),
        tokens=int(metrics[0]["tokens"]),
        losses=losses,
        loss=fmean(losses),
        low=None if low is None else max(0.0, low),
        high=high,
        nats=mean_of(metrics, "nats_per_token"),
        perplexity=mean_of(metrics, "perplexity"),
        accuracy=mean_of(metrics, "accuracy"),
        **{name: mean_of(runs, name) for name in _COSTS},
    )
