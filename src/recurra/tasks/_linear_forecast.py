"""The linear forecast of prepared series: a baseline, and where networks start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import EncodedWindows, Windows
from recurra.tasks._baselines import LinearMap, fit_linear_map
from recurra.tasks._forecast_preparation import PreparedSeries, encoded_batches

__all__ = ["fit_linear_forecast", "linear_inputs"]

_BATCH = 512
_MOST_WINDOWS = 1 << 18


def fit_linear_forecast(prepared: PreparedSeries) -> LinearMap:
    """Fit the best linear map from look-back to horizon on the training windows.

    Args:
        prepared: Series, split and scaled; of very many windows every n-th is read.
    """
    stride = -(-len(prepared.train) // _MOST_WINDOWS)
    counts = -(-prepared.train.counts // stride)
    training = Windows(prepared.train.first, counts, prepared.train.stride * stride)
    return fit_linear_map(_batches(prepared, training), _batches(prepared, prepared.validation))


def linear_inputs(encoded: EncodedWindows, targets: int) -> NDArray[np.float32]:
    """Return the targets' look-back, 0 at steps that do not count."""
    return encoded.past[..., :targets] * encoded.mask[..., None]


def _batches(
    prepared: PreparedSeries, windows: Windows
) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    for encoded, answers, weights in encoded_batches(prepared.reader, windows, _BATCH):
        yield linear_inputs(encoded, prepared.table.targets), answers, weights
