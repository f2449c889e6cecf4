"""What the `insight` of a record has to hold, as `recurra.study.insight` describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recurra.report.checks import is_count, is_list, is_number

__all__ = ["insight_problem"]

Values = Mapping[str, Any]


def insight_problem(record: Values) -> str | None:
    """Say what is wrong with what was seen inside a network, or None; it may be missing."""
    insight = record.get("insight")
    if insight is None:
        return None
    if not isinstance(insight, Mapping):
        return "'insight' should be an object or null"
    for name, (check, wanted) in _PARTS.items():
        part = insight.get(name)
        if part is not None and not check(part):
            return f"'insight' should hold under {name!r} {wanted}"
    example, attribution = insight.get("example"), insight.get("attribution")
    if example and attribution and len(example["steps"]) != len(attribution["scores"]):
        return "'insight' should hold one score of the 'attribution' for each step"
    return None


def _example(part: Any) -> bool:
    return (
        isinstance(part, Mapping)
        and _texts(part, "text", "label", "explained")
        and is_list(part.get("steps"))
        and all(isinstance(step, str) for step in part["steps"])
        and is_list(part.get("answer"))
        and all(_answer(pair) for pair in part["answer"])
    )


def _answer(pair: Any) -> bool:
    return is_list(pair) and len(pair) == 2 and isinstance(pair[0], str) and is_number(pair[1])


def _attribution(part: Any) -> bool:
    return (
        isinstance(part, Mapping)
        and _texts(part, "method")
        and _numbers(part.get("scores"))
        and _all_numbers(part, "completeness_error", "faithfulness")
    )


def _layers(part: Any) -> bool:
    return _each(part, _layer)


def _layer(layer: Values) -> bool:
    gates = layer.get("gates")
    return (
        _texts(layer, "name", "cell")
        and isinstance(layer.get("backwards"), bool)
        and isinstance(gates, Mapping)
        and _each(list(gates.values()), _gate)
    )


def _gate(gate: Values) -> bool:
    return _all_numbers(gate, "mean", "low", "high") and _numbers(gate.get("steps"))


def _flows(part: Any) -> bool:
    return _each(part, _flow)


def _flow(flow: Values) -> bool:
    half_life = flow.get("half_life")
    return (
        _texts(flow, "model", "cell")
        and isinstance(flow.get("trained"), bool)
        and _numbers(flow.get("norms"))
        and _all_numbers(flow, "growth")
        and (half_life is None or is_number(half_life))
    )


def _memory(part: Any) -> bool:
    return (
        isinstance(part, Mapping)
        and _numbers(part.get("distances"))
        and _numbers(part.get("change"))
        and len(part["distances"]) == len(part["change"])
        and all(is_count(part.get(name)) for name in ("effective_context", "length", "inputs"))
    )


def _negation(part: Any) -> bool:
    return (
        isinstance(part, Mapping)
        and _texts(part, "praise")
        and _all_numbers(part, "negations_right", "swapped_right")
        and all(_each(part.get(name), _pair) for name in ("negations", "swapped"))
    )


def _pair(pair: Values) -> bool:
    return _texts(pair, "good", "bad") and _all_numbers(pair, "good_probability", "bad_probability")


def _each(values: Any, check: Callable[[Values], bool]) -> bool:
    """Say whether a value is a list of objects that pass a check."""
    return is_list(values) and all(isinstance(value, Mapping) and check(value) for value in values)


def _texts(values: Values, *names: str) -> bool:
    return all(isinstance(values.get(name), str) for name in names)


def _numbers(values: Any) -> bool:
    return is_list(values) and all(map(is_number, values))


def _all_numbers(values: Values, *names: str) -> bool:
    return all(is_number(values.get(name)) for name in names)


_PARTS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "example": (_example, "a text with its steps and the answer to it"),
    "attribution": (_attribution, "a method and its scores"),
    "layers": (_layers, "a list of layers with their gates"),
    "flows": (_flows, "a list of norms of gradients by steps back"),
    "memory": (_memory, "changes by distance"),
    "negation": (_negation, "lists of pairs of texts with their probabilities"),
}
