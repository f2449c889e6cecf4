"""The rows of the tables of a comparison of language models, and the run to look at closely."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.numbers import compact, duration, fixed, percent, significant
from recurra.report.tables import Column, ModelRow, best_network, model_rows
from recurra.report.theme import model_colours
from recurra.study.generation_summary import GenerationSummary, summarise_generators
from recurra.study.summary import Record

__all__ = ["COLUMNS", "comparison_rows", "shown_run", "tiles", "typical_run"]


def _interval(one: GenerationSummary) -> str:
    if one.low is None or one.high is None:
        return ""
    return f"{fixed(one.low)}–{fixed(one.high)}"


COLUMNS: tuple[Column[GenerationSummary], ...] = (
    Column("Bits per character", "lower is better", lambda one: one.loss, fixed, below=_interval),
    Column("Nats", "per token", lambda one: one.nats, fixed),
    Column("Perplexity", "per token", lambda one: one.perplexity, significant),
    Column("First guess", "right", lambda one: one.accuracy, percent, max),
    Column("Parameters", "", lambda one: one.parameters, compact, best=None),
    Column("Training", "all epochs", lambda one: one.training_seconds, duration, best=None),
    Column("Reads", "tokens/s, training", lambda one: one.tokens_per_second, compact, best=None),
    Column("Writes", "tokens/s, one text", lambda one: one.generated_per_second, compact, max),
)


def comparison_rows(records: Sequence[Record]) -> list[ModelRow]:
    """Write every figure of every model, the best of each column marked.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, lowest loss first.
    """
    summaries = summarise_generators(records)
    return model_rows(summaries, COLUMNS, model_colours(record["model"] for record in records))


def typical_run(records: Sequence[Record], model: str) -> Record:
    """Return the repeat of median loss; the best would flatter."""
    runs = [record for record in records if record["model"] == model]
    ranked = sorted(runs, key=lambda run: (run["metrics"]["bits_per_character"], run["repeat"]))
    return ranked[(len(ranked) - 1) // 2]


def shown_run(records: Sequence[Record]) -> Record:
    """Return the run to look at closely: the typical one of the best network."""
    return typical_run(records, best_network(summarise_generators(records)).model)


def tiles(records: Sequence[Record]) -> list[tuple[str, str, str]]:
    """Pick the headline numbers.

    Args:
        records: Records of one comparison.

    Returns:
        Up to four tiles: what it is, the number, a word on it.
    """
    summaries = summarise_generators(records)
    leader, network = summaries[0], best_network(summaries)
    found = [("Lowest loss", fixed(leader.loss), f"bits per character, {leader.name}")]
    baseline = next((one for one in summaries if one.baseline), None)
    if baseline is not None and baseline.loss and not network.baseline:
        gap = 1 - network.loss / baseline.loss
        side = "below" if gap >= 0 else "above"
        words = f"{network.name}, its loss {side} that of the {baseline.name}"
        found.append(("Against n-grams", percent(abs(gap)), words))
    if network.accuracy is not None:
        words = f"of the next tokens were the first guess of {network.name}"
        found.append(("Foreseen", percent(network.accuracy), words))
    if network.generated_per_second is not None:
        words = f"tokens a second, {network.name}, one text at a time"
        found.append(("Writes", compact(network.generated_per_second), words))
    return found
