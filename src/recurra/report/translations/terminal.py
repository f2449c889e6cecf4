"""A comparison of translators as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from recurra.report.numbers import compact, fixed, percent, significant
from recurra.report.terminal_tables import model_table, repeats_remark
from recurra.report.translations.tables import write_score
from recurra.study.summary import Record
from recurra.study.translation_summary import TranslationSummary, summarise_translators

__all__ = ["records_table"]

_TITLES = ("BLEU", "chrF", "Exact", "Perpl.", "Param.", "s/epoch")


def records_table(records: Sequence[Record]) -> Table:
    """Make the table that `recurra compare` prints for translators.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, highest score first, the leader bold, baselines dim.
    """
    summaries = summarise_translators(records)
    return model_table(summaries, _TITLES, _figures, _remarks(summaries), widest=21)


def _figures(one: TranslationSummary) -> tuple[str, ...]:
    return (
        fixed(one.bleu, 1) + _half("BLEU", one),
        fixed(one.chrf, 1),
        percent(one.exact_match) + _half("exact match", one),
        significant(one.perplexity, 3),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
    )


def _half(figure: str, one: TranslationSummary) -> str:
    if one.low is None or one.scored_by != figure:
        return ""
    return f" ± {write_score(figure, (one.ends[1] - one.ends[0]) / 2)}"


def _remarks(summaries: Sequence[TranslationSummary]) -> list[str]:
    pairs = summaries[0].pairs
    remarks = [f"{pairs:,} test {'pair' if pairs == 1 else 'pairs'}", *repeats_remark(summaries)]
    if any(one.bleu is None for one in summaries):
        remarks.append("BLEU and chrF need recurra[translate]")
    return remarks
