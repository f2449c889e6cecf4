"""Gradients on their way back through time: how fast they vanish or explode.

Source: the decay of ∂h_T/∂h_t with the distance T - t, Hochreiter 1991 and Bengio, Simard &
Frasconi 1994, "Learning Long-Term Dependencies with Gradient Descent is Difficult"; Pascanu,
Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.study.insight._gradients import OutputGradients
from recurra.study.insight._layer_states import layer_trace
from recurra.study.insight._watching import recurrent_layers
from recurra.study.insight.subject import Subject
from recurra.study.insight.trace import GradientFlow, LayerTrace
from recurra.tasks.comparable import use_kernels

__all__ = ["CELLS", "decay", "gradient_flow", "gradient_flows"]

CELLS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
_LOWEST = 1e-30  # smaller norms are rounding


def gradient_flows(
    subject: Subject, cells: Sequence[str] = tuple(CELLS)
) -> tuple[GradientFlow, ...]:
    """Follow the gradient back through a model and through untrained ones of each cell.

    Args:
        subject: The input and its model.
        cells: Cells of which an untrained model of the same architecture is put beside.

    Returns:
        The model's own flow first; none where its first recurrent layer is of a custom cell. The
        untrained ones are left out where the architecture cannot be built again.
    """
    own = gradient_flow(subject)
    found = [own] if own is not None else []
    for cell in cells if found else ():
        model = subject.untrained(cell)
        flow = None if model is None else gradient_flow(subject, model, trained=False)
        if flow is not None:
            found.append(flow)
    return tuple(found)


def gradient_flow(
    subject: Subject, model: Any = None, *, trained: bool = True
) -> GradientFlow | None:
    """Follow the loss gradient back through the recurrence that reads the input.

    All of the gradient that the loss sends to the layer's outputs enters at the last step, and is
    carried back through the recurrence alone. So models that read only the last state and models
    that pool all of them can be compared: what is seen is the memory of the cell. (The total
    derivative, in which every step has its own part, is `LayerTrace.hidden_gradient`.) Limits: one
    input, one layer, and the hidden state alone, also of an LSTM.

    Args:
        subject: The input, and the model where no other is given.
        model: Another model of the same inputs and outputs.
        trained: What to say of its weights.

    Returns:
        The norms and how they decay; None where the model's first recurrent layer is of a custom
        cell.
    """
    model = subject.model if model is None else model
    trace = _first_layer(subject, model)
    if trace is None or trace.gradient_norms is None or trace.cell == "other":
        return None
    norms = trace.gradient_norms[trace.valid][::-1].copy()
    half_life, growth = decay(norms)
    state = "trained" if trained else "untrained"
    return GradientFlow(
        f"{CELLS[trace.cell]}, {state}", trace.cell, trained, norms, half_life, growth
    )


def decay(norms: NDArray[np.floating[Any]]) -> tuple[float | None, float]:
    """Fit a line through the logarithm of norms, by least squares.

    Args:
        norms: One for each step back, `(steps,)`; what comes after one that is not finite, or so
            small that it is rounding, is left out.

    Returns:
        Half-life in steps, ln 2 / rate of decay, None where the norms do not fall; and the factor
        for each step, 1 where there are not two norms.
    """
    usable = np.isfinite(norms) & (norms > _LOWEST)
    count = len(norms) if usable.all() else int(np.argmin(usable))
    if count < 2:
        return None, 1.0
    logs = np.log(norms[:count].astype(np.float64))
    slope = float(np.polyfit(np.arange(count), logs, 1)[0])
    return (-math.log(2) / slope if slope < 0 else None), math.exp(slope)


def _first_layer(subject: Subject, model: Any) -> LayerTrace | None:
    """Return what happens in the first layer that reads forwards, the gradient sent to its end."""
    layers = [layer for layer in recurrent_layers(model) if not layer.go_backwards]
    if not layers:
        return None
    layer = layers[0]
    with use_kernels("auto"):
        found = OutputGradients(model, subject.loss, [layer], watch=[layer])(subject.inputs)
    call = found.calls[0]
    gradients = list(found.gradients[layer])
    if layer.return_sequences:
        gradients[0] = _sent_to_end(gradients[0], call.mask)
    return layer_trace(call, tuple(gradients), name=layer.name)


def _sent_to_end(
    gradient: NDArray[np.float32], mask: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Return a gradient of a sequence, `(1, time, units)`, summed into its last valid step."""
    last = -1 if mask is None or not mask[0].any() else int(np.flatnonzero(mask[0])[-1])
    sent = np.zeros_like(gradient)
    sent[:, last] = gradient.sum(axis=1)
    return sent
