"""States, gates and gradients of one call of a recurrent layer, by the reference implementation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.study.insight._programs import Program
from recurra.study.insight._reference import computed, why_not, zeroes_masked
from recurra.study.insight._watching import Call
from recurra.study.insight.clusters import unit_order
from recurra.study.insight.trace import LayerTrace

__all__ = ["layer_trace"]

Array: TypeAlias = NDArray[np.floating[Any]]

_TOLERANCE = 1e-3  # more than that is not rounding of float32 over some hundred steps


def layer_trace(
    call: Call,
    gradients: tuple[Array, ...] | None,
    *,
    name: str,
    labels: tuple[str, ...] = (),
    note: str = "",
) -> LayerTrace:
    """Return what happened in a recurrent layer, step by step.

    Args:
        call: The recorded call; its first row is shown.
        gradients: Gradients of the layer's outputs, as `OutputGradients` gives them; None where
            there are none.
        name: The name to show.
        labels: Names of the steps where they are not those of the input.
        note: What is to be said of it.
    """
    reason = why_not(call)
    if reason is None:
        return _known(call, gradients, name, labels, note)
    text = f"no gates and no gradients through time: {reason}"
    return _unknown(call, name, labels, "; ".join(part for part in (note, text) if part))


def _known(
    call: Call,
    gradients: tuple[Array, ...] | None,
    name: str,
    labels: tuple[str, ...],
    note: str,
) -> LayerTrace:
    cell, out = computed(call)
    steps = cell.steps(out.cache)
    found = None
    if gradients is not None:
        found = cell.gradients(out.cache, *_incoming(call, gradients, out.sequence.shape))
    hidden = _first(steps.hidden)
    valid = _valid(call, len(hidden))
    return LayerTrace(
        name=name,
        cell=cell.name,
        units=hidden.shape[1],
        backwards=call.layer.go_backwards,
        valid=valid,
        inputs=_first(call.inputs),
        hidden=hidden,
        cell_state=_first(steps.cell_state),
        gates={gate: _first(values) for gate, values in steps.gates.items()},
        hidden_gradient=None if found is None else _first(found.hidden),
        cell_gradient=None if found is None else _first(found.cell_state),
        unit_order=unit_order(hidden[valid]),
        note="; ".join(part for part in (note, _difference(call, out)) if part),
        labels=labels,
    )


def _incoming(
    call: Call, gradients: tuple[Array, ...], shape: tuple[int, ...]
) -> list[Array | None]:
    """Return what reaches the sequence, the last state and the last cell state from above."""
    first, *states = (part[:1].astype(np.float64) for part in gradients)
    ends: list[Array | None] = [*states] or [None]
    if call.layer.return_sequences:
        return [first, *ends]
    if zeroes_masked(call):  # Keras puts out the last step of the sequence, be it masked
        sequence = np.zeros(shape)
        sequence[:, -1] = first
        return [sequence, *ends]
    return [None, first if ends[0] is None else first + ends[0], *ends[1:]]


def _difference(call: Call, out: Any) -> str:
    """Say how far the reference is from what the layer put out, where it is not rounding."""
    last = out.sequence[:, -1] if zeroes_masked(call) else out.h
    expected = out.sequence if call.layer.return_sequences else last
    gap = float(np.max(np.abs(expected - call.outputs[0][:1]), initial=0.0))
    if gap <= _TOLERANCE:
        return ""
    return (
        f"the layer computes in {call.layer.compute_dtype}: its outputs differ by up to {gap:.1e}"
    )


def _unknown(call: Call, name: str, labels: tuple[str, ...], note: str) -> LayerTrace:
    """Return the outputs of a layer that the reference does not know, at every step."""
    hidden = _over_features(_sequence(call))
    if call.layer.go_backwards:
        hidden = hidden[::-1].copy()
    valid = _valid(call, len(hidden))
    return LayerTrace(
        name=name,
        cell="other",
        units=hidden.shape[1],
        backwards=bool(call.layer.go_backwards),
        valid=valid,
        inputs=_over_features(call.inputs),
        hidden=hidden,
        cell_state=None,
        gates={},
        hidden_gradient=None,
        cell_gradient=None,
        unit_order=unit_order(hidden[valid]),
        note=note,
        labels=labels,
    )


def _sequence(call: Call) -> Array:
    """Return what a layer puts out at every step, in the order of processing."""
    layer = call.layer
    if layer.return_sequences:
        return call.outputs[0]
    own = vars(layer)
    before = own["return_sequences"]
    own["return_sequences"] = True
    try:
        outputs = Program(layer, _rerun(layer))(call.inputs, call.mask, list(call.initial_states))
    finally:
        own["return_sequences"] = before
    return np.asarray(keras.ops.convert_to_numpy(keras.tree.flatten(outputs)[0]))


def _rerun(layer: Any) -> Callable[..., Any]:
    def run(inputs: Any, mask: Any, states: Any) -> Any:
        return layer.call(inputs, mask=mask, initial_state=states or None)

    return run


def _valid(call: Call, time: int) -> NDArray[np.bool_]:
    return np.ones(time, bool) if call.mask is None else call.mask[0].reshape(time, -1).any(axis=1)


def _over_features(values: Array) -> NDArray[np.float32]:
    """Return the first row as `(time, features)`; of images, the mean of each channel."""
    row = values[0]
    middle = tuple(range(1, row.ndim - 1))
    found: NDArray[np.float32] = (row.mean(axis=middle) if middle else row).astype(np.float32)
    return found


def _first(values: Any) -> Any:
    """Return the first row as float32; None stays None."""
    return None if values is None else np.ascontiguousarray(values[0], np.float32)
