"""The rows of the tables of a comparison of translators, and the run to look at closely."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.numbers import compact, duration, fixed, percent, significant
from recurra.report.tables import Column, ModelRow, best_network, model_rows
from recurra.report.theme import model_colours
from recurra.study.summary import Record
from recurra.study.translation_summary import (
    TranslationSummary,
    ranked_by,
    summarise_translators,
)

__all__ = ["COLUMNS", "comparison_rows", "score_words", "shown_run", "tiles", "write_score"]


def write_score(scored_by: str, value: float | None) -> str:
    """Write a BLEU or an exact match."""
    return fixed(value, 1) if scored_by == "BLEU" else percent(value)


def score_words(one: TranslationSummary) -> str:
    """Write a model's score, with its interval where there is one."""
    text = write_score(one.scored_by, one.score)
    return f"{text}  ({_ends(one)})" if one.low is not None else text


def _ends(one: TranslationSummary) -> str:
    return "–".join(write_score(one.scored_by, end) for end in one.ends)


def _below(figure: str, one: TranslationSummary) -> str:
    return _ends(one) if one.low is not None and one.scored_by == figure else ""


COLUMNS: tuple[Column[TranslationSummary], ...] = (
    Column(
        "BLEU",
        "higher is better",
        lambda one: one.bleu,
        lambda value: fixed(value, 1),
        max,
        lambda one: _below("BLEU", one),
    ),
    Column("chrF", "", lambda one: one.chrf, lambda value: fixed(value, 1), max),
    Column(
        "Exact match",
        "share of the pairs",
        lambda one: one.exact_match,
        percent,
        max,
        lambda one: _below("exact match", one),
    ),
    Column("Perplexity", "per target token", lambda one: one.perplexity, significant),
    Column("Parameters", "", lambda one: one.parameters, compact, best=None),
    Column("Training", "all epochs", lambda one: one.training_seconds, duration, best=None),
    Column("Translates", "sentences/s", lambda one: one.pairs_per_second, compact, best=None),
)


def comparison_rows(records: Sequence[Record]) -> list[ModelRow]:
    """Write every figure of every model, the best of each column marked.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, highest score first.
    """
    summaries = summarise_translators(records)
    return model_rows(summaries, COLUMNS, model_colours(record["model"] for record in records))


def shown_run(records: Sequence[Record], *, attentive: bool = False) -> Record:
    """Return the run to look at closely: the best network's repeat of median score.

    Args:
        records: Records of one comparison.
        attentive: Prefer the best network whose attention was kept.
    """
    summaries = summarise_translators(records)
    seen = {record["model"] for record in records if record["attention"]} if attentive else set()
    best = best_network([one for one in summaries if one.model in seen] or summaries)
    runs = [record for record in records if record["model"] == best.model]
    figure = ranked_by(records)
    ranked = sorted(runs, key=lambda run: (run["metrics"][figure], run["repeat"]))
    return ranked[(len(ranked) - 1) // 2]


def tiles(records: Sequence[Record]) -> list[tuple[str, str, str]]:
    """Pick the headline numbers.

    Args:
        records: Records of one comparison.

    Returns:
        Up to four tiles: what it is, the number, a word on it.
    """
    summaries = summarise_translators(records)
    network = best_network(summaries)
    baseline = next((one for one in summaries if one.baseline), None)
    found = [
        ("Exact match", percent(network.exact_match), f"of the test pairs, {network.name}"),
    ]
    if network.bleu is not None:
        found.append(("BLEU", fixed(network.bleu, 1), f"{network.name}, one reference"))
    if network.chrf is not None:
        found.append(("chrF", fixed(network.chrf, 1), f"{network.name}, one reference"))
    if baseline is not None and baseline is not network:
        words = f"{baseline.scored_by}, {baseline.name[:1].lower()}{baseline.name[1:]}"
        found.append(("Best baseline", write_score(baseline.scored_by, baseline.score), words))
    return found
