"""What a layer computed, one quantity after the other, as heat-maps show it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recurra.report.insight.scales import ScaleName
from recurra.study.insight import LayerTrace
from recurra.study.insight.trace import Array

__all__ = ["Quantity", "gate_quantities", "layer_name", "quantities", "state_quantities"]

CELLS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU", "other": "recurrent"}
_SYMBOLS = {
    "lstm": {"input": "i", "forget": "f", "output": "o", "candidate": "g"},
    "gru": {"update": "z", "reset": "r", "candidate": "h̃"},
}
_DECADES = 6  # gradients smaller than a millionth of the largest are all drawn as that


class Quantity(NamedTuple):
    """One quantity of a layer at every step.

    Attributes:
        key: Short name, unique in its layer.
        title: Name to show.
        values: `(time, units)`, units in the layer's `unit_order`.
        scale: Which colours.
        low: Value of the first colour.
        high: Value of the last colour.
    """

    key: str
    title: str
    values: Array
    scale: ScaleName
    low: float
    high: float


def layer_name(layer: LayerTrace) -> str:
    """Say which layer it is: `lstm_1: LSTM, 32 units, backwards`."""
    way = ", backwards" if layer.backwards else ""
    return f"{layer.name}: {CELLS[layer.cell]}, {layer.units} units{way}"


def quantities(layer: LayerTrace) -> list[Quantity]:
    """Return everything known of a layer: states, gates, gradient."""
    return [*state_quantities(layer), *gate_quantities(layer), *_gradient(layer)]


def state_quantities(layer: LayerTrace) -> list[Quantity]:
    """Return the hidden state and, of an LSTM, the cell state."""
    found = [_signed(layer, "hidden", "Hidden state h", layer.hidden, least=1.0)]
    if layer.cell_state is not None:
        found.append(_signed(layer, "cell", "Cell state c", layer.cell_state, least=1.0))
    return found


def gate_quantities(layer: LayerTrace) -> list[Quantity]:
    """Return the gates in the order of their equations."""
    symbols = _SYMBOLS.get(layer.cell, {})
    found = []
    for name, gate in layer.gates.items():
        symbol = f" {symbols[name]}" if name in symbols else ""
        if name == "candidate":
            found.append(_signed(layer, name, f"Candidate{symbol}", gate, least=1.0))
        else:
            title = f"{name.capitalize()} gate{symbol}"
            found.append(Quantity(name, title, gate[:, layer.unit_order], "share", 0.0, 1.0))
    return found


def _gradient(layer: LayerTrace) -> list[Quantity]:
    if layer.hidden_gradient is None or not layer.hidden_gradient.size:
        return []
    size = np.abs(layer.hidden_gradient[:, layer.unit_order])
    largest = float(np.nanmax(size))
    if not np.isfinite(largest) or largest <= 0:
        return []
    high = float(np.log10(largest))
    decades = np.log10(np.maximum(size, largest * 10.0**-_DECADES)).astype(np.float32)
    title = "Gradient of the loss at h, power of ten"
    return [Quantity("gradient", title, decades, "size", high - _DECADES, high)]


def _signed(layer: LayerTrace, key: str, title: str, values: Array, *, least: float) -> Quantity:
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    end = least if largest <= least else float(f"{largest:.2g}")
    return Quantity(key, title, values[:, layer.unit_order], "signed", -end, end)
