"""The layers of a model as rows of a drawing over time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from recurra.report.numbers import count, shorten
from recurra.study.insight import Block, LayerTrace, Trace

__all__ = ["Row", "Stage", "network_stages"]

_GATES = {"rnn": 1, "lstm": 4, "gru": 3}
_ONE, _TWO, _PLAIN = 98, 192, 72
_WIDE, _NAMES = 34, 30  # characters of a line; names of layers have wide letters
_SILENT = ("InputLayer", "Discretization", "Masking", "NotEqual")  # inputs and masks


class Row(NamedTuple):
    """One layer in the drawing.

    Attributes:
        title: What the layer is.
        lines: What stands below it: its weights, its shapes.
        states: The recurrent layers drawn in it, one for each direction; none for others.
        reads_steps: Whether it reads every step.
        writes_steps: Whether it puts out every step.
        weights: Whether it has weights.
        vector: What it puts out at one step, such as `(64)`.
        shape_out: What it puts out over all steps, such as `(time, 64)`.
        height: Height in CSS pixels.
    """

    title: str
    lines: tuple[str, ...]
    states: tuple[LayerTrace, ...]
    reads_steps: bool
    writes_steps: bool
    weights: bool
    vector: str
    shape_out: str
    height: int


class Stage(NamedTuple):
    """Rows that run over the same steps: an encoder, a decoder.

    Attributes:
        labels: Labels of the steps.
        rows: From the input upwards.
    """

    labels: tuple[str, ...]
    rows: list[Row]


def network_stages(trace: Trace) -> list[Stage]:
    """Return the layers from the input to the output.

    Only the way of the sequence is drawn layer by layer. What follows the last recurrent layer is
    drawn so too where it is a plain chain, and as one box where it branches.

    Args:
        trace: A look into a network.

    Returns:
        One stage for each kind of steps, the input's first; none without a recurrent layer.
    """
    blocks = [block for block in trace.blocks if not _is_silent(block)]
    stages: list[Stage] = []
    waiting, begin = list(trace.layers), 0
    for place, block in enumerate(blocks):
        if not block.recurrent or not waiting:
            continue
        states, waiting = tuple(waiting[: block.directions]), waiting[block.directions :]
        labels = states[0].labels or trace.labels
        if not stages or stages[-1].labels != labels:
            stages.append(Stage(labels, []))
        before = _chain_before(blocks[begin:place], block)
        rows = [_row(one, (), len(labels)) for one in before]
        stages[-1].rows.extend([*rows, _row(block, states, len(labels))])
        begin = place + 1
    if stages:
        stages[-1].rows.extend(_head(blocks[begin:], stages[-1]))
    return stages


def _is_silent(block: Block) -> bool:
    same = block.shape_in == block.shape_out
    return not block.parameters and (same or block.kind in _SILENT)


def _chain_before(blocks: Sequence[Block], reader: Block) -> list[Block]:
    """Return the layers through which a recurrent layer reads, nearest last."""
    chain: list[Block] = []
    for block in reversed(blocks):
        if block.shape_out == (chain[0] if chain else reader).shape_in:
            chain.insert(0, block)
    return chain


def _head(blocks: Sequence[Block], stage: Stage) -> list[Row]:
    """Return the rows above the last recurrent layer."""
    steps = len(stage.labels)
    below = [stage.rows[-1].shape_out, *(block.shape_out for block in blocks)]
    if all(block.shape_in == shape for block, shape in zip(blocks, below, strict=False)):
        return [_row(block, (), steps) for block in blocks]
    kinds = ", ".join(dict.fromkeys(block.kind for block in blocks))
    weights = sum(block.parameters for block in blocks)
    whole = Block("", "Further layers", below[0], below[-1], weights, recurrent=False, directions=1)
    row = _row(whole, (), steps)
    return [row._replace(lines=(shorten(kinds, _NAMES), *row.lines))]


def _row(block: Block, states: tuple[LayerTrace, ...], steps: int) -> Row:
    both = ", both ways" if block.directions == 2 else ""
    return Row(
        f"{block.kind}{both}",
        (*_weights(block, states), shorten(f"{block.shape_in} → {block.shape_out}", _WIDE)),
        states,
        _over_time(block.shape_in, steps),
        _over_time(block.shape_out, steps),
        block.parameters > 0,
        shorten(_vector(block, steps), 12),
        block.shape_out,
        _PLAIN if not states else _ONE if len(states) == 1 else _TWO,
    )


def _vector(block: Block, steps: int) -> str:
    """Write what a layer puts out, or of a sequence what it puts out at one step."""
    if not _over_time(block.shape_out, steps):
        return block.shape_out
    return re.sub(r"^\(\w+, ", "(", block.shape_out)


def _over_time(shape: str, steps: int) -> bool:
    return re.match(rf"\((time|{steps})\b", shape) is not None


def _weights(block: Block, states: tuple[LayerTrace, ...]) -> tuple[str, ...]:
    if not block.parameters:
        return ("no weights",)
    name = f"{block.name}, " if states else ""
    total = shorten(f"{name}{count(block.parameters)} weights", _WIDE)
    if not states or states[0].cell not in _GATES:
        return (total,)
    layer = states[0]
    gates, features = _GATES[layer.cell], layer.inputs.shape[1]
    side = f"{gates}·{layer.units}" if gates > 1 else str(layer.units)
    each = "each " if block.directions == 2 else ""
    return (f"{each}W ({features}, {side})  U ({layer.units}, {side})", total)
