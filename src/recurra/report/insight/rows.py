"""The layers of a model as rows of a drawing over time."""

from __future__ import annotations

from typing import NamedTuple

from recurra.report.numbers import count, shorten
from recurra.study.insight import Block, LayerTrace, Trace

__all__ = ["Row", "network_rows"]

_GATES = {"rnn": 1, "lstm": 4, "gru": 3}
_ONE, _TWO, _PLAIN = 98, 192, 72


class Row(NamedTuple):
    """One layer in the drawing.

    Attributes:
        title: Name of the layer.
        lines: What stands below it: its weights, its shapes.
        states: The recurrent layers drawn in it, one for each direction; none for others.
        reads_steps: Whether it reads every step.
        writes_steps: Whether it puts out every step.
        weights: Whether it has weights.
        vector: What it puts out at one step, such as `(64)`.
        height: Height in CSS pixels.
    """

    title: str
    lines: tuple[str, ...]
    states: tuple[LayerTrace, ...]
    reads_steps: bool
    writes_steps: bool
    weights: bool
    vector: str
    height: int


def network_rows(trace: Trace) -> list[Row]:
    """Return the layers from the input to the output.

    Args:
        trace: A look into a network.

    Returns:
        One row for each block; those that only pass on what they read are left out.
    """
    waiting = list(trace.layers)
    rows = []
    for block in trace.blocks:
        states: tuple[LayerTrace, ...] = ()
        if block.recurrent:
            states, waiting = tuple(waiting[: block.directions]), waiting[block.directions :]
            if any(len(layer.valid) != len(trace.labels) for layer in states):
                states = ()  # a decoder: it runs over other steps
        elif _passes_on(block):
            continue
        rows.append(_row(block, states))
    return rows


def _passes_on(block: Block) -> bool:
    same = block.shape_in == block.shape_out
    return not block.parameters and (same or block.kind == "InputLayer")


def _row(block: Block, states: tuple[LayerTrace, ...]) -> Row:
    both = ", both ways" if block.directions == 2 else ""
    title = f"{block.kind}{both}"
    shapes = f"{block.shape_in} → {block.shape_out}"
    height = _PLAIN if not states else _ONE if len(states) == 1 else _TWO
    return Row(
        title,
        (*_weights(block, states), shorten(shapes, 34)),
        states,
        "time" in block.shape_in,
        "time" in block.shape_out,
        block.parameters > 0,
        shorten(block.shape_out.replace("time, ", ""), 12),
        height,
    )


def _weights(block: Block, states: tuple[LayerTrace, ...]) -> tuple[str, ...]:
    if not block.parameters:
        return ("no weights",)
    total = f"{count(block.parameters)} weights"
    if not states or states[0].cell not in _GATES:
        return (total,)
    layer = states[0]
    gates, features = _GATES[layer.cell], layer.inputs.shape[1]
    side = f"{gates}·{layer.units}" if gates > 1 else str(layer.units)
    each = "each way " if block.directions == 2 else ""
    return (f"{each}W ({features}, {side})  U ({layer.units}, {side})", total)
