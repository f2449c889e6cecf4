"""What the page of a comparison of classifiers of series or sound says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from recurra.report.numbers import NOTHING, percent
from recurra.report.series.sparks import spark, strip
from recurra.report.texts.insight import looked_into
from recurra.report.texts.page import context as classifiers_context
from recurra.report.theme import model_colours
from recurra.study.summary import Record
from recurra.study.units import unit_of

__all__ = ["context", "drawn_examples", "drawn_readings"]


def context(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the template needs beyond what every page has.

    Args:
        records: Records of one comparison, checked.
    """
    shown = classifiers_context([_without_examples(record) for record in records])
    run, unit = shown["run"], unit_of(records[0])
    mistakes = [
        {**one, "drawing": _drawing(one, f"a test {unit.item} labelled {one['label']}")}
        for one in run.get("mistakes") or ()
    ]
    return {
        **shown,
        "run": {**run, "mistakes": mistakes},
        "examples": drawn_examples(records[0]),
        "readings": drawn_readings(records),
        "channels": _channels(records[0]["data"]),
    }


def drawn_examples(record: Record) -> list[tuple[str, Markup]]:
    """Return the label and a drawing of each example of the data."""
    item = unit_of(record).item
    return [
        (str(one.get("label", "")), _drawing(one, f"a training {item}"))
        for one in record["data"].get("examples") or ()
        if one.get("values")
    ]


def drawn_readings(records: Sequence[Record]) -> dict[str, Any] | None:
    """Return the example that every network was looked into with, and how each read it.

    Returns:
        `label`, `explained`, `drawing`, `first` and `last` (names of steps), and `networks`: of
        each name, colour, answer, error, and the strip of its scores.
    """
    seen = [
        (record, insight)
        for record, insight in looked_into(records)
        if insight.get("example") and insight.get("attribution")
    ]
    if not seen:
        return None
    example = seen[0][1]["example"]
    colours = model_colours(record["model"] for record in records)
    return {
        "label": example["label"],
        "explained": example["explained"],
        "drawing": _drawing(example, f"the {unit_of(records[0]).item}"),
        "first": example["steps"][0] if example["steps"] else "",
        "last": example["steps"][-1] if example["steps"] else "",
        "networks": [_reading(*one, colours[one[0]["model"]].name) for one in seen],
    }


def _reading(record: Record, insight: Mapping[str, Any], colour: str) -> dict[str, Any]:
    example, attribution = insight["example"], insight["attribution"]
    answer = max(example["answer"], key=lambda pair: pair[1], default=None)
    scores = attribution["scores"]
    strongest = max(range(len(scores)), key=lambda k: abs(scores[k]), default=None)
    words = "scores of the steps"
    if strongest is not None:
        words += f", the strongest {scores[strongest]:+.3g} at {example['steps'][strongest]}"
    return {
        "name": record["name"],
        "colour": colour,
        "answer": f"{answer[0]} {percent(answer[1])}" if answer else NOTHING,
        "error": percent(attribution.get("completeness_error"), 2),
        "strip": strip(scores, words),
    }


def _drawing(shown: Mapping[str, Any], label: str) -> Markup:
    return spark(shown["values"], label) if shown.get("values") else Markup("")


def _channels(data: Record) -> int | None:
    channels = data.get("channels")
    if isinstance(channels, int):
        return channels
    return len(channels) if channels else None


def _without_examples(record: Record) -> Record:
    """Return a record whose examples are not taken for texts."""
    data = {name: value for name, value in record["data"].items() if name != "examples"}
    return {**record, "data": data}
