"""Gradients of a score with respect to what layers put out, on every backend of Keras.

A probe of zeros is added to each output that is asked for; the gradient of the probe is that of
the output. So a model needs no other form, and what it computes stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.study.insight._programs import Program, forward
from recurra.study.insight._watching import (
    Call,
    LayerCall,
    Tensors,
    calls_of,
    watching,
    wrapped_calls,
)
from recurra.study.insight.subject import ModelInput, TensorFunction

__all__ = ["Gradients", "OutputGradients", "Pass", "output_gradients"]

Place: TypeAlias = Any  # a Keras layer or a `ModelInput`
Gradients: TypeAlias = dict[Place, tuple[NDArray[np.float32], ...]]
Slot: TypeAlias = tuple[Place, int]  # one output of a place
Probe: TypeAlias = Callable[[int, Any], Any]  # number of the slot, its output -> what is added


class Pass(NamedTuple):
    """What one pass found.

    Attributes:
        values: The score, `(batch,)`.
        gradients: Gradients of its sum with respect to each place's outputs.
        calls: What the watched layers did.
    """

    values: NDArray[np.float32]
    gradients: Gradients
    calls: list[Call]


def output_gradients(
    model: Any,
    inputs: Any,
    score: TensorFunction,
    places: Sequence[Place],
    substitutes: Mapping[Place, NDArray[Any]] | None = None,
) -> tuple[NDArray[np.float32], Gradients]:
    """Return a score and its gradients with respect to outputs of layers, or to inputs.

    Where the same is asked for several times, `OutputGradients` compiles it once.

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
    found = OutputGradients(model, score, places, substituted=tuple(given))(inputs, given)
    for place in places:
        if place not in found.gradients:
            name = getattr(place, "name", repr(place))
            raise UsageError(f"the model did not call {name} for these inputs")
    return found.values, found.gradients


class OutputGradients:
    """`output_gradients` for one model and score, compiled once for each shape of the inputs."""

    def __init__(
        self,
        model: Any,
        score: TensorFunction,
        places: Sequence[Place],
        *,
        substituted: Sequence[Place] = (),
        watch: Sequence[Any] = (),
    ) -> None:
        """Prepare.

        Args:
            model: A built `keras.Model`; it is left as it was.
            score: Turns the model's outputs into `(batch,)`; written with `keras.ops`.
            places: Layers or `ModelInput`s whose outputs' gradients are asked for.
            substituted: Layers or `ModelInput`s whose outputs every call gives itself.
            watch: Layers whose calls are recorded on the way.
        """
        self._places, self._substituted = tuple(places), tuple(substituted)
        self._pass = _ProbedPass(model, score, self._places, self._substituted, tuple(watch))
        differentiate = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}
        function = differentiate[keras.backend.backend()]
        self._program = Program(model, lambda *arrays: function(self._pass, *arrays))

    def __call__(
        self, inputs: Any, substitutes: Mapping[Place, NDArray[Any]] | None = None
    ) -> Pass:
        """Return the score, its gradients and the watched calls; see `output_gradients`.

        Args:
            inputs: What the model is called with.
            substitutes: An array for each place of `substituted`.

        Returns:
            What was found; places that the pass did not reach have no gradients.
        """
        arrays = [np.asarray((substitutes or {})[place]) for place in self._substituted]
        rows = max((len(array) for array in arrays), default=0)
        values, found, tensors = self._program(_with_rows(inputs, rows), arrays)
        gradients: Gradients = {}
        for (place, _), gradient in zip(self._pass.slots, found, strict=True):
            gradients[place] = (*gradients.get(place, ()), _array(gradient))
        calls = [Tensors(*tensor) for tensor in tensors]
        return Pass(_array(values), gradients, calls_of(self._pass.called, calls))


def _array(tensor: Any) -> NDArray[np.float32]:
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32")), np.float32)


def _with_rows(inputs: Any, rows: int) -> Any:
    """Repeat inputs of one row, so that they fit substitutes of several."""

    def repeated(array: Any) -> Any:
        array = np.asarray(array)
        return np.repeat(array, rows, axis=0) if rows > 1 and len(array) == 1 else array

    return keras.tree.map_structure(repeated, inputs)


class _ProbedPass:
    """A forward pass in which probes are added to outputs.

    Attributes:
        slots: Every output that was given a probe, in the order of the pass.
        called: The watched layer of each recorded call.
    """

    def __init__(
        self,
        model: Any,
        score: TensorFunction,
        places: tuple[Place, ...],
        substituted: tuple[Place, ...],
        watch: tuple[Any, ...],
    ) -> None:
        self.slots: list[Slot] = []
        self.called: list[Any] = []
        self._model, self._score, self._watch = model, score, watch
        self._places, self._substituted = places, substituted

    def __call__(self, probe: Probe, inputs: Any, arrays: Sequence[Any]) -> tuple[Any, Any]:
        """Return the score, `(batch,)`, and the tensors of the watched calls."""
        self.slots = []
        substitutes = dict(zip(self._substituted, arrays, strict=True))
        touched = {*self._places, *substitutes}
        layers = [place for place in touched if not isinstance(place, ModelInput)]
        seen: set[Any] = set()

        def wrap(layer: Any, call: LayerCall) -> LayerCall:
            def probed(*args: Any, **kwargs: Any) -> Any:
                first = layer not in seen  # a tied embedding is called again, as the output layer
                seen.add(layer)
                if first and layer in substitutes:
                    outputs = keras.ops.cast(substitutes[layer], layer.compute_dtype)
                else:
                    outputs = call(*args, **kwargs)
                return self._probed(layer, outputs, probe) if first else outputs

            return probed

        # JAX traces the pass more than once: what one trace assigns (the states of dropout's
        # seeds) must not be read by the next.
        present = [(variable, variable.value) for variable in self._model.variables]
        own = keras.StatelessScope(state_mapping=present)
        with own, watching(self._watch) as calls, wrapped_calls(layers, wrap):
            given = self._probed_inputs(inputs, substitutes, probe)
            values = self._score(forward(self._model, given))
        self.called = [layer for layer, _ in calls]
        return values, [tensors for _, tensors in calls]

    def _probed(self, place: Place, outputs: Any, probe: Probe) -> Any:
        if place not in self._places:
            return outputs
        parts = []
        for number, part in enumerate(keras.tree.flatten(outputs)):
            self.slots.append((place, number))
            parts.append(part + probe(len(self.slots) - 1, part))
        return keras.tree.pack_sequence_as(outputs, parts)

    def _probed_inputs(self, inputs: Any, substitutes: dict[Place, Any], probe: Probe) -> Any:
        for place in dict.fromkeys((*self._places, *self._substituted)):
            if isinstance(place, ModelInput):
                value = inputs if place.key is None else inputs[place.key]
                value = keras.ops.cast(substitutes.get(place, value), "float32")
                inputs = _exchanged(inputs, place.key, self._probed(place, value, probe))
        return inputs


def _exchanged(inputs: Any, key: str | int | None, value: Any) -> Any:
    """Return inputs with one of them exchanged; those that came stay as they are."""
    if key is None:
        return value
    changed = dict(inputs) if isinstance(inputs, Mapping) else list(inputs)
    changed[key] = value  # type: ignore[index]
    return changed


def _jax(run: _ProbedPass, inputs: Any, arrays: Any) -> tuple[Any, list[Any], Any]:
    import jax

    shapes: list[Any] = []

    def shape_of(_: int, output: Any) -> Any:
        shapes.append((output.shape, output.dtype))
        return jax.numpy.zeros_like(output)

    def total(probes: list[Any]) -> tuple[Any, Any]:
        values, calls = run(lambda slot, _: probes[slot], inputs, arrays)
        return values.sum(), (values, calls)

    jax.eval_shape(lambda: run(shape_of, inputs, arrays)[0])
    zeros = [jax.numpy.zeros(*shape) for shape in shapes]
    (_, (values, calls)), found = jax.value_and_grad(total, has_aux=True)(zeros)
    return values, found, calls


def _tensorflow(run: _ProbedPass, inputs: Any, arrays: Any) -> tuple[Any, list[Any], Any]:
    import tensorflow as tf

    probes: list[Any] = []
    with tf.GradientTape() as tape:

        def watched(_: int, output: Any) -> Any:
            probes.append(tf.zeros_like(output))
            tape.watch(probes[-1])
            return probes[-1]

        values, calls = run(watched, inputs, arrays)
        total = tf.reduce_sum(values)
    zero = tf.UnconnectedGradients.ZERO
    return values, tape.gradient(total, probes, unconnected_gradients=zero), calls


def _torch(run: _ProbedPass, inputs: Any, arrays: Any) -> tuple[Any, list[Any], Any]:
    import torch

    probes: list[Any] = []

    def watched(_: int, output: Any) -> Any:
        probes.append(torch.zeros_like(output, requires_grad=True))
        return probes[-1]

    with torch.enable_grad():
        values, calls = run(watched, inputs, arrays)
        total = values.sum()
        sees = bool(probes) and total.requires_grad
        found = (
            torch.autograd.grad(total, probes, allow_unused=True) if sees else [None] * len(probes)
        )
    filled = [
        torch.zeros_like(probe) if gradient is None else gradient
        for probe, gradient in zip(probes, found, strict=True)
    ]
    return values.detach(), filled, calls
