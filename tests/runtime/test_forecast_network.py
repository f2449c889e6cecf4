"""The NumPy forecaster computes what the Keras model computes; specifications are checked."""

from __future__ import annotations

import numpy as np
import pytest
from forecast_networks import (
    EVERYDAY,
    FORECASTERS,
    every_forecaster,
    forecaster_specification,
    forecasts,
    random_forecaster,
    random_windows,
)

from recurra.errors import CorruptArtifactError, ShapeError, UnknownNameError, UsageError
from recurra.models import named_weights
from recurra.runtime import ForecasterSpecification, ForecastNetwork, _forecast_network
from recurra.runtime._forecast_parts import rising_quantiles
from recurra.runtime._forecast_shapes import forecaster_shapes


def network(name: str) -> ForecastNetwork:
    return ForecastNetwork(forecaster_specification(name), named_weights(random_forecaster(name)))


@every_forecaster
def test_numpy_equals_keras(name):
    windows = random_windows(name)
    expected, found = forecasts(random_forecaster(name), windows), network(name)(**windows)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    assert np.abs(found).max() > 0.1


@every_forecaster
def test_the_rest_of_the_batch_does_not_change_a_row(name, monkeypatch):
    windows, run = random_windows(name), network(name)
    together = run(**windows)
    alone = [run(**{k: v[row : row + 1] for k, v in windows.items()}) for row in range(5)]
    np.testing.assert_allclose(np.concatenate(alone), together, rtol=0, atol=1e-6)
    monkeypatch.setattr(_forecast_network, "_ROWS", 2)
    np.testing.assert_allclose(run(**windows), together, rtol=0, atol=1e-6)


@every_forecaster
def test_expected_shapes_are_the_models(name):
    shapes = {k: v.shape for k, v in named_weights(random_forecaster(name)).items()}
    assert forecaster_shapes(forecaster_specification(name)) == shapes


@pytest.mark.parametrize("name", [n for n in EVERYDAY if not n.startswith("segrnn")])
def test_masked_steps_change_nothing(name):
    windows = random_windows(name)
    expected = network(name)(**windows)
    windows["past"][windows["mask"] == 0] = np.nan
    np.testing.assert_array_equal(network(name)(**windows), expected)


def test_no_mask_means_that_every_step_counts():
    for name in ("recurrent-lstm-everything", "seq2seq-gru-bi-dot"):
        windows = random_windows(name)
        windows["mask"][:] = 1
        expected = network(name)(**windows)
        del windows["mask"]
        np.testing.assert_allclose(network(name)(**windows), expected, rtol=0, atol=1e-6)


def test_additive_attention_is_computed_in_parts(monkeypatch):
    windows = random_windows("seq2seq-gru-additive")
    expected = network("seq2seq-gru-additive")(**windows)
    monkeypatch.setattr("recurra.runtime._encoder_decoder._LARGEST_HIDDEN", 1)
    found = network("seq2seq-gru-additive")(**windows)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_no_rows_give_no_forecasts():
    for name in ("recurrent-lstm-everything", "seq2seq-gru-bi-dot", "segrnn-gru-odd"):
        windows = {k: v[:0] for k, v in random_windows(name).items()}
        assert network(name)(**windows).shape[0] == 0


@pytest.mark.parametrize("median", [0, 2, 4])
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e3, 1e30])
def test_quantiles_never_cross(median, scale):
    values = np.random.default_rng(6).normal(0, scale, (1000, 5)).astype(np.float32)
    found = rising_quantiles(values, median)
    assert found.dtype == np.float32
    assert (np.diff(found, axis=-1) >= 0).all()
    np.testing.assert_array_equal(found[:, median], values[:, median])


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("recurrent-lstm-everything", {"future": None}, r"future is missing; .*\(batch, 5, 3\)"),
        ("recurrent-rnn-dot", {"past": np.zeros((5, 6, 2))}, r"past has shape \(5, 6, 2\)"),
        ("recurrent-rnn-dot", {"past": np.zeros(3)}, r"expected \(batch, 7, 2\)"),
        ("recurrent-rnn-dot", {"static": np.zeros((4, 2))}, r"with batch 5, as past has"),
        ("segrnn-gru-odd", {"mask": np.ones((5, 7))}, "but this network reads past alone"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(name, change, message):
    with pytest.raises(ShapeError, match=message):
        network(name)(**{**random_windows(name), **change})


def test_weights_that_do_not_fit_are_refused():
    spec = forecaster_specification("segrnn-gru-odd")
    weights = named_weights(random_forecaster("segrnn-gru-odd"))
    with pytest.raises(CorruptArtifactError, match=r"do not fit the specification: \['more'\]"):
        ForecastNetwork(spec, {**weights, "more": np.zeros(3, np.float32)})
    with pytest.raises(CorruptArtifactError, match=r"output/bias is float32\[2\], expected"):
        ForecastNetwork(spec, {**weights, "output/bias": np.zeros(2, np.float32)})


@pytest.mark.parametrize("name", FORECASTERS)
def test_a_specification_survives_json(name):
    spec = forecaster_specification(name)
    assert ForecasterSpecification.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("architecture", "segrn", r"unknown architecture 'segrn'; did you mean 'segrnn'\?"),
        ("cell", "dense", "unknown cell 'dense'"),
        ("attention", "luong", "unknown attention 'luong'"),
        ("lookback", 0, "lookback must be an integer from 1 to 1048576, not 0"),
        ("horizon", True, "horizon must be an integer"),
        ("targets", 0, "targets must be an integer from 1"),
        ("outputs", 0, "outputs must be an integer from 1"),
        ("median", 3, "median must be an integer from 0 to 2, not 3"),
        ("units", (), r"units must be a tuple of 1 to 64 integers, not \(\)"),
        ("dropout", 1.0, "dropout must be at least 0 and below 1, not 1.0"),
        ("skip", 1, "skip must be true or false, not 1"),
        ("segment", 3, "segment is of segrnn alone, not of seq2seq"),
    ],
)
def test_values_out_of_range_are_refused(field, value, message):
    expected = UnknownNameError if "unknown" in message else UsageError
    with pytest.raises(expected, match=message):
        forecaster_specification("seq2seq-lstm-everything", **{field: value})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("segment", 0, "segrnn needs a segment of 1 step or more, not 0"),
        ("units", (4, 4), r"segrnn has one layer of 2 units or more, not \(4, 4\)"),
        ("units", (1,), r"segrnn has one layer of 2 units or more, not \(1,\)"),
        ("attention", "dot", r"segrnn has no attention \(it came as 'dot'\)"),
        ("bidirectional", True, "segrnn has no bidirectional"),
        ("future_features", 2, "segrnn has no future_features"),
    ],
)
def test_segrnn_refuses_what_it_has_not(field, value, message):
    with pytest.raises(UsageError, match=message):
        forecaster_specification("segrnn-gru-odd", **{field: value})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "the specification is not a JSON object"),
        ({"lookback": 3}, "cannot be used: .*horizon"),
        ({"lookback": 3, "horizon": 2, "targets": 1, "magic": 1}, r"unknown fields: \['magic'\]"),
        ({"lookback": "3", "horizon": 2, "targets": 1}, "lookback must be an integer"),
        ({"lookback": 3, "horizon": 2, "targets": 1, "cell": []}, "cannot be used: unknown cell"),
    ],
)
def test_specifications_of_hostile_files_are_refused(values, message):
    with pytest.raises(CorruptArtifactError, match=message):
        ForecasterSpecification.from_dict(values)


def test_a_forecast_without_keras(run_python):
    code = """
import sys
import numpy as np
from recurra.runtime import ForecasterSpecification, ForecastNetwork
from recurra.runtime._forecast_shapes import forecaster_shapes
spec = ForecasterSpecification(6, 3, 2, architecture="segrnn", cell="gru", units=(4,), segment=2)
weights = {k: np.ones(s, np.float32) for k, s in forecaster_shapes(spec).items()}
assert ForecastNetwork(spec, weights)(np.zeros((2, 6, 2))).shape == (2, 3, 2, 1)
assert not {"keras", "jax", "polars", "sklearn"} & set(sys.modules)
"""
    run_python(code)
