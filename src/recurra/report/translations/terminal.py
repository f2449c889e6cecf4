"""A comparison of translators as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from recurra.report.numbers import compact, fixed, percent, shorten, significant
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
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), caption=_caption(summaries))
    table.caption_justify = "left"
    table.add_column("Model", no_wrap=True)
    for title in _TITLES:
        table.add_column(title, justify="right", no_wrap=True)
    for place, one in enumerate(summaries):
        style = "bold" if place == 0 else "dim" if one.baseline else ""
        # Text, not str: a name such as "[red]" is no markup.
        table.add_row(*map(Text, _cells(one)), style=style)
    return table


def _cells(one: TranslationSummary) -> tuple[str, ...]:
    mark = " *" if one.baseline else ""
    return (
        shorten(one.name, 21 - len(mark)) + mark,
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


def _caption(summaries: Sequence[TranslationSummary]) -> str:
    pairs = summaries[0].pairs
    parts = [f"{pairs:,} test {'pair' if pairs == 1 else 'pairs'}"]
    repeats = max(one.repeats for one in summaries)
    if repeats > 1:
        parts.append(f"±: 95 % interval, Student t over {repeats} repeats")
    if any(one.bleu is None for one in summaries):
        parts.append("BLEU and chrF need recurra[translate]")
    return "; ".join([*parts, "* baseline"])
