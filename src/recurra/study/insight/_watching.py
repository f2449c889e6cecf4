"""One forward pass, and what every recurrent layer was given and gave back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any, NamedTuple, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.study.insight._programs import Program, forward

__all__ = ["Call", "LayerCall", "Tensors", "calls_of", "record", "recurrent_layers", "watching",
           "wrapped_calls"]  # fmt: skip

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


class Tensors(NamedTuple):
    """What a `Call` is made of, as tensors of the backend."""

    inputs: Any
    mask: Any
    initial_states: list[Any]
    outputs: list[Any]


def recurrent_layers(model: Any) -> list[Any]:
    """Return every `keras.layers.RNN` of a model, those inside of other layers included."""
    return [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN)]


def record(model: Any, inputs: Any, layers: Iterable[Any] | None = None) -> list[Call]:
    """Run a model once, as for a prediction, and tell what its layers did.

    The model is left as it was: a stateful layer starts from zeros and keeps the states it had.

    Args:
        model: A built `keras.Model`, on any backend.
        inputs: What it is called with.
        layers: The layers to watch; None: every recurrent one.

    Returns:
        One record for each call in the order of calls. Calls inside a loop that the backend
        compiles (`TimeDistributed`) cannot be watched and are left out.
    """
    watched = recurrent_layers(model) if layers is None else list(layers)
    order: list[Any] = []

    def run(given: Any) -> list[Tensors]:
        with watching(watched) as calls:
            forward(model, given)
        order[:] = [layer for layer, _ in calls]
        return [tensors for _, tensors in calls]

    found = Program(model, run)(inputs)
    return calls_of(order, found)


def calls_of(layers: Sequence[Any], found: Sequence[Tensors]) -> list[Call]:
    """Return tensors as records, the layers in the order of their calls."""
    return [
        Call(
            layer,
            _array(tensors.inputs),
            None if tensors.mask is None else _array(tensors.mask).astype(bool),
            tuple(_array(state) for state in tensors.initial_states),
            tuple(_array(output) for output in tensors.outputs),
        )
        for layer, tensors in zip(layers, found, strict=True)
    ]


@contextlib.contextmanager
def watching(layers: Iterable[Any]) -> Iterator[list[tuple[Any, Tensors]]]:
    """Collect the calls of layers for the time of a `with` block.

    Yields:
        A list that fills with the layer and the tensors of each call.
    """
    calls: list[tuple[Any, Tensors]] = []
    outside = _trace_level()

    def wrap(layer: Any, call: LayerCall) -> LayerCall:
        def watched(*args: Any, **kwargs: Any) -> Any:
            given = signature(call).bind(*args, **kwargs).arguments
            outputs = call(*args, **kwargs)
            if _trace_level() == outside:  # else: inside a loop of its own, nothing to take out
                calls.append((layer, _tensors(given, outputs)))
            return outputs

        return watched

    with wrapped_calls(layers, wrap):
        yield calls


def _trace_level() -> Any:
    """Return a mark of the program that JAX is tracing at this moment; None elsewhere."""
    if keras.backend.backend() != "jax":
        return None
    try:
        from jax.extend.core import get_opaque_trace_state
    except ImportError:  # before JAX 0.8
        from jax.core import get_opaque_trace_state
    return get_opaque_trace_state()


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
            own.pop("call", None)
            own.update(before)


def _tensors(given: dict[str, Any], outputs: Any) -> Tensors:
    mask, states = given.get("mask"), given.get("initial_state")
    if isinstance(mask, list | tuple):
        mask = mask[0]
    return Tensors(
        keras.tree.flatten(next(iter(given.values())))[0],
        mask,
        [] if states is None else list(keras.tree.flatten(states)),
        list(keras.tree.flatten(outputs)),
    )


def _array(tensor: Any) -> NDArray[Any]:
    return np.asarray(keras.ops.convert_to_numpy(tensor))
