"""What a report of classifiers says of the inside of its networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from recurra.report.attention_plot import token_label
from recurra.report.numbers import NOTHING, percent, shorten, significant
from recurra.report.theme import model_colours
from recurra.study.summary import Record, summarise

__all__ = ["Reading", "insight_context", "layer_title", "looked_into"]

_MOST_STEPS = 160
_STRONGEST = 55  # per cent of a colour: text on it keeps its contrast
_SAME = 1e-6  # probabilities no further apart differ by rounding, as for `PairAnswer.right`


class Reading(NamedTuple):
    """How a network read the example.

    Attributes:
        name: The network.
        colour: Its colour.
        answer: Its answer and the probability.
        error: By how much the scores miss their sum.
        steps: Each step with the strength of its score in per cent, below zero where it speaks
            against the label.
        more: Steps not shown.
    """

    name: str
    colour: str
    answer: str
    error: str
    steps: list[tuple[str, int]]
    more: int


def looked_into(records: Sequence[Record]) -> list[tuple[Record, Mapping[str, Any]]]:
    """Return the first record of each model that was looked into, the best model first.

    Args:
        records: Records of one comparison, checked.

    Returns:
        Records with what was seen inside.
    """
    first: dict[str, Record] = {}
    for record in records:
        if record.get("insight"):
            first.setdefault(record["model"], record)
    ranked = [one.model for one in summarise(records)]
    return [(first[model], first[model]["insight"]) for model in ranked if model in first]


def layer_title(record: Record, insight: Mapping[str, Any], layer: Mapping[str, Any]) -> str:
    """Name a recurrent layer of a network: its number where there are several, its direction."""
    names = list(dict.fromkeys(one["name"] for one in insight["layers"]))
    number = f", layer {names.index(layer['name']) + 1}" if len(names) > 1 else ""
    return f"{shorten(record['name'], 34)}{number}{', backwards' if layer['backwards'] else ''}"


def insight_context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template says beside the pictures.

    Args:
        records: Records of one comparison, checked.
    """
    seen = looked_into(records)
    with_example = [
        (record, insight)
        for record, insight in seen
        if insight.get("example") and insight.get("attribution")
    ]
    colours = model_colours(record["model"] for record in records)
    return {
        "readings": [_reading(*one, colours[one[0]["model"]].name) for one in with_example],
        "example": with_example[0][1]["example"] if with_example else None,
        "flows": [
            (record["name"], _half_life(flow), significant(flow["growth"], 3))
            for record, insight in seen
            for flow in insight.get("flows") or ()
            if flow["trained"]
        ],
        "negation": _negation(seen),
    }


def _reading(record: Record, insight: Mapping[str, Any], colour: str) -> Reading:
    example, attribution = insight["example"], insight["attribution"]
    scores = attribution["scores"]
    largest = max(map(abs, scores), default=0.0) or 1.0
    steps = [
        (token_label(step), round(_STRONGEST * score / largest))
        for step, score in zip(example["steps"], scores, strict=True)
    ]
    answer = max(example["answer"], key=lambda pair: pair[1], default=None)
    return Reading(
        record["name"],
        colour,
        f"{answer[0]} {percent(answer[1])}" if answer else NOTHING,
        percent(attribution.get("completeness_error"), 2),
        steps[:_MOST_STEPS],
        max(0, len(steps) - _MOST_STEPS),
    )


def _half_life(flow: Mapping[str, Any]) -> str:
    half = flow.get("half_life")
    return "does not halve" if half is None else f"{significant(half, 2)} steps"


def _negation(seen: Sequence[tuple[Record, Mapping[str, Any]]]) -> dict[str, Any] | None:
    """Return the table of pairs: a column for each network, a line for each pair."""
    found = [(record["name"], one["negation"]) for record, one in seen if one.get("negation")]
    if not found:
        return None
    shares = [
        (name, percent(one["negations_right"], 0), percent(one["swapped_right"], 0))
        for name, one in found
    ]
    rows = [
        (pair["good"], pair["bad"], [_pair(one[kind][place]) for _, one in found])
        for kind in ("negations", "swapped")
        for place, pair in enumerate(found[0][1][kind])
        if all(place < len(one[kind]) for _, one in found)
    ]
    return {
        "praise": found[0][1]["praise"],
        "names": [name for name, _ in found],
        "shares": shares,
        "rows": rows,
    }


def _pair(pair: Mapping[str, Any]) -> tuple[str, str]:
    """Write both probabilities of praise, and how they stand: `right`, `same` or `wrong`."""
    good, bad = pair["good_probability"], pair["bad_probability"]
    state = "same" if abs(good - bad) <= _SAME else "right" if good > bad else "wrong"
    return f"{percent(good, 0)} / {percent(bad, 0)}", state
