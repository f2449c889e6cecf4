"""BLEU or exact match as bars from zero, with the best baseline for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.bars import Bar, Reference, draw_bars
from recurra.report.numbers import shorten
from recurra.report.translations.tables import score_words, write_score
from recurra.study.summary import Record
from recurra.study.translation_summary import TranslationSummary, summarise_translators

__all__ = ["describe", "figure"]


def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.

    Returns:
        The figure.
    """
    summaries = summarise_translators(records)
    scored_by = summaries[0].scored_by
    bars = [Bar(one, one.score, one.low, one.high, score_words(one)) for one in summaries]
    reference = _reference(summaries)
    return draw_bars(records, bars, reference, title=scored_by, share=scored_by != "BLEU")


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    summaries = summarise_translators(records)
    values = "; ".join(f"{one.name} {score_words(one)}" for one in summaries)
    return f"Bars of {summaries[0].scored_by}, higher is better: {values}."


def _reference(summaries: Sequence[TranslationSummary]) -> Reference | None:
    for one in summaries:
        if one.baseline:
            score = write_score(one.scored_by, one.score)
            return Reference(one.score, f"{shorten(one.name, 18)}, {score}")
    return None
