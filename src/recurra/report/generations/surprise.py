"""A text shaded by how surprised a model was, and the places where it was surprised most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import log
from typing import Any, NamedTuple

from recurra.report.numbers import fixed, percent

__all__ = ["LEVELS", "Surprise", "shaded_text", "surprises"]

LEVELS = ("under 1 bit", "1 to 2", "2 to 4", "4 to 6", "6 to 8", "8 and more")
"""What the shades mean, the palest first."""

_EDGES = (1.0, 2.0, 4.0, 6.0, 8.0)
_MOST = 10
_BEFORE = 32  # characters
_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍", "": "∅"}


class Surprise(NamedTuple):
    """A token that a model did not foresee.

    Attributes:
        before: The end of the text before it.
        token: The token, made visible.
        bits: Its surprisal, written.
        expected: The model's first guess, made visible; empty where it is not known.
        probability: Of that guess, written.
    """

    before: str
    token: str
    bits: str
    expected: str
    probability: str


def shaded_text(surprise: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return runs of text of the same shade, as `(level, text)`; levels are those of `LEVELS`.

    Args:
        surprise: `tokens` and `nats` of a record.
    """
    pairs = [
        (_level(nats), token)
        for token, nats in zip(surprise["tokens"], surprise["nats"], strict=True)
    ]
    return [
        (level, "".join(token for _, token in group))
        for level, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def surprises(surprise: Mapping[str, Any]) -> list[Surprise]:
    """Return the most surprising tokens, the most surprising first.

    Args:
        surprise: `tokens`, `nats` and `expected` of a record.
    """
    tokens, nats, expected = surprise["tokens"], surprise["nats"], surprise["expected"]
    ranked = sorted(range(len(tokens)), key=lambda place: -nats[place])[:_MOST]
    return [
        Surprise(
            _context(tokens, place),
            _visible(tokens[place]),
            fixed(nats[place] / log(2), 1),
            _visible(expected[place][0]) if expected[place] else "",
            percent(expected[place][1]) if expected[place] else "",
        )
        for place in ranked
    ]


def _level(nats: float) -> int:
    return sum(nats / log(2) >= edge for edge in _EDGES)


def _context(tokens: Sequence[str], place: int) -> str:
    before = "".join(tokens[max(0, place - _BEFORE) : place])
    shown = before[-_BEFORE:]
    mark = "…" if len(shown) < len(before) or place > _BEFORE else ""
    return mark + "".join("↵" if sign == "\n" else sign for sign in shown)


def _visible(token: str) -> str:
    """Return a token in which every sign can be seen."""
    if token in _VISIBLE:
        return _VISIBLE[token]
    return "".join("↵" if sign == "\n" else "⇥" if sign == "\t" else sign for sign in token)
