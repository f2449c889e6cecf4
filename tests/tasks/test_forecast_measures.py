"""Errors, baselines, backtests and anomalies, against plain calculations."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from series import daily, quick

from recurra.errors import DataError, UsageError
from recurra.tasks._baselines import fit_linear_map, seasonal_naive
from recurra.tasks.forecast_metrics import ForecastErrors, mase_scales


def test_errors_equal_their_definitions():
    generator = np.random.default_rng(0)
    actual = generator.normal(5, 3, (11, 4, 2))
    actual[3, 1, 0] = np.nan
    quantiles = np.sort(generator.normal(5, 3, (11, 4, 2, 3)), axis=-1)
    series = generator.integers(0, 3, 11)
    deviations, naive = generator.random((3, 2)) + 0.5, generator.random((3, 2)) + 0.5
    errors = ForecastErrors((0.1, 0.5, 0.9), deviations, naive)
    for part in (slice(0, 5), slice(5, 11)):
        point = quantiles[part, ..., 1]
        errors.add(actual[part], point, series[part], quantiles[part])
    found = errors.result()
    gap = actual - quantiles[..., 1]
    square = (actual - quantiles @ [0.3, 0.4, 0.3]) ** 2
    scale, season = deviations[series][:, None], naive[series][:, None]
    assert found["mae"] == pytest.approx(np.nanmean(np.abs(gap)))
    assert found["mse"] == pytest.approx(np.nanmean(square))
    assert found["rmse"] == pytest.approx(np.sqrt(np.nanmean(square)))
    assert found["mse_scaled"] == pytest.approx(np.nanmean(square / scale**2))
    assert found["mae_scaled"] == pytest.approx(np.nanmean(np.abs(gap / scale)))
    assert found["mase"] == pytest.approx(np.nanmean(np.abs(gap / season)))
    relative = 200 * np.abs(gap) / (np.abs(actual) + np.abs(quantiles[..., 1]))
    assert found["smape"] == pytest.approx(np.nanmean(relative))
    inside = (actual >= quantiles[..., 0]) & (actual <= quantiles[..., 2])
    assert found["coverage"] == pytest.approx(inside[np.isfinite(actual)].mean())
    assert found["nominal"] == pytest.approx(0.8)
    levels = np.array([0.1, 0.5, 0.9])
    away = actual[..., None] - quantiles
    pinball = np.maximum(levels * away, (levels - 1) * away)
    assert found["pinball"] == pytest.approx(np.nanmean(pinball))
    assert found["by_step"]["mae"][2] == pytest.approx(np.abs(gap[:, 2]).mean())
    assert errors.by_target(["a", "b"])["b"]["mae"] == pytest.approx(np.abs(gap[..., 1]).mean())


def test_smape_of_zeros_is_zero_and_a_constant_series_has_no_mase():
    errors = ForecastErrors((), np.ones((1, 1)), np.full((1, 1), np.nan))
    errors.add(np.zeros((2, 3, 1)), np.zeros((2, 3, 1)), np.zeros(2, int))
    assert errors.result()["smape"] == 0
    assert errors.result()["mase"] is None


def test_mase_scale_is_the_seasonal_difference_before_the_test_part():
    generator = np.random.default_rng(0)
    values = generator.normal(size=(50, 2))
    scales = mase_scales(values, np.array([0, 20, 50]), np.array([15, 30]), 1, 7)
    np.testing.assert_allclose(scales[0, 0], np.abs(values[7:15, 0] - values[:8, 0]).mean())
    own = values[20:50, 0]
    np.testing.assert_allclose(scales[1, 0], np.abs(own[7:] - own[:-7]).mean())
    short = mase_scales(values, np.array([0, 50]), np.array([5]), 1, 7)
    np.testing.assert_allclose(short[0, 0], np.abs(np.diff(values[:5, 0])).mean())


def test_seasonal_naive_repeats_the_last_season():
    history = np.arange(10.0).reshape(1, 10, 1)
    assert seasonal_naive(history, 5, 3)[0, :, 0].tolist() == [7, 8, 9, 7, 8]
    assert seasonal_naive(history, 2, 1)[0, :, 0].tolist() == [9, 9]


def test_the_linear_baseline_finds_a_linear_rule():
    generator = np.random.default_rng(0)
    rule = generator.normal(size=(6, 3))
    past = generator.normal(size=(400, 6, 2)).astype(np.float32)
    answers = np.einsum("btc,th->bhc", past, rule) + 0.5
    weights = np.ones_like(answers)
    weights[5, 1] = 0
    answers[5, 1] = 1e6
    halves = (slice(0, 200), slice(200, 400))
    batches = [(past[half], answers[half], weights[half]) for half in halves]
    fitted = fit_linear_map(batches, batches[1:])
    np.testing.assert_allclose(fitted(past[200:]), answers[200:], atol=1e-3)


def test_a_backtest_forecasts_each_window_from_the_rows_before_it():
    frame = daily(140)
    result = quick(5).backtest(frame, windows=4)
    table = pl.DataFrame(result.columns)
    assert result.trainings == 1
    assert len(table) == 20
    assert table["step"].to_list() == [1, 2, 3, 4, 5] * 4
    days = table["day"].to_list()
    assert days == frame["day"].to_list()[-20:]
    assert table["sales_actual"].to_list() == pytest.approx(frame["sales"].to_list()[-20:])
    gaps = {(day - origin).days for day, origin in zip(days, table["origin"], strict=True)}
    assert gaps == {1, 2, 3, 4, 5}
    mae = (table["sales"] - table["sales_actual"]).abs().mean()
    assert result.metrics["mae"] == pytest.approx(mae)
    naive = (table["sales_seasonal_naive"] - table["sales_actual"]).abs().mean()
    assert result.metrics["baselines"]["seasonal_naive"]["mae"] == pytest.approx(naive)


def test_refitting_trains_before_every_window_and_sees_nothing_later():
    frame = daily(140)
    changed = frame.with_columns(
        sales=pl.when(pl.int_range(pl.len()) >= 135).then(999.0).otherwise(pl.col("sales"))
    )
    one, two = (quick(5, epochs=1).backtest(f, windows=2, refit=True) for f in (frame, changed))
    assert one.trainings == 2
    assert one.columns["sales"][:5] == two.columns["sales"][:5]
    assert one.columns["sales"][5:] == two.columns["sales"][5:]
    sliding = quick(5, epochs=1).backtest(frame, windows=2, refit=True, sliding=True)
    assert sliding.columns["sales"][5:] != one.columns["sales"][5:]


def test_a_trained_forecaster_is_backtested_on_new_rows_only():
    frame = daily(140)
    forecaster = quick(5, test=0).fit(frame.head(120))
    assert forecaster.backtest(frame, windows=4).trainings == 0
    with pytest.raises(UsageError, match="trained on rows up to 2021-06-28, the first window begi"):
        forecaster.backtest(frame, windows=5)
    with pytest.raises(DataError, match="leave no rows to train on"):
        quick(5).backtest(frame, windows=40)


def test_planted_anomalies_are_found_and_few_others():
    frame = daily(400, noise=0.1).drop("holiday", "visits")
    steps = np.arange(400)
    clean = 30 + 10 * np.sin(2 * np.pi * steps / 7) + np.random.default_rng(3).normal(0, 1, 400)
    clean[[350, 372]] += 25
    frame = frame.with_columns(sales=pl.Series(clean))
    forecaster = quick(1, epochs=20, units=16, test=0).fit(frame.head(320))
    found = forecaster.detect(frame)
    table = pl.DataFrame(found.columns)
    start = dt.date(2021, 3, 1)
    flagged = table.filter(pl.col("anomaly"))["day"].to_list()
    assert start + dt.timedelta(days=350) in flagged
    assert start + dt.timedelta(days=372) in flagged
    assert found.judged == 400 - 12
    assert len(flagged) == found.found < 30
    assert table["p_value"].max() <= 1
    with pytest.raises(UsageError, match=r"level must be between 0 and 1, not 1\.5"):
        forecaster.detect(frame, level=1.5)


def test_intervals_cover_what_they_promise_on_later_rows():
    frame = daily(900, noise=0.5).drop("holiday")
    forecaster = quick(3, epochs=4, units=16, validation=0.25, test=0.25).fit(frame)
    assert 0.72 < forecaster.metrics_["coverage"] < 0.88
