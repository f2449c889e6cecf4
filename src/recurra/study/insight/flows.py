"""Gradients on their way back through time: how fast they vanish or explode.

Source: the decay of ∂h_T/∂h_t with the distance T - t, Hochreiter 1991 and Bengio, Simard &
Frasconi 1994, "Learning Long-Term Dependencies with Gradient Descent is Difficult"; Pascanu,
Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.study.insight._gradients import OutputGradients, Pass
from recurra.study.insight._reference import CELLS, computed, mask_of, why_not
from recurra.study.insight._watching import Call, recurrent_layers
from recurra.study.insight.subject import Subject
from recurra.study.insight.trace import CellName, GradientFlow
from recurra.tasks.comparable import use_kernels

__all__ = ["decay", "gradient_flows"]

Array: TypeAlias = NDArray[np.floating[Any]]

_TITLES: dict[str, str] = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
_LOWEST = 1e-30  # smaller norms would be rounding in float32


def gradient_flows(
    subject: Subject,
    cells: Sequence[str] = tuple(CELLS),
    *,
    found: Pass | None = None,
    seed: int = 0,
) -> tuple[GradientFlow, ...]:
    """Follow the loss gradient back through the recurrence that reads the input.

    All of the gradient that the loss sends to the outputs of the first recurrent layer enters at
    the last step, and is carried back through the recurrence alone. So networks that read only the
    last state and networks that pool all of them can be compared: what is seen is the memory of
    the cell. (The total derivative, to which every step adds its own part, is
    `LayerTrace.hidden_gradient`.)

    Untrained cells stand in the place of the trained layer: as many units, fresh weights as Keras
    begins with, the same inputs and the same gradient at the end.

    Limits: one input, one layer, and the hidden state alone, also of an LSTM. An untrained network
    as a whole would read other inputs, its embedding being untrained too.

    Args:
        subject: The input and its model.
        cells: Cells whose untrained flow is put beside.
        found: The gradients of the subject's loss with respect to the outputs of its recurrent
            layers, and their calls, where they are known already.
        seed: Of the fresh weights.

    Returns:
        The model's own flow first; none at all where its first recurrent layer is of a custom
        cell.
    """
    layer = next((one for one in recurrent_layers(subject.model) if not one.go_backwards), None)
    if layer is None:
        return ()
    if found is None:
        with use_kernels("auto"):
            run = OutputGradients(subject.model, subject.loss, [layer], watch=[layer])
            found = run(subject.inputs)
    call = next((call for call in found.calls if call.layer is layer), None)
    if call is None or why_not(call) is not None:
        return ()
    cell, out = computed(call)
    ends = _ends(layer, found.gradients[layer])
    own = _flow(cell.name, call, cell.gradients(out.cache, None, *ends).hidden, trained=True)
    return own, *(_untrained(name, call, ends[0], seed) for name in cells)


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
    steps = np.arange(count) - (count - 1) / 2
    slope = float(steps @ (logs - logs.mean()) / (steps @ steps))
    return (-math.log(2) / slope if slope < 0 else None), math.exp(slope)


def _ends(layer: Any, gradients: Sequence[NDArray[np.float32]]) -> list[Array]:
    """Return the gradients that reach a layer, all of them as gradients of its last states."""
    first, *states = (part[:1].astype(np.float64) for part in gradients)
    hidden = first.sum(axis=1) if layer.return_sequences else first
    return [hidden + states[0], *states[1:]] if states else [hidden]


def _untrained(name: str, call: Call, end: Array, seed: int) -> GradientFlow:
    """Return the flow through fresh weights in the place of a layer."""
    cell, units = CELLS[name], end.shape[1]
    generator = np.random.default_rng([seed, *name.encode()])
    weights = cell.weights(*_fresh(name, call.inputs.shape[2], units, generator))
    out = cell.forward(
        call.inputs[:1].astype(np.float64), weights, mask=mask_of(call), keep_cache=True
    )
    return _flow(cell.name, call, cell.gradients(out.cache, None, end).hidden, trained=False)


def _fresh(
    name: str, features: int, units: int, generator: np.random.Generator
) -> tuple[Array, Array, Array | None]:
    """Return kernel, recurrent kernel and bias as Keras draws them.

    The kernel is Glorot-uniform, the recurrent kernel orthogonal, the bias zeros, but for an LSTM's
    forget gates, which begin open.
    """
    gates = {"rnn": 1, "lstm": 4, "gru": 3}[name]
    limit = math.sqrt(6 / (features + gates * units))
    kernel = generator.uniform(-limit, limit, (features, gates * units))
    orthogonal, triangle = np.linalg.qr(generator.normal(size=(gates * units, units)))
    recurrent = np.ascontiguousarray((orthogonal * np.sign(np.diag(triangle))).T)
    if name != "lstm":
        return kernel, recurrent, None
    return kernel, recurrent, np.repeat([0.0, 1.0, 0.0, 0.0], units)


def _flow(cell: CellName, call: Call, gradients: Array, *, trained: bool) -> GradientFlow:
    """Return the norms of gradients `(1, time, units)`, the last valid step first."""
    norms = np.linalg.norm(gradients[0], axis=1)
    if call.mask is not None:
        norms = norms[call.mask[0]]
    half_life, growth = decay(norms[::-1])
    model = f"{_TITLES[cell]}, {'trained' if trained else 'untrained'}"
    stored = np.minimum(norms[::-1], np.finfo(np.float32).max).astype(np.float32)
    return GradientFlow(model, cell, trained, stored, half_life, growth)
