"""Small forecasters with random, asymmetric weights."""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import numpy as np
import pytest

from recurra.layers import accelerated
from recurra.models import assign_weights, build_forecaster, named_weights
from recurra.runtime import ForecasterSpecification

LOOKBACK, HORIZON, TARGETS = 7, 5, 2
CELLS = ("rnn", "lstm", "gru")
_COVARIATES = {"past_features": 1, "future_features": 3, "static_features": 2}
_QUANTILES = {"outputs": 3, "median": 1}
_OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {"units": (5,)},
    "stack-future": {"units": (5, 3), "future_features": 1, "outputs": 4, "median": 0},
    "bi-static": {"units": (3,), "bidirectional": True, "static_features": 1, "skip": True},
    "additive": {"units": (3,), "attention": "additive", "past_features": 1},
    "dot": {"units": (3,), "attention": "dot", "static_features": 2, "skip": True},
    "bi-dot": {"units": (3,), "attention": "dot", "bidirectional": True, **_QUANTILES},
    "everything": {
        "units": (5, 3),
        "attention": "additive",
        "bidirectional": True,
        "skip": True,
        "dropout": 0.1,
        "recurrent_dropout": 0.2,
        "head_dropout": 0.3,
        **_COVARIATES,
        **_QUANTILES,
    },
}
_SEGRNN: dict[str, dict[str, Any]] = {
    "odd": {"units": (5,), "segment": 3, "skip": True, "head_dropout": 0.2, **_QUANTILES},
    "whole": {"units": (4,), "segment": 1},
    "one-segment": {"units": (3,), "segment": 9, "outputs": 2, "median": 1},
    "one-target": {"units": (3,), "segment": 2, "targets": 1},
}
FORECASTERS: dict[str, dict[str, Any]] = {
    **{
        f"{architecture}-{cell}-{name}": {"architecture": architecture, "cell": cell, **options}
        for architecture in ("recurrent", "seq2seq")
        for cell in CELLS
        for name, options in _OPTIONS.items()
    },
    **{
        f"segrnn-{cell}-{name}": {"architecture": "segrnn", "cell": cell, **options}
        for cell in CELLS
        for name, options in _SEGRNN.items()
    },
}
# Each costs about a second to build and compile. These stand for every choice of each
# architecture; `-m slow` runs them all.
EVERYDAY = (
    "recurrent-lstm-everything",
    "recurrent-gru-bi-dot",
    "recurrent-rnn-dot",
    "recurrent-lstm-stack-future",
    "seq2seq-lstm-everything",
    "seq2seq-gru-bi-dot",
    "seq2seq-rnn-dot",
    "seq2seq-lstm-plain",
    "seq2seq-gru-additive",
    "segrnn-gru-odd",
    "segrnn-lstm-whole",
    "segrnn-rnn-one-target",
    "segrnn-gru-one-segment",
)
every_forecaster = pytest.mark.parametrize(
    "name",
    [
        name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.slow)
        for name in FORECASTERS
    ],
)


def forecaster_specification(name: str, **changes: Any) -> ForecasterSpecification:
    sizes = {"lookback": LOOKBACK, "horizon": HORIZON, "targets": TARGETS}
    return ForecasterSpecification(**{**sizes, **FORECASTERS[name], **changes})


@cache
def random_forecaster(name: str) -> keras.Model:
    """Build once for all tests, with weights of which no two are alike."""
    generator = np.random.default_rng(4)
    model = build_forecaster(forecaster_specification(name))
    drawn = {
        key: generator.normal(0, 0.6, array.shape).astype(np.float32)
        for key, array in sorted(named_weights(model).items())
    }
    assign_weights(model, drawn)
    return model


def random_windows(name: str, batch: int = 5, seed: int = 0) -> dict[str, np.ndarray]:
    """Draw inputs; of the first row every step counts, of the last none."""
    generator = np.random.default_rng(seed)
    shapes = forecaster_specification(name).inputs
    windows = {
        key: generator.normal(size=(batch, *shape)).astype(np.float32)
        for key, shape in shapes.items()
    }
    if "mask" in windows:
        windows["mask"] = (windows["mask"] > -0.4).astype(np.float32)
        windows["mask"][0], windows["mask"][-1] = 1, 0
    return windows


def forecasts(model: keras.Model, windows: dict[str, np.ndarray]) -> np.ndarray:
    with accelerated():
        return np.asarray(model.predict_on_batch(windows))
