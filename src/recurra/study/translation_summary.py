"""Repeats of each translator reduced to one line: means, and an interval over the repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from recurra.errors import UsageError
from recurra.study.summary import Record, mean_interval, mean_of
from recurra.study.translation_cells import BASELINES

__all__ = ["TranslationSummary", "ranked_by", "summarise_translators"]


@dataclass(frozen=True, slots=True)
class TranslationSummary:
    """One translator over all of its repeats.

    Attributes:
        model: The short key, for example `"gru"`.
        name: The name to show.
        baseline: Whether it is there to measure the networks against.
        repeats: How many records were averaged.
        pairs: Test pairs.
        scored_by: What `score` is: `"BLEU"`, or `"exact match"` where it decides.
        scores: The score of each repeat, in the order of the repeats.
        score: Their mean; models are ranked by it. BLEU from 0 to 100, exact match from 0 to 1.
        low: Lower end of its 95 % interval over the repeats (Student t); `None` for one repeat.
        high: Upper end.
        bleu: This and all that follow are means over the repeats, `None` where not measured.
        chrf: From 0 to 100.
        exact_match: Share of the pairs whose translation is the reference.
        perplexity: Per target token, the end included.
        parameters: Trained or stored numbers.
        seconds_per_epoch: Seconds.
        training_seconds: Seconds.
        pairs_per_second: Sentences translated each second, all of them together.
        peak_memory_mb: Megabytes.
    """

    model: str
    name: str
    baseline: bool
    repeats: int
    pairs: int
    scored_by: str
    scores: tuple[float, ...]
    score: float
    low: float | None
    high: float | None
    bleu: float | None
    chrf: float | None
    exact_match: float | None
    perplexity: float | None
    parameters: float | None
    seconds_per_epoch: float | None
    training_seconds: float | None
    pairs_per_second: float | None
    peak_memory_mb: float | None

    def overlaps(self, other: TranslationSummary) -> bool:
        """Whether the two 95 % intervals share a value; one repeat is a point."""
        own, its = self.ends, other.ends
        return own[0] <= its[1] and its[0] <= own[1]

    @property
    def ends(self) -> tuple[float, float]:
        """The interval's ends; the score itself for one repeat."""
        if self.low is None or self.high is None:
            return self.score, self.score
        return self.low, self.high


_EXACT = 0.5
"""Where a model finds more than this share word for word, exact match says more than BLEU."""


def ranked_by(records: Sequence[Record]) -> str:
    """Return the figure that ranks translators: `"bleu"` or `"exact_match"`.

    Where answers are right or wrong, as dates are, and wherever BLEU was not measured, it is the
    exact match.
    """
    metrics = [record["metrics"] for record in records]
    measured = all(one.get("bleu") is not None for one in metrics)
    exact = max(float(one["exact_match"]) for one in metrics)
    return "bleu" if measured and exact <= _EXACT else "exact_match"


def summarise_translators(records: Sequence[Record]) -> list[TranslationSummary]:
    """Reduce the records of a comparison of translators to one summary per model.

    Args:
        records: Records of one comparison, in any order.

    Returns:
        One summary per model, highest score first; equal ones in the order given.

    Raises:
        UsageError: If there are no records.
    """
    if not records:
        raise UsageError("no records to summarise: expected some of `recurra.compare_translators`")
    figure = ranked_by(records)
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["model"], []).append(record)
    summaries = [_summary(group, figure) for group in groups.values()]
    return sorted(summaries, key=lambda one: -one.score)


_WORDS = {"bleu": "BLEU", "exact_match": "exact match"}
_MOST = {"bleu": 100.0, "exact_match": 1.0}
_METRICS = ("bleu", "chrf", "exact_match", "perplexity")
_COSTS = (
    "parameters", "seconds_per_epoch", "training_seconds", "pairs_per_second", "peak_memory_mb",
)  # fmt: skip


def _summary(group: Sequence[Record], figure: str) -> TranslationSummary:
    """Average the repeats of one model."""
    runs = sorted(group, key=lambda record: int(record["repeat"]))
    metrics = [run["metrics"] for run in runs]
    scores = tuple(float(one[figure]) for one in metrics)
    low, high = mean_interval(scores) if len(runs) > 1 else (None, None)
    return TranslationSummary(
        model=runs[0]["model"],
        name=runs[0]["name"],
        baseline=runs[0]["model"] in BASELINES,
        repeats=len(runs),
        pairs=int(metrics[0]["rows"]),
        scored_by=_WORDS[figure],
        scores=scores,
        score=fmean(scores),
        low=None if low is None else max(0.0, low),
        high=None if high is None else min(_MOST[figure], high),
        **{name: mean_of(metrics, name) for name in _METRICS},
        **{name: mean_of(runs, name) for name in _COSTS},
    )
