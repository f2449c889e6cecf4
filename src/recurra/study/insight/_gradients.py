"""Gradients of a score with respect to what layers put out, on every backend of Keras.

A probe of zeros is added to each output that is asked for; the gradient of the probe is that of
the output. So a model needs no other form, and what it computes stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.study.insight._watching import LayerCall, forward, wrapped_calls
from recurra.study.insight.subject import ModelInput, TensorFunction

__all__ = ["Gradients", "output_gradients"]

Place: TypeAlias = Any  # a Keras layer or a `ModelInput`
Gradients: TypeAlias = dict[Place, tuple[NDArray[np.float32], ...]]
Probe: TypeAlias = Callable[[Place, int, Any], Any]


def output_gradients(
    model: Any,
    inputs: Any,
    score: TensorFunction,
    places: Sequence[Place],
    substitutes: Mapping[Place, NDArray[Any]] | None = None,
) -> tuple[NDArray[np.float32], Gradients]:
    """Return a score and its gradients with respect to outputs of layers, or to inputs.

    Args:
        model: A built `keras.Model`; it is left as it was.
        inputs: What it is called with: an array, or a list or a dict of arrays.
        score: Turns the model's outputs into `(batch,)`; written with `keras.ops`.
        places: Layers (also those inside of other layers), or `ModelInput`s with continuous
            values. Of a layer that is called more than once, the first call counts.
        substitutes: Arrays that take the place of a layer's output or of an input. Where they
            have more rows than `inputs`, inputs of one row are repeated.

    Returns:
        The score, `(batch,)`, and for each place a tuple of gradients, one for each of its
        outputs (several with `return_state`), of the shapes of the outputs; zeros where the
        score does not depend on them.

    Raises:
        UsageError: If a place was not reached by the pass.
    """
    given = dict(substitutes or {})
    rows = max((len(array) for array in given.values()), default=0)
    run = _Run(model, _with_rows(inputs, rows), score, tuple(places), given)
    differentiate = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}
    values, gradients = differentiate[keras.backend.backend()](run)
    _check_reached(places, gradients)
    return _array(values), {
        place: tuple(_array(gradient) for gradient in parts) for place, parts in gradients.items()
    }


def _check_reached(places: Sequence[Place], gradients: Mapping[Place, Any]) -> None:
    for place in places:
        if place not in gradients:
            name = getattr(place, "name", repr(place))
            raise UsageError(f"the model did not call {name} for these inputs")


def _array(tensor: Any) -> NDArray[np.float32]:
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32")), np.float32)


def _with_rows(inputs: Any, rows: int) -> Any:
    """Repeat inputs of one row, so that they fit substitutes of several."""

    def repeated(array: Any) -> Any:
        array = np.asarray(array)
        return np.repeat(array, rows, axis=0) if rows > 1 and len(array) == 1 else array

    return keras.tree.map_structure(repeated, inputs)


class _Run:
    """A forward pass in which probes are added to outputs."""

    def __init__(
        self,
        model: Any,
        inputs: Any,
        score: TensorFunction,
        places: tuple[Place, ...],
        substitutes: dict[Place, NDArray[Any]],
    ) -> None:
        self._model, self._inputs, self._score = model, inputs, score
        self._places, self._substitutes = places, substitutes

    def __call__(self, probe: Probe) -> Any:
        """Return the score, `(batch,)`; `probe` is given every output asked for, by its number."""
        touched = {*self._places, *self._substitutes}
        layers = [place for place in touched if not isinstance(place, ModelInput)]
        seen: set[Any] = set()

        def wrap(layer: Any, call: LayerCall) -> LayerCall:
            def probed(*args: Any, **kwargs: Any) -> Any:
                outputs = self._outputs(layer, call, args, kwargs)
                if layer in seen:
                    return outputs
                seen.add(layer)
                return self._probed(layer, outputs, probe)

            return probed

        with wrapped_calls(layers, wrap):
            return self._score(forward(self._model, self._probed_inputs(probe)))

    def _outputs(
        self, layer: Any, call: LayerCall, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if layer not in self._substitutes:
            return call(*args, **kwargs)
        return keras.ops.convert_to_tensor(self._substitutes[layer], dtype=layer.compute_dtype)

    def _probed(self, place: Place, outputs: Any, probe: Probe) -> Any:
        if place not in self._places:
            return outputs
        parts = keras.tree.flatten(outputs)
        changed = [part + probe(place, number, part) for number, part in enumerate(parts)]
        return keras.tree.pack_sequence_as(outputs, changed)

    def _probed_inputs(self, probe: Probe) -> Any:
        inputs = self._inputs
        for place in (p for p in {*self._places, *self._substitutes} if isinstance(p, ModelInput)):
            value = inputs if place.key is None else inputs[place.key]
            value = keras.ops.convert_to_tensor(self._substitutes.get(place, value), "float32")
            inputs = _exchanged(inputs, place.key, self._probed(place, value, probe))
        return inputs


def _exchanged(inputs: Any, key: str | int | None, value: Any) -> Any:
    """Return inputs with one of them exchanged; those that came stay as they are."""
    if key is None:
        return value
    changed = dict(inputs) if isinstance(inputs, Mapping) else list(inputs)
    changed[key] = value  # type: ignore[index]
    return changed


def _jax(run: _Run) -> tuple[Any, dict[Place, list[Any]]]:
    import jax

    shapes: dict[tuple[Place, int], Any] = {}
    places: list[tuple[Place, int]] = []

    def shape_of(place: Place, number: int, output: Any) -> Any:
        places.append((place, number))
        shapes[place, number] = (output.shape, output.dtype)
        return jax.numpy.zeros_like(output)

    jax.eval_shape(lambda: run(shape_of))

    def total(probes: list[Any]) -> tuple[Any, Any]:
        by_place = dict(zip(places, probes, strict=True))
        values = run(lambda place, number, _: by_place[place, number])
        return values.sum(), values

    zeros = [jax.numpy.zeros(*shapes[place]) for place in places]
    (_, values), found = jax.value_and_grad(total, has_aux=True)(zeros)
    return values, _grouped(places, found)


def _tensorflow(run: _Run) -> tuple[Any, dict[Place, list[Any]]]:
    import tensorflow as tf

    probes: dict[tuple[Place, int], Any] = {}
    with tf.GradientTape() as tape:

        def watched(place: Place, number: int, output: Any) -> Any:
            probes[place, number] = zeros = tf.zeros_like(output)
            tape.watch(zeros)
            return zeros

        values = run(watched)
        total = tf.reduce_sum(values)
    zero = tf.UnconnectedGradients.ZERO
    found = tape.gradient(total, list(probes.values()), unconnected_gradients=zero)
    return values, _grouped(probes, found)


def _torch(run: _Run) -> tuple[Any, dict[Place, list[Any]]]:
    import torch

    probes: dict[tuple[Place, int], Any] = {}

    def watched(place: Place, number: int, output: Any) -> Any:
        probes[place, number] = zeros = torch.zeros_like(output, requires_grad=True)
        return zeros

    with torch.enable_grad():
        values = run(watched)
        parts = list(probes.values())
        found = torch.autograd.grad(values.sum(), parts, allow_unused=True) if parts else []
    filled = [
        torch.zeros_like(probe) if gradient is None else gradient
        for probe, gradient in zip(parts, found, strict=True)
    ]
    return values.detach(), _grouped(probes, filled)


def _grouped(places: Sequence[tuple[Place, int]] | Mapping[Any, Any], found: Any) -> Any:
    """Return the gradients by place, in the order of its outputs."""
    grouped: dict[Place, list[Any]] = {}
    for (place, _), gradient in zip(places, found, strict=True):
        grouped.setdefault(place, []).append(gradient)
    return grouped
