"""Forecaster: fit, forecast, measure, save, load."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from series import daily, quick

from recurra.errors import (
    CheckpointError,
    CorruptArtifactError,
    DataError,
    LeakageError,
    NotFittedError,
    UnknownNameError,
    UsageError,
)
from recurra.models import named_weights
from recurra.runtime import read_artifact, write_artifact
from recurra.tasks import Forecaster
from recurra.tasks._forecast_settings import FORECAST_MODELS

SHOPS = {"series_id": "shop", "known": ["holiday"], "past": ["visits"], "static": ["size"]}


@pytest.fixture(scope="module")
def fitted():
    return quick(**SHOPS, test=0.1).fit(daily(series=3))


@pytest.mark.parametrize("model", list(FORECAST_MODELS))
def test_every_model_trains_and_continues_the_dates(model):
    forecaster = quick(3, model=model).fit(daily(90))
    frame = forecaster.predict()
    assert frame.columns == ["day", "sales", "sales_0.1", "sales_0.9"]
    last = dt.date(2021, 3, 1) + dt.timedelta(days=89)
    assert frame["day"].to_list() == [last + dt.timedelta(days=k) for k in (1, 2, 3)]
    low, middle, high = (frame[name] for name in ("sales_0.1", "sales", "sales_0.9"))
    assert ((low <= middle) & (middle <= high)).all()
    assert forecaster.metrics_["mase"] < 3


def test_saved_and_loaded_forecasts_are_equal(fitted, tmp_path):
    fitted.save(tmp_path / "m.recurra")
    loaded = Forecaster.load(tmp_path / "m.recurra")
    new = daily(60, seed=5, series=3).with_columns(
        sales=pl.when(pl.col("day") > dt.date(2021, 4, 20)).then(None).otherwise(pl.col("sales")),
        visits=pl.when(pl.col("day") > dt.date(2021, 4, 20)).then(None).otherwise(pl.col("visits")),
    )
    assert loaded.predict(new).equals(fitted.predict(new))
    assert loaded.metrics_ == json.loads(json.dumps(fitted.metrics_))
    assert loaded.settings_ == fitted.settings_
    first, again = (read_artifact(f.save(tmp_path / "again")) for f in (fitted, loaded))
    assert first.encoder == again.encoder
    assert first.card == again.card
    assert set(first.weights) == set(again.weights)
    for name, array in first.weights.items():
        np.testing.assert_array_equal(array, again.weights[name], err_msg=name)


def test_same_seed_same_forecaster_and_another_seed_another():
    one, two, three = (quick(seed=s).fit(daily(80)) for s in (1, 1, 2))
    for name, array in named_weights(one.model_).items():
        np.testing.assert_array_equal(array, named_weights(two.model_)[name])
    assert one.predict().equals(two.predict())
    assert not one.predict().equals(three.predict())


def test_rows_after_the_training_part_do_not_change_the_training():
    """Neither scaler nor weights know the test rows."""
    rows = daily(100)
    changed = rows.with_columns(
        sales=pl.when(pl.col("day") > dt.date(2021, 5, 25)).then(1e4).otherwise(pl.col("sales"))
    )
    one, two = (quick(validation=15, test=15).fit(frame) for frame in (rows, changed))
    assert one.metrics_["mae"] != two.metrics_["mae"]
    for name, array in named_weights(one.model_).items():
        np.testing.assert_array_equal(array, named_weights(two.model_)[name], err_msg=name)


def test_known_covariates_of_the_future_are_used_and_asked_for():
    frame = daily(200, noise=0.01)
    forecaster = quick(
        4, known=["holiday"], epochs=30, units=16, model="seq2seq", test=0.1, learning_rate=0.01
    ).fit(frame)
    blind = quick(4, epochs=30, units=16, model="seq2seq", test=0.1, learning_rate=0.01).fit(frame)
    assert forecaster.metrics_["mae"] < 0.6 * blind.metrics_["mae"]
    with pytest.raises(DataError, match="known column 'holiday' has no value at 2021-09-17; a for"):
        forecaster.predict()
    future = pl.DataFrame(
        {
            "day": [dt.date(2021, 9, 17) + dt.timedelta(days=k) for k in range(4)],
            "holiday": [0.0, 1.0, 0.0, 0.0],
        }
    )
    found = forecaster.predict(pl.concat([frame, future], how="diagonal"))
    assert found["day"].to_list() == future["day"].to_list()
    assert found["sales"][1] > found["sales"][0] + 8


def test_pandas_in_pandas_out_with_its_index():
    frame = daily(90).select("day", "sales").to_pandas().set_index("day")
    frame.index = pd.DatetimeIndex(frame.index)
    found = Forecaster(4, target="sales", lookback=8, epochs=1, units=4).fit(frame).predict()
    assert isinstance(found, pd.DataFrame)
    assert list(found.index) == list(pd.date_range("2021-05-30", periods=4))


def test_series_keep_their_own_scale(fitted):
    found = fitted.forecast(with_future(daily(60, series=3)))
    means = found.point[..., 0].mean(axis=1)
    assert 1.2 < means[1] / means[0] < 2
    assert found.ids == ("s0", "s1", "s2")


def test_a_series_that_is_new_is_forecast_on_its_own_scale(fitted):
    new = with_future(daily(60, series=1)).with_columns(
        shop=pl.lit("new"), sales=pl.col("sales") * 100, visits=pl.col("visits") * 100
    )
    found = fitted.predict(new)
    assert found["shop"].unique().to_list() == ["new"]
    assert 1000 < found["sales"].mean() < 8000


def with_future(frame: pl.DataFrame, rows: int = 4) -> pl.DataFrame:
    """Empty the last targets and past values, so that they are the future."""
    last = pl.col("day") > pl.col("day").max() - pl.duration(days=rows)
    return frame.with_columns(
        *(pl.when(last).then(None).otherwise(pl.col(c)).alias(c) for c in ("sales", "visits"))
    )


def test_longer_horizons_feed_the_forecast_back_and_grow_wider():
    forecaster = quick(4).fit(daily(120))
    found = forecaster.forecast(horizon=11)
    assert found.values.shape == (1, 11, 1, 3)
    np.testing.assert_array_equal(found.values[:, :4], forecaster.forecast().values)
    width = found.values[0, :, 0, 2] - found.values[0, :, 0, 0]
    assert width[8:].mean() > width[:4].mean()
    assert found.calibrated == 4
    with_past = quick(4, past=["visits"]).fit(daily(120))
    with pytest.raises(UsageError, match="past columns are not known then; ask for at most 4"):
        with_past.predict(horizon=5)


def test_recursive_forecasts_are_trained_on_one_step():
    forecaster = quick(6, strategy="recursive").fit(daily(120))
    assert forecaster.model_.output_shape[1] == 1
    assert forecaster.forecast().values.shape[1] == 6
    assert len(forecaster.predictor_.calibration.shifts) == 6
    assert len(forecaster.metrics_["by_step"]["mae"]) == 6


def test_evaluation_counts_every_origin_from_a_time_on():
    frame = daily(120)
    forecaster = quick(4, validation=20, test=0).fit(frame.head(100))
    assert "mae" not in forecaster.metrics_
    measured = forecaster.evaluate(frame)
    assert measured["windows"] == 20 - 4 + 1
    later = forecaster.evaluate(frame, since=dt.date(2021, 3, 1) + dt.timedelta(days=110))
    assert later["windows"] == 10 - 4 + 1
    assert set(measured["skill"]) == {"naive", "seasonal_naive"}
    with pytest.raises(DataError, match="no origin to measure at: 4 observed steps are needed"):
        forecaster.evaluate(frame.head(102))


def test_test_figures_are_those_of_evaluate():
    frame = daily(120)
    forecaster = quick(4, validation=20, test=20).fit(frame)
    was = forecaster.metrics_
    assert forecaster.evaluate(frame)["mae"] == pytest.approx(was["mae"])


@pytest.mark.parametrize("missing", ["interpolate", "mask"])
def test_gaps_are_handled_as_asked(missing):
    frame = daily(120).with_columns(
        sales=pl.when(pl.int_range(pl.len()) % 9 == 4).then(None).otherwise(pl.col("sales"))
    )
    forecaster = quick(4, missing=missing).fit(frame)
    assert np.isfinite(forecaster.forecast().values).all()
    assert np.isfinite(forecaster.metrics_["mae"])
    with pytest.raises(DataError, match="missing"):
        quick(4).fit(frame)


def test_a_target_under_another_name_is_no_known_covariate():
    frame = daily(80).with_columns(twice=2 * pl.col("sales") + 1)
    with pytest.raises(LeakageError, match="'twice' is the target 'sales' under another name"):
        quick(known=["twice"]).fit(frame)


def test_an_interrupted_training_goes_on_with_the_same_result(tmp_path):
    frame = daily(80)
    whole = quick(epochs=3).fit(frame)
    quick(epochs=1, checkpoint=tmp_path).fit(frame)
    resumed = quick(epochs=3, checkpoint=tmp_path, resume=True).fit(frame)
    for name, array in named_weights(whole.model_).items():
        np.testing.assert_array_equal(array, named_weights(resumed.model_)[name])
    with pytest.raises(CheckpointError):
        quick(epochs=3, units=4, checkpoint=tmp_path, resume=True).fit(frame)


def test_a_training_that_helps_nothing_keeps_the_linear_forecast():
    frame = daily(120, noise=1.0)
    forecaster = quick(4, learning_rate=0.9, epochs=2, averaging=0).fit(frame)
    assert forecaster.training_.best_epoch == 0
    kernel = named_weights(forecaster.model_)["output/kernel"]
    np.testing.assert_array_equal(kernel, np.zeros_like(kernel))
    assert forecaster.metrics_["skill"]["naive"] > 0


def test_the_mean_lies_between_the_quantiles():
    found = quick(3).fit(daily(80)).forecast()
    assert ((found.mean > found.values[..., 0]) & (found.mean < found.values[..., 2])).all()
    point = quick(3, quantiles=(), loss="mae").fit(daily(80)).forecast()
    np.testing.assert_array_equal(point.mean, point.point)


def test_point_forecasts_without_quantiles():
    forecaster = quick(4, quantiles=(), loss="mse").fit(daily(80))
    assert forecaster.predict().columns == ["day", "sales"]
    assert "coverage" not in forecaster.metrics_
    with pytest.raises(UsageError, match="no calibrated intervals"):
        forecaster.detect(daily(80))


def test_intervals_widen_when_the_series_can_no_longer_be_forecast():
    calm = daily(220, noise=0.05)
    order = np.concatenate([np.arange(220), 220 + np.random.default_rng(3).permutation(600)])
    waves = daily(820, noise=0.05)
    restless = waves.with_columns(sales=waves["sales"][order.tolist()])  # as lively, no pattern
    forecaster = quick(3, test=0).fit(calm)
    static = replace(forecaster.predictor_, log_widths=None)
    table = forecaster._open(restless).table
    reader = static.reader(table)
    at_the_end = static.windows(reader, np.array([0]), table.observed_lengths)[0, :, 0]
    followed = forecaster.forecast(restless).values[0, :, 0]
    assert followed[:, 1] == pytest.approx(at_the_end[:, 1])
    factors = (followed[:, 2] - followed[:, 1]) / (at_the_end[:, 2] - at_the_end[:, 1])
    assert (factors > 1.1).all()
    figures = forecaster.evaluate(restless)
    assert figures["coverage"] > static_coverage(static, table, 220) + 0.03


def static_coverage(predictor, table, first):
    """Return what calibrated intervals cover that do not follow the series."""
    origins = np.arange(first, len(table.values) - 2)
    series = np.zeros_like(origins)
    found = predictor.windows(predictor.reader(table), series, origins)[..., 0, :]
    came = table.values[origins[:, None] + np.arange(3), 0]
    return ((came >= found[..., 0]) & (came <= found[..., 2])).mean()


def test_forecasts_after_the_test_rows_have_the_widths_that_were_measured_there(tmp_path):
    frame = daily(260, noise=0.3)
    forecaster = quick(3, test=60).fit(frame)
    widths = forecaster.predictor_.log_widths
    assert widths.shape == (1, 3, 1, 3)
    assert (widths[..., [0, 2]] != 0).all()
    loaded = Forecaster.load(forecaster.save(tmp_path / "m.recurra"))
    np.testing.assert_array_equal(loaded.predictor_.log_widths, widths)
    np.testing.assert_array_equal(loaded.forecast().values, forecaster.forecast().values)
    np.testing.assert_allclose(loaded.forecast(frame).values, forecaster.forecast().values)


def test_several_targets_at_once():
    forecaster = quick(4, target=["sales", "visits"], model="segrnn").fit(daily(90))
    assert forecaster.predict().columns[1:] == [
        "sales",
        "sales_0.1",
        "sales_0.9",
        "visits",
        "visits_0.1",
        "visits_0.9",
    ]
    assert set(forecaster.metrics_["by_target"]) == {"sales", "visits"}


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"model": "transformer"}, UnknownNameError, "unknown model 'transformer'"),
        ({"quantiles": (0.1, 0.9)}, UsageError, "hold 0.5"),
        ({"quantiles": (0.5, 0.1)}, UsageError, "rise between 0 and 1"),
        ({"loss": "mae"}, UsageError, "forecasts no quantiles"),
        ({"validation": 0.0}, UsageError, "validation must be a number of rows or a share"),
        ({"test": 1.5}, UsageError, "test must be a number of rows or a share"),
        ({"lookback": -1}, UsageError, "lookback must be a whole number from 0 up"),
        ({"missing": "drop"}, UnknownNameError, "unknown missing 'drop'"),
        ({"seed": -1}, UsageError, "seed must be a whole number"),
        ({"horizon": 0}, UsageError, "horizon must be a whole number from 1 up"),
        ({"horizon": 60}, DataError, "the longest series has 80 observed rows; a horizon of 60"),
        ({"model": "segrnn", "known": ["holiday"]}, UsageError, "segrnn"),
        ({"target": "sale"}, UnknownNameError, "did you mean 'sales'"),
        ({"residual": True, "season": 40}, UsageError, "season of 40 steps"),
        ({"resume": True}, UsageError, "resume=True needs a checkpoint folder"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(options, error, words):
    with pytest.raises(error, match=words):
        quick(**options).fit(daily(80))


def test_other_data_than_those_of_the_training_are_refused(fitted):
    with pytest.raises(UnknownNameError, match="visits"):
        fitted.predict(daily(60, series=3).drop("visits"))
    with pytest.raises(NotFittedError, match="call fit"):
        quick().predict()


def test_altered_contents_are_refused(fitted, tmp_path):
    fitted.save(tmp_path / "m.recurra")
    artifact = read_artifact(tmp_path / "m.recurra")
    for change in (
        {"horizon": 10**9},
        {"quantiles": [0.1, 0.9]},
        {"series": {**artifact.encoder["series"], "targets": 2}},
        {"series": {**artifact.encoder["series"], "ids": ["a"]}},
        {"windows": {**artifact.encoder["windows"], "lookback": 99}},
        {"reading": 3},
    ):
        artifact.encoder.update(change)
        write_artifact(tmp_path / "x.recurra", artifact)
        with pytest.raises(CorruptArtifactError):
            Forecaster.load(tmp_path / "x.recurra")
        artifact = read_artifact(tmp_path / "m.recurra")
    for name in (
        "forecaster/calibration/shifts",
        "forecaster/deviations",
        "forecaster/log_widths",
        "forecaster/tail/offsets",
    ):
        artifact.weights[name] = np.zeros((2, 2))
        write_artifact(tmp_path / "x.recurra", artifact)
        with pytest.raises(CorruptArtifactError):
            Forecaster.load(tmp_path / "x.recurra")
        artifact = read_artifact(tmp_path / "m.recurra")


def test_native_and_keras_kernels_agree():
    frame = daily(80)
    one = quick(kernels="auto").fit(frame)
    two = quick(kernels="keras").fit(frame)
    np.testing.assert_allclose(one.forecast().values, two.forecast().values, rtol=2e-3)
