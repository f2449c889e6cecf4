"""How far the gates of each network are open at each token of the example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import TEXT, WIDTH, Look, axis, new_figure, styled
from recurra.report.figures.rows import key
from recurra.report.insight.steps import step_axis, step_names
from recurra.report.numbers import percent, shorten
from recurra.report.texts.insight import layer_title, looked_into
from recurra.report.theme import COLOURS
from recurra.study.summary import Record
from recurra.study.units import unit_of

__all__ = ["describe", "figure"]

_PANEL, _BESIDE, _BELOW = 118, 70, 96
_SMALL = 11  # CSS pixels of names in a picture that scrolls and so never shrinks
_LONGEST = 14  # characters of a token
_MOST_LAYERS = 8
_HEX = {colour.name: colour.light for colour in COLOURS}
_GATES = {
    "input": "c-blue",
    "forget": "c-vermilion",
    "output": "c-green",
    "update": "c-indigo",
    "reset": "c-pink",
}


class _Layer(NamedTuple):
    name: str
    tokens: tuple[str, ...]
    gates: Mapping[str, Sequence[float]]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw a panel for each recurrent layer with a line for each of its gates.

    Candidates are left out: they are no gates, but what the gates let through.

    Args:
        records: Records of one comparison.

    Returns:
        The figure, wide for a long text; None where no network has gates.
    """
    layers = _layers(records)
    if not layers:
        return None
    tokens = layers[0].tokens
    width = max(float(WIDTH), step_axis(len(tokens)).pixels * len(tokens) + _BESIDE)
    drawing = new_figure(_PANEL * len(layers) + _BELOW, width)
    panels = list(drawing.subplots(len(layers), 1, squeeze=False)[:, 0])
    for panel, layer in zip(panels, layers, strict=True):
        _panel(panel, layer)
    _name_tokens(panels[-1], tokens, TEXT if width <= WIDTH else _SMALL)
    shown = [gate for gate in _GATES if any(gate in layer.gates for layer in layers)]
    key(drawing, [Line2D([], [], label=gate, **_look(gate)) for gate in shown], columns=3)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words how far each gate is open, and at which tokens least and most."""
    parts = [
        f"{layer.name}, {gate}: {_range(values, layer.tokens)}"
        for layer in _layers(records)
        for gate, values in layer.gates.items()
    ]
    return f"Mean openness of the gates at each {unit_of(records[0]).step}. {'; '.join(parts)}."


def _range(values: Sequence[float], tokens: Sequence[str]) -> str:
    low, high = (values.index(end) for end in (min(values), max(values)))
    return (
        f"from {percent(values[low], 0)} at {tokens[low]} to {percent(values[high], 0)} "
        f"at {tokens[high]}"
    )


def _layers(records: Sequence[Record]) -> list[_Layer]:
    """Return the layers that read the same tokens as the first of them."""
    found = [
        _Layer(
            layer_title(record, insight, layer),
            step_names(insight["example"]["steps"]),
            _open(layer),
        )
        for record, insight in looked_into(records)
        if insight.get("example")
        for layer in insight.get("layers") or ()
    ]
    return [
        one
        for one in found
        if one.gates
        and one.tokens == found[0].tokens
        and all(len(values) == len(one.tokens) > 0 for values in one.gates.values())
    ][:_MOST_LAYERS]


def _open(layer: Mapping[str, Any]) -> dict[str, Sequence[float]]:
    return {name: gate["steps"] for name, gate in layer["gates"].items() if name in _GATES}


def _panel(panel: Axes, layer: _Layer) -> None:
    axis(panel, "y")
    for gate, values in layer.gates.items():
        panel.plot(range(len(values)), values, **_look(gate))
    panel.set_title(layer.name, loc="left", fontsize=TEXT, pad=4)
    panel.set_xlim(-0.5, len(layer.tokens) - 0.5)
    panel.set_xticks([])  # a tick for each token of each panel would take seconds to lay out
    panel.set_ylim(0, 1)
    panel.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])


def _name_tokens(panel: Axes, tokens: Sequence[str], size: int) -> None:
    places = range(0, len(tokens), step_axis(len(tokens)).every)
    names = [shorten(tokens[place], _LONGEST) for place in places]
    panel.set_xticks(places, names, rotation=90, fontsize=size)


def _look(gate: str) -> Look:
    few: Look = {"marker": "o", "markersize": 3.5}
    return {"color": _HEX[_GATES[gate]], "linewidth": 1.8, **few}
