"""Which cell when: what the literature says in general, and what this run measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from recurra.report.numbers import compact, duration, percent
from recurra.study.summary import ModelSummary, Record, summarise
from recurra.study.units import TEXTS, unit_of

__all__ = ["Advice", "advice"]


class Advice(NamedTuple):
    """One row of the table.

    Attributes:
        cell: The kind of model.
        general: What holds in general.
        source: Who found it.
        measured: What this run says about it; empty if it was not run.
    """

    cell: str
    general: str
    source: str
    measured: tuple[str, ...]


_GENERAL = (
    (
        "SimpleRNN",
        "Short sequences and the smallest models: the cheapest step. Gradients fade with "
        "distance, so dependencies over some tens of steps are hardly learnt.",
        "Bengio, Simard & Frasconi 1994",
    ),
    (
        "LSTM",
        "Long dependencies: a gated, additive cell state lets gradients pass over many steps. "
        "Four weight blocks instead of one.",
        "Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000",
    ),
    (
        "GRU",
        "The usual first choice: two gates and three weight blocks, a quarter fewer recurrent "
        "weights than LSTM. Neither of the two wins on all data.",
        "Cho et al. 2014; Chung et al. 2014",
    ),
    (
        "Bidirectional",
        "When the whole sequence is there before the answer is due, as in classifying texts: "
        "each position sees both sides, at twice the work. Not for streams.",
        "Schuster & Paliwal 1997",
    ),
    (
        "Dense, linear",
        "When the tokens that occur matter more than their order, or rows are few. A linear "
        "model on n-grams is a strong baseline for sentiment and topics.",
        "Wang & Manning 2012",
    ),
)

_OF_SEQUENCES = (
    *(
        (cell, words.replace("classifying texts", "classifying recordings"), source)
        for cell, words, source in _GENERAL[:-1]
    ),
    (
        "Dense, linear",
        "When level and spread matter more than the order, or rows are few. A nearest neighbour "
        "under dynamic time warping is a baseline that was hard to beat for decades.",
        "Bagnall et al. 2017",
    ),
)


def advice(records: Sequence[Record]) -> list[Advice]:
    """Tie general statements about cells to the figures of this run.

    Args:
        records: Records of one comparison.

    Returns:
        One row per kind of model.
    """
    summaries = summarise(records)
    by_kind = {kind: [] for kind in _KINDS}  # type: dict[str, list[ModelSummary]]
    specifications = {record["model"]: record.get("specification") or {} for record in records}
    for one in summaries:
        kind = _kind(one, specifications[one.model])
        if kind is not None:
            by_kind[kind].append(one)
    general = _GENERAL if unit_of(records[0]) == TEXTS else _OF_SEQUENCES
    return [
        Advice(cell, words, source, _measured(cell, by_kind)) for cell, words, source in general
    ]


_KINDS: dict[str, Callable[[str], bool]] = {
    "SimpleRNN": lambda cell: "rnn" in cell,
    "LSTM": lambda cell: "lstm" in cell,
    "GRU": lambda cell: "gru" in cell,
    "Bidirectional": lambda cell: cell.startswith("bi"),
    "Dense, linear": lambda cell: False,
}


def _kind(one: ModelSummary, specification: Record) -> str | None:
    """The row a model belongs to."""
    if one.baseline:
        return "Dense, linear"
    if specification.get("bidirectional") or one.model.startswith("bi"):
        return "Bidirectional"
    cell = str(specification.get("cell") or one.model).lower()
    return next((kind for kind, fits in _KINDS.items() if fits(cell)), None)


def _measured(cell: str, by_kind: dict[str, list[ModelSummary]]) -> tuple[str, ...]:
    """What this run says about each model of a row, beside its peer."""
    return tuple(_line(one, _peer(one, cell, by_kind)) for one in by_kind[cell])


def _peer(
    one: ModelSummary, cell: str, by_kind: dict[str, list[ModelSummary]]
) -> ModelSummary | None:
    """What to hold a model against: LSTM, or the same cell in one direction."""
    if cell in ("SimpleRNN", "GRU"):
        return next(iter(by_kind["LSTM"]), None)
    if cell != "Bidirectional":
        return None
    singles = [peer for kind in ("SimpleRNN", "LSTM", "GRU") for peer in by_kind[kind]]
    return next((peer for peer in singles if peer.model == one.model.removeprefix("bi")), None)


def _line(one: ModelSummary, peer: ModelSummary | None) -> str:
    parts = [percent(one.accuracy)]
    if one.parameters is not None:
        parts.append(f"{compact(one.parameters)} parameters")
    if one.seconds_per_epoch is not None:
        parts.append(f"{duration(one.seconds_per_epoch)} per epoch")
    return f"{one.name}: {', '.join(parts)}{_against(one, peer) if peer else ''}."


def _against(one: ModelSummary, peer: ModelSummary) -> str:
    gap = 100 * (one.accuracy - peer.accuracy)
    side = "above" if gap >= 0 else "below"
    doubt = " (intervals overlap)" if one.overlaps(peer) else ""
    return f"; {abs(gap):.1f} points {side} {peer.name}{doubt}{_pace(one, peer)}"


def _pace(one: ModelSummary, peer: ModelSummary) -> str:
    if not one.seconds_per_epoch or not peer.seconds_per_epoch:
        return ""
    ratio = one.seconds_per_epoch / peer.seconds_per_epoch
    if 0.95 <= ratio <= 1.05:
        return " in about the same time per epoch"
    return f" in {ratio:.2g} times its time per epoch"
