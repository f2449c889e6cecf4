"""A forecaster in an artifact: what is written, and how it is read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError
from recurra.runtime._artifact_checks import check_task, corrupt_unless_usable
from recurra.runtime._forecast_network import ForecastNetwork
from recurra.runtime.artifact import Artifact, read_artifact
from recurra.runtime.forecast_predictor import ForecastPredictor
from recurra.runtime.forecast_specification import ForecasterSpecification
from recurra.sequences import Calibration, Clock, SeriesScaler, SeriesTable, WindowEncoder

__all__ = ["FORECAST_TASK", "LoadedForecaster", "forecaster_contents", "read_forecaster"]

FORECAST_TASK = "forecasting"
_OWN = "forecaster/"
_MOST_HORIZON = 1_000_000

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class LoadedForecaster:
    """What a forecaster's artifact holds.

    Attributes:
        predictor: Ready to forecast.
        specification: The architecture.
        weights: The network's weights by name.
        seen_ticks: Tick after the last row that training has seen, of each series.
        deviations: Standard deviation of the targets in training, shape `(series, targets)`.
        naive_errors: In-sample error of the seasonal naive forecast, as `deviations`.
        reading: How the data were read: names of columns, frequency.
        manifest: Facts about the model.
    """

    predictor: ForecastPredictor
    specification: ForecasterSpecification
    weights: Arrays
    seen_ticks: NDArray[np.int64]
    deviations: NDArray[np.float64]
    naive_errors: NDArray[np.float64]
    reading: dict[str, Any]
    manifest: dict[str, Any]


def forecaster_contents(
    predictor: ForecastPredictor,
    weights: Mapping[str, NDArray[Any]],
    *,
    seen_ticks: NDArray[np.int64],
    deviations: NDArray[np.float64],
    naive_errors: NDArray[np.float64],
    reading: Mapping[str, Any],
) -> tuple[dict[str, Any], Arrays]:
    """Return the `encoder` and the `weights` of an artifact; see `LoadedForecaster`."""
    tail = predictor.tail
    encoder = {
        "windows": predictor.encoder.to_config(),
        "quantiles": list(predictor.quantiles),
        "horizon": predictor.horizon,
        "scaling": predictor.scaling,
        "calendar": predictor.calendar,
        "reading": dict(reading),
        "series": {
            "name": tail.name,
            "ids": list(tail.ids),
            "id_column": tail.id_column,
            "clock": tail.clock.to_dict(),
            "columns": list(tail.columns),
            "static_columns": list(tail.static_columns),
            "targets": tail.targets,
            "past": tail.past,
            "known": tail.known,
        },
    }
    own: Arrays = {
        "seen_ticks": seen_ticks,
        "deviations": deviations,
        "naive_errors": naive_errors,
        "tail/values": np.ascontiguousarray(tail.values),
        "tail/offsets": tail.offsets,
        "tail/starts": tail.starts,
        "tail/static": tail.static,
        **{f"scaler/{name}": array for name, array in predictor.encoder.scaler.to_arrays().items()},
    }
    if predictor.calibration is not None:
        calibration = predictor.calibration.to_arrays()
        own |= {f"calibration/{name}": array for name, array in calibration.items()}
    if predictor.scores is not None:
        own["scores"] = predictor.scores
    if predictor.log_widths is not None:
        own["log_widths"] = predictor.log_widths
    if predictor.static_scaler is not None:
        static = predictor.static_scaler.to_arrays()
        own |= {f"static_scaler/{name}": array for name, array in static.items()}
    return encoder, {**weights, **{f"{_OWN}{name}": array for name, array in own.items()}}


def read_forecaster(source: str | Path | Artifact) -> LoadedForecaster:
    """Read a forecaster.

    Args:
        source: A `.recurra` file, or its contents.

    Raises:
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
    """
    artifact = source if isinstance(source, Artifact) else read_artifact(source)
    check_task(artifact, FORECAST_TASK, "a forecaster")
    with corrupt_unless_usable("the forecaster"):
        return _read(artifact)


def _read(artifact: Artifact) -> LoadedForecaster:
    own = {k[len(_OWN) :]: v for k, v in artifact.weights.items() if k.startswith(_OWN)}
    weights = {k: v for k, v in artifact.weights.items() if not k.startswith(_OWN)}
    specification = ForecasterSpecification.from_dict(artifact.manifest.get("specification"))
    tail = _read_tail(artifact.encoder["series"], own)
    predictor = _read_predictor(artifact.encoder, own, specification, weights, tail)
    shape = (len(tail.ids), tail.targets)
    for name in ("deviations", "naive_errors"):
        if own[name].shape != shape:
            raise CorruptArtifactError(f"{name} has shape {own[name].shape}, expected {shape}")
    if own["seen_ticks"].shape != shape[:1]:
        raise CorruptArtifactError("seen_ticks does not fit the series")
    reading = artifact.encoder["reading"]
    if not isinstance(reading, dict):
        raise CorruptArtifactError("the names of the columns are no JSON object")
    return LoadedForecaster(
        predictor,
        specification,
        weights,
        own["seen_ticks"].astype(np.int64),
        own["deviations"],
        own["naive_errors"],
        reading,
        artifact.manifest,
    )


def _read_tail(facts: Mapping[str, Any], own: Arrays) -> SeriesTable:
    if not own["tail/static"].shape[0] == own["tail/starts"].shape[0] == len(facts["ids"]):
        raise CorruptArtifactError("the stored rows do not fit the series")
    return SeriesTable(
        name=str(facts["name"]),
        source=str(facts["name"]),
        sha256="",
        ids=tuple(map(str, facts["ids"])),
        id_column=facts["id_column"],
        offsets=own["tail/offsets"].astype(np.int64),
        starts=own["tail/starts"].astype(np.int64),
        clock=Clock.from_dict(facts["clock"]),
        columns=tuple(map(str, facts["columns"])),
        values=own["tail/values"],
        static_columns=tuple(map(str, facts["static_columns"])),
        static=own["tail/static"],
        targets=facts["targets"],
        past=facts["past"],
        known=facts["known"],
    )


def _read_predictor(
    encoder: Mapping[str, Any],
    own: Arrays,
    specification: ForecasterSpecification,
    weights: Arrays,
    tail: SeriesTable,
) -> ForecastPredictor:
    static_scaler = None
    if tail.static_columns:
        static_scaler = SeriesScaler.from_arrays(_under("static_scaler/", own))
    scaler = SeriesScaler.from_arrays(_under("scaler/", own))
    if len(scaler.shift) not in (1, len(tail.ids)):
        raise CorruptArtifactError("the scaler does not fit the series")
    windows = WindowEncoder.from_config(encoder["windows"], scaler, None)
    _check_fit(windows, specification, tail)
    quantiles = _read_quantiles(encoder["quantiles"], specification)
    horizon = encoder["horizon"]
    if type(horizon) is not int or not windows.horizon <= horizon <= _MOST_HORIZON:
        raise CorruptArtifactError(f"the horizon {horizon!r:.40} cannot be used")
    calibration = None
    if held := _under("calibration/", own):
        calibration = Calibration.from_arrays(held, quantiles, horizon, tail.targets)
    scores = own.get("scores")
    if scores is not None and (scores.ndim != 2 or scores.shape[1] != tail.targets):
        raise CorruptArtifactError(f"the calibration scores have shape {scores.shape}")
    widths = own.get("log_widths")
    if widths is not None:
        _check_widths(widths, (len(tail.ids), horizon, tail.targets, len(quantiles)))
    return ForecastPredictor(
        encoder=windows,
        answer=ForecastNetwork(specification, weights).answer,
        quantiles=quantiles,
        horizon=horizon,
        calibration=calibration,
        scores=scores,
        scaling=str(encoder["scaling"]),
        static_scaler=static_scaler,
        calendar=bool(encoder["calendar"]),
        tail=tail,
        log_widths=widths,
    )


def _check_widths(widths: NDArray[Any], shape: tuple[int, ...]) -> None:
    if widths.shape != shape or widths.dtype != np.float32 or not np.isfinite(widths).all():
        raise CorruptArtifactError(
            f"the widths of the intervals are {widths.dtype}{list(widths.shape)}, expected finite "
            f"float32{list(shape)}"
        )


def _check_fit(
    windows: WindowEncoder, specification: ForecasterSpecification, tail: SeriesTable
) -> None:
    was = (windows.lookback, windows.horizon, windows.targets, windows.past, windows.known)
    network = (specification.lookback, specification.horizon, specification.targets)
    if was != (*network, tail.past, tail.known) or tail.targets != specification.targets:
        raise CorruptArtifactError("windows, network and columns do not fit each other")


def _read_quantiles(levels: list[Any], specification: ForecasterSpecification) -> tuple[float, ...]:
    quantiles = tuple(float(level) for level in levels)
    expected = specification.outputs if specification.outputs > 1 or quantiles else 0
    if len(quantiles) != expected or (quantiles and quantiles[specification.median] != 0.5):
        raise CorruptArtifactError(f"the quantiles {quantiles} are not those of the network")
    return quantiles


def _under(prefix: str, arrays: Arrays) -> Arrays:
    return {k[len(prefix) :]: v for k, v in arrays.items() if k.startswith(prefix)}
