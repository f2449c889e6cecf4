"""A window of a series that a forecaster continues."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.errors import UnknownNameError, UsageError
from recurra.runtime import ForecasterSpecification
from recurra.sequences import EncodedWindows, SeriesTable, WindowReader
from recurra.study.insight._subject_parts import layer_value, network_name
from recurra.study.insight.subject import Subject
from recurra.tasks.effective_context import averaged_values
from recurra.tasks.forecaster import Forecaster

__all__ = ["forecast_subject"]


def forecast_subject(
    forecaster: Forecaster, data: Any = None, target: str | None = None, series: str | None = None
) -> Subject:
    """Return the last window of a series as a trained forecaster reads it.

    What comes after the window is not known, so the loss compares the forecast with the naive
    one: the last value, repeated.

    Args:
        forecaster: A fitted `Forecaster`.
        data: As for `Forecaster.predict`; the end of the training data when `None`.
        target: The target whose forecast is explained; the first when `None`.
        series: Which series; the first when `None`.

    Raises:
        DataError: If the data are not like those of the training.
        UnknownNameError: If there is no such target or series.
        UsageError: If a series is named where there is only one.
    """
    reader = forecaster.windows_of(data)
    table, spec = reader.table, forecaster.specification_
    column = _place("target", target, table.target_names)
    if series is not None and not table.id_column:
        raise UsageError(f"there is only one series here, none with the name {series!r}")
    row = _place("series", series, table.ids)
    encoded, inputs = _read(reader, spec, row)
    scale, past = float(encoded.scale[0, 0, column]), encoded.past[0]
    naive = (encoded.past[0, -1:, : spec.targets] - encoded.reference[0]).astype(np.float32)
    observed, counts = reader.encoder.targets + reader.encoder.past, encoded.mask[0] > 0

    def replaced(steps: NDArray[np.bool_], _: np.random.Generator) -> dict[str, Any]:
        rows = {name: np.repeat(value, len(steps), axis=0) for name, value in inputs.items()}
        return {**rows, "past": averaged_values(past, observed, steps, counts)}

    def score(outputs: Any) -> Any:
        return scale * ops.mean(outputs[:, :, column, spec.median], axis=1)

    times = _times(table, row, spec)
    whose = f" of {table.ids[row]!r}" if table.id_column else ""
    return Subject(
        model=forecaster.model_,
        inputs=inputs,
        labels=times[: spec.lookback],
        task=forecaster.task,
        name=network_name(
            spec.cell, spec.units, bidirectional=spec.bidirectional, what="forecaster"
        ),
        answer=_answer(forecaster, reader, encoded, row, column, times[spec.lookback :]),
        explained=f"mean of the forecast {table.target_names[column]!r}{whose}, in scaled units",
        score=score,
        loss=lambda outputs: _loss(outputs, naive, spec, forecaster.settings_.quantiles),
        replace=replaced,
        sequence="past",
        attention=lambda: _attention(forecaster.model_, inputs),
        layer_labels=_layer_labels(spec, times),
    )


def _place(what: str, name: str | None, known: tuple[str, ...]) -> int:
    if name is None:
        return 0
    if name not in known:
        raise UnknownNameError(what, name, known)
    return known.index(name)


def _read(
    reader: WindowReader, spec: ForecasterSpecification, row: int
) -> tuple[EncodedWindows, dict[str, NDArray[np.float32]]]:
    """Return the last window of a series, encoded, and what of it the network reads."""
    series, origins = np.array([row]), reader.table.observed_lengths[row : row + 1]
    encoded = reader.encode(reader.rows(series, origins), series, origins)
    return encoded, {name: getattr(encoded, name) for name in spec.inputs}


def _times(table: SeriesTable, row: int, spec: ForecasterSpecification) -> tuple[str, ...]:
    """Name the steps of the look-back and of the horizon."""
    origin = int(table.starts[row] + table.observed_lengths[row])
    ticks = np.arange(origin - spec.lookback, origin + spec.horizon)
    return tuple(str(time) for time in table.clock.times(ticks))


def _answer(
    forecaster: Forecaster,
    reader: WindowReader,
    encoded: EncodedWindows,
    row: int,
    column: int,
    times: tuple[str, ...],
) -> tuple[tuple[str, float], ...]:
    """Return the forecast of each step in the user's units."""
    answers = np.asarray(forecaster.predictor_.answer(encoded), np.float64)
    values = reader.encoder.decode(answers, encoded)[0, :, column]
    median = forecaster.specification_.median
    return tuple((time, float(value)) for time, value in zip(times, values[:, median], strict=True))


def _loss(
    outputs: Any,
    naive: NDArray[np.float32],
    spec: ForecasterSpecification,
    quantiles: tuple[float, ...],
) -> Any:
    """Return the pinball loss, doubled as in training, or the absolute error, `(batch,)`."""
    gap = naive[None, ..., None] - outputs
    levels = np.asarray(quantiles or (0.5,), np.float32)
    lost = 2 * ops.maximum(levels * gap, (levels - 1) * gap)
    return ops.mean(ops.reshape(lost, (-1, spec.horizon * spec.targets * spec.outputs)), axis=-1)


def _attention(model: Any, inputs: Any) -> NDArray[np.float32] | None:
    """Return the weights of the look-back's steps, over all steps of the horizon."""
    weights = layer_value(model, "attention_weights", inputs)
    return None if weights is None else weights[0].mean(axis=0)


def _layer_labels(
    spec: ForecasterSpecification, times: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Name the steps of layers that do not run over the look-back."""
    if spec.architecture == "segrnn":
        first, last = spec.segments[0] * spec.segment - spec.lookback, spec.lookback
        ends = [min(start + spec.segment, last) - 1 for start in range(-first, last, spec.segment)]
        return {"recurrent_0": tuple(f"to {times[end]}" for end in ends)}
    if spec.architecture == "seq2seq":
        return {f"decoder_{index}": times[spec.lookback :] for index in range(len(spec.units))}
    return {}
