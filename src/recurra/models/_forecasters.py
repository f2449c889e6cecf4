"""Forecasters as plain functions returning `keras.Model`.

All of them read windows that are scaled and free of NaN and return `(batch, horizon, targets,
outputs)`; `ForecasterSpecification` says what they read.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from recurra.models._blocks import dense
from recurra.models._forecast_parts import attend, encode, head_dropout
from recurra.models._quantiles import rising_quantiles
from recurra.models._seeds import Seeds
from recurra.models._segrnn import segrnn
from recurra.models._seq2seq import seq2seq
from recurra.runtime.forecast_specification import ForecasterSpecification


def build_forecaster(specification: ForecasterSpecification, seed: int = 0) -> keras.Model:
    """Build the forecaster that a specification describes.

    Args:
        specification: The architecture.
        seed: Fixes the initial weights and the dropout masks.

    Returns:
        A model from a dict of arrays, those of `specification.inputs`, to
        `(batch, horizon, targets, outputs)`. The outputs rise: the one at `median` is a free
        value, each further one a softplus away from its neighbour, so quantiles never cross.
        Values at steps where `mask` is 0 never change a result; a row of which no step counts
        is forecast from the initial states.

    Source: `recurrent` with a known future after Wen et al. 2017, arXiv:1711.11053 (a part for all
    steps at once, and one shared by the steps that reads the future); `seq2seq` after Sutskever et
    al. 2014 and Cho et al. 2014; attention after Bahdanau et al. 2015 and Luong et al. 2015;
    `segrnn` after Lin et al. 2023, arXiv:2308.11200; `skip` after Zeng et al. 2023,
    arXiv:2205.13504.
    """
    spec, seeds = specification, Seeds(seed)
    inputs = {name: keras.Input(shape, name=name) for name, shape in spec.inputs.items()}
    past, mask = _masked(inputs["past"], inputs.get("mask"))
    if spec.architecture == "segrnn":
        values = segrnn(past, spec, seeds)
    else:
        build = seq2seq if spec.architecture == "seq2seq" else _recurrent
        values = build(past, mask, inputs.get("future"), inputs.get("static"), spec, seeds)
    parts = ops.split(values, spec.outputs, axis=-1) if spec.outputs > 1 else [values]
    if spec.skip:
        parts[spec.median] = ops.add(parts[spec.median], _linear(past, spec))
    quantiles = rising_quantiles(parts, spec.median)
    forecast = quantiles[0]
    if spec.outputs > 1:
        forecast = layers.Concatenate(name="forecast")(quantiles)
    return keras.Model(inputs, forecast, name=_model_name(spec))


def _masked(past: Any, mask: Any) -> tuple[Any, Any]:
    """Return the look-back with zeros where a step does not count, and the mask as booleans."""
    if mask is None:
        return past, None
    counts = ops.greater(mask, 0.5)
    return ops.where(ops.expand_dims(counts, -1), past, 0.0), counts


def _recurrent(
    past: Any, mask: Any, future: Any, static: Any, spec: ForecasterSpecification, seeds: Seeds
) -> Any:
    """Forecast all steps at once from what a stack of recurrent layers has read."""
    states, ends = encode(past, mask, spec, seeds)
    context = ends[-1][0]
    if spec.attention:
        query = ops.expand_dims(context, 1)
        context = ops.squeeze(attend(query, states, mask, spec.attention, seeds), 1)
    if static is not None:
        context = layers.Concatenate(name="context")([context, static])
    context = head_dropout(context, spec, seeds)
    columns = spec.targets * spec.outputs
    values = dense(spec.horizon * columns, seeds, name="output")(context)
    values = ops.reshape(values, (-1, spec.horizon, columns))
    if future is not None:
        values = ops.add(values, _known_future(context, future, spec, seeds))
    return ops.reshape(values, (-1, spec.horizon, spec.targets, spec.outputs))


def _known_future(context: Any, future: Any, spec: ForecasterSpecification, seeds: Seeds) -> Any:
    """Mix the context with each step's known values, `(batch, horizon, targets * outputs)`.

    Two dense layers whose results are added are one over both, computed once for the context.
    """
    units = spec.units[-1]
    of_context = dense(units, seeds, name="mix_context")(context)
    of_future = dense(units, seeds, use_bias=False, name="mix_future")(future)
    mixed = ops.relu(ops.add(ops.expand_dims(of_context, 1), of_future))
    return dense(spec.targets * spec.outputs, seeds, use_bias=False, name="mix_output")(mixed)


def _linear(past: Any, spec: ForecasterSpecification) -> Any:
    """Map each target's look-back to its horizon, `(batch, horizon, targets, 1)`.

    The map starts at zero, so that training starts from the recurrent part alone.
    """
    targets = past[:, :, : spec.targets]
    by_target = layers.Permute((2, 1), name="skip_input")(targets)
    steps = layers.Dense(spec.horizon, kernel_initializer="zeros", name="skip")(by_target)
    return ops.expand_dims(ops.transpose(steps, (0, 2, 1)), -1)


def _model_name(spec: ForecasterSpecification) -> str:
    two = "bi" if spec.bidirectional else ""
    return f"{two}{spec.cell}_{spec.architecture}_forecaster"
