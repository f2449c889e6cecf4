"""One forward pass, and what every recurrent layer was given and gave back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from inspect import signature
from typing import Any, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

__all__ = ["Call", "forward", "record", "recurrent_layers", "wrapped_calls"]

LayerCall: TypeAlias = Callable[..., Any]
Wrap: TypeAlias = Callable[[Any, LayerCall], LayerCall]


@dataclass(frozen=True, eq=False)
class Call:
    """One call of one layer.

    Attributes:
        layer: The layer.
        inputs: Its first input, `(batch, time, features)` for a recurrent layer.
        mask: Valid steps, bool, `(batch, time)`; None: all.
        initial_states: States that it started from, each `(batch, units)`; empty: zeros.
        outputs: What it gave back, one array or several (with `return_state`); a layer that goes
            backwards gives its sequence in the order of processing.
    """

    layer: Any
    inputs: NDArray[Any]
    mask: NDArray[np.bool_] | None
    initial_states: tuple[NDArray[Any], ...]
    outputs: tuple[NDArray[Any], ...]


def recurrent_layers(model: Any) -> list[Any]:
    """Return every `keras.layers.RNN` of a model, those inside of other layers included."""
    return [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN)]


def record(model: Any, inputs: Any, layers: Iterable[Any] | None = None) -> list[Call]:
    """Run a model once, as for a prediction, and tell what its layers did.

    The model is left as it was: also a stateful layer keeps the states it had.

    Args:
        model: A built `keras.Model`, on any backend.
        inputs: What it is called with.
        layers: The layers to watch; None: every recurrent one.

    Returns:
        One record for each call in the order of calls. Calls inside a loop that the backend
        compiles (`TimeDistributed`) cannot be watched and are left out.
    """
    calls: list[Call] = []

    def wrap(layer: Any, call: LayerCall) -> LayerCall:
        def watched(*args: Any, **kwargs: Any) -> Any:
            given = signature(call).bind(*args, **kwargs).arguments
            states = _initial_states(layer, given)
            outputs = call(*args, **kwargs)
            with contextlib.suppress(_Compiled):
                calls.append(_record(layer, given, states, outputs))
            return outputs

        return watched

    with wrapped_calls(recurrent_layers(model) if layers is None else layers, wrap):
        forward(model, inputs)
    return calls


def forward(model: Any, inputs: Any) -> Any:
    """Call a model as for a prediction, without a change to any of its variables."""
    with keras.StatelessScope():
        return model(inputs, training=False)


@contextlib.contextmanager
def wrapped_calls(layers: Iterable[Any], wrap: Wrap) -> Iterator[None]:
    """Put a function around the `call` of each layer for the time of a `with` block.

    `Bidirectional` leaves its layers out where cuDNN computes both: that is switched off meanwhile.

    Args:
        layers: The layers.
        wrap: Takes a layer and its `call`; returns what is called instead.
    """
    kept: list[tuple[dict[str, Any], dict[str, Any]]] = []
    try:
        for layer in layers:
            # Not by setattr: Keras would look for state in what is set.
            own = vars(layer)
            kept.append((own, {name: own[name] for name in ("call", "use_cudnn") if name in own}))
            own["call"] = wrap(layer, layer.call)
            if "use_cudnn" in own:
                own["use_cudnn"] = False
        yield
    finally:
        for own, before in reversed(kept):
            del own["call"]
            own.update(before)


class _Compiled(Exception):  # noqa: N818 - reads as the state it reports
    """A value that stands for others inside a loop that is being compiled."""


def _initial_states(layer: Any, given: dict[str, Any]) -> Any:
    states = given.get("initial_state")
    if states is None and getattr(layer, "stateful", False):
        return [keras.ops.copy(state) for state in keras.tree.flatten(layer.states)]
    return [] if states is None else states


def _record(layer: Any, given: dict[str, Any], states: Any, outputs: Any) -> Call:
    mask = given.get("mask")
    if isinstance(mask, list | tuple):
        mask = mask[0]
    return Call(
        layer,
        _array(keras.tree.flatten(next(iter(given.values())))[0]),
        None if mask is None else _array(mask).astype(bool),
        tuple(_array(state) for state in keras.tree.flatten(states)),
        tuple(_array(output) for output in keras.tree.flatten(outputs)),
    )


def _array(tensor: Any) -> NDArray[Any]:
    """Return a tensor's values.

    Raises:
        _Compiled: If it has none, but stands for those of a compiled loop.
    """
    if keras.backend.backend() == "jax":
        import jax

        if isinstance(tensor, jax.core.Tracer):
            raise _Compiled
    try:
        return np.asarray(keras.ops.convert_to_numpy(tensor))
    except (NotImplementedError, RuntimeError, TypeError) as error:
        raise _Compiled from error
