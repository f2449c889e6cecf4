"""Runs a forecaster from its weights alone, on NumPy arrays: no Keras, no JAX.

Each part does what the layer of the same name does in `recurra.models`; a test holds the two
equal for every architecture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import ShapeError
from recurra.runtime._encoder_decoder import bridged
from recurra.runtime._forecast_parts import attend, encode, rising_quantiles
from recurra.runtime._forecast_shapes import forecaster_shapes
from recurra.runtime._parts import Array, Weights, checked_weights, dense, run_cell
from recurra.runtime.forecast_specification import ForecasterSpecification
from recurra.sequences import EncodedWindows

__all__ = ["ForecastNetwork"]

_ROWS = 512  # of a batch at a time, which bounds the memory


class ForecastNetwork:
    """A forecaster ready to compute.

    Attributes:
        specification: The architecture.
    """

    def __init__(
        self, specification: ForecasterSpecification, weights: Mapping[str, NDArray[Any]]
    ) -> None:
        """Check and keep the weights.

        Raises:
            CorruptArtifactError: If names, shapes or dtypes are not those of the specification.
        """
        self.specification = specification
        self._weights = checked_weights(weights, forecaster_shapes(specification))

    def __call__(
        self,
        past: ArrayLike,
        mask: ArrayLike | None = None,
        future: ArrayLike | None = None,
        static: ArrayLike | None = None,
    ) -> Array:
        """Return forecasts; `specification.inputs` says which arguments there are.

        Args:
            past: Scaled look-back, shape `(batch, lookback, targets + past_features)`.
            mask: 1 where a step counts, `(batch, lookback)`; None: every step does.
            future: Known over the horizon, `(batch, horizon, future_features)`.
            static: Values of the series, `(batch, static_features)`.

        Returns:
            Shape `(batch, horizon, targets, outputs)`, float32; outputs rise.

        Raises:
            ShapeError: If an input is missing, or of another shape, or the network has none such.
        """
        given = {"past": past, "mask": mask, "future": future, "static": static}
        inputs = _checked_inputs(self.specification, given)
        spec, batch = self.specification, len(inputs["past"])
        result = np.empty((batch, spec.horizon, spec.targets, spec.outputs), np.float32)
        for start in range(0, batch, _ROWS):
            rows = slice(start, start + _ROWS)
            result[rows] = self._compute({name: array[rows] for name, array in inputs.items()})
        return result

    def answer(self, encoded: EncodedWindows) -> Array:
        """Return forecasts of encoded windows; as a method it can be copied and stored."""
        return self(**{name: getattr(encoded, name) for name in self.specification.inputs})

    def _compute(self, inputs: dict[str, Array]) -> Array:
        spec = self.specification
        past, mask = inputs["past"], None
        if "mask" in inputs:
            mask = inputs["mask"] > 0.5
            past = np.where(mask[..., None], past, np.float32(0))
        if spec.architecture == "segrnn":
            values = _segrnn(self._weights, spec, past)
        else:
            run = _seq2seq if spec.architecture == "seq2seq" else _recurrent
            values = run(
                self._weights, spec, past, mask, inputs.get("future"), inputs.get("static")
            )
        if spec.skip:
            steps = dense(self._weights, "skip", past[:, :, : spec.targets].transpose(0, 2, 1))
            values[..., spec.median] += steps.transpose(0, 2, 1)
        return rising_quantiles(values, spec.median)


def _checked_inputs(
    spec: ForecasterSpecification, given: dict[str, ArrayLike | None]
) -> dict[str, Array]:
    """Return the inputs as float32 arrays of one batch."""
    expected = spec.inputs
    inputs: dict[str, Array] = {}
    for name, value in given.items():
        if value is None and name in expected and name != "mask":
            raise ShapeError(f"{name} is missing; expected {_shape_text(expected[name])}")
        if value is None:
            continue
        if name not in expected:
            raise ShapeError(f"{name} came, but this network reads {', '.join(expected)} alone")
        array = np.asarray(value, np.float32)
        rows = len(inputs["past"]) if inputs else array.shape[:1]
        if array.shape[1:] != expected[name] or array.shape[:1] not in (rows, (rows,)):
            raise ShapeError(
                f"{name} has shape {array.shape}, expected {_shape_text(expected[name])}"
                + (f" with batch {rows}, as past has" if inputs else "")
            )
        inputs[name] = array
    return inputs


def _shape_text(shape: tuple[int, ...]) -> str:
    return f"(batch, {', '.join(map(str, shape))})"


def _recurrent(
    weights: Weights,
    spec: ForecasterSpecification,
    past: Array,
    mask: NDArray[np.bool_] | None,
    future: Array | None,
    static: Array | None,
) -> Array:
    states, ends = encode(weights, spec, past, mask)
    context = ends[-1][0]
    if spec.attention:
        context = attend(weights, spec.attention, context[:, None], states, mask)[:, 0]
    if static is not None:
        context = np.concatenate([context, static], axis=-1)
    columns = spec.targets * spec.outputs
    values = dense(weights, "output", context).reshape(-1, spec.horizon, columns)
    if future is not None:
        mixed = (
            dense(weights, "mix_future", future) + dense(weights, "mix_context", context)[:, None]
        )
        values += dense(weights, "mix_output", np.maximum(mixed, 0))
    return values.reshape(-1, spec.horizon, spec.targets, spec.outputs)


def _seq2seq(
    weights: Weights,
    spec: ForecasterSpecification,
    past: Array,
    mask: NDArray[np.bool_] | None,
    future: Array | None,
    static: Array | None,
) -> Array:
    states, ends = encode(weights, spec, past, mask)
    steps = (len(past), spec.horizon)
    parts = [np.broadcast_to(weights["positions/embeddings"], (*steps, spec.position_width))]
    if future is not None:
        parts.append(future)
    if static is not None:
        parts.append(np.broadcast_to(static[:, None], (*steps, spec.static_features)))
    x: Array = np.concatenate(parts, axis=-1)
    for index in range(len(spec.units)):
        start = ends[index]
        if spec.bidirectional:
            start = bridged(weights, f"bridge_{index}", start)
        x, _ = run_cell(weights, f"decoder_{index}", spec.cell, x, start)
    if spec.attention:
        x = attend(weights, spec.attention, x, states, mask)
    values = dense(weights, "output", x)
    return values.reshape(*steps, spec.targets, spec.outputs)


def _segrnn(weights: Weights, spec: ForecasterSpecification, past: Array) -> Array:
    batch, units = len(past), spec.units[0]
    before, after = spec.segments
    missing = before * spec.segment - spec.lookback
    padded = np.pad(past, ((0, 0), (missing, 0), (0, 0)), mode="edge")
    segments = padded.transpose(0, 2, 1).reshape(batch * spec.targets, before, spec.segment)
    vectors = np.maximum(dense(weights, "segment_projection", segments), 0)
    _, states = run_cell(weights, "recurrent_0", spec.cell, vectors)
    starts = tuple(np.repeat(state, after, axis=0) for state in states)
    asked = np.tile(_questions(weights, spec), (batch, 1))[:, None]
    sequence, _ = run_cell(weights, "recurrent_0", spec.cell, asked, starts)
    values = dense(weights, "output", sequence.reshape(-1, units))
    steps = values.reshape(batch, spec.targets, after * spec.segment, spec.outputs)
    return steps[:, :, : spec.horizon].transpose(0, 2, 1, 3)


def _questions(weights: Weights, spec: ForecasterSpecification) -> Array:
    """Return which segments are asked for, `(targets * segments, units)`."""
    asked = np.tile(weights["positions/embeddings"], (spec.targets, 1))
    if spec.position_width == spec.units[0]:
        return asked
    channels = np.repeat(weights["channels/embeddings"], spec.segments[1], axis=0)
    return np.concatenate([asked, channels], axis=-1)
