"""Calibrated quantiles hold on new windows."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.sequences import calibrate_quantiles, conformal_shifts

LEVELS = (0.1, 0.5, 0.9)


@pytest.mark.parametrize("windows", [20, 60, 500])
@pytest.mark.parametrize("ages", [False, True])
def test_intervals_cover_what_they_promise(windows, ages):
    generator = np.random.default_rng(windows)
    covered = []
    for _ in range(300):
        actual = generator.gamma(2.0, 1.0, (windows, 3, 1))
        forecasts = np.broadcast_to([1.5, 1.6, 1.7], (windows, 3, 1, 3))
        age = np.arange(windows)[::-1] if ages else None
        shifts = conformal_shifts(actual, forecasts, LEVELS, age)
        new = calibrate_quantiles(forecasts[:1], shifts, LEVELS)[0]
        came = generator.gamma(2.0, 1.0, (400, 3, 1))
        covered.append(((came >= new[..., 0]) & (came <= new[..., 2])).mean())
    assert 0.78 < np.mean(covered) < 0.87 + (windows == 20) * 0.03  # few leave room for one more


def test_recent_windows_count_more():
    actual = np.concatenate([np.full(400, 10.0), np.full(100, 1.0)])[:, None, None]
    actual += np.random.default_rng(0).normal(0, 0.1, actual.shape)
    forecasts = np.zeros((500, 1, 1, 3))
    ages = np.arange(500)[::-1]
    even = conformal_shifts(actual, forecasts, (0.3, 0.5, 0.7))[0, 0]
    recent = conformal_shifts(actual, forecasts, (0.3, 0.5, 0.7), ages)[0, 0]
    assert even[2] == -even[0] > 9
    assert recent[2] == -recent[0] < 2


def test_a_quantile_without_a_counterpart_moves_alone():
    actual = np.random.default_rng(0).normal(size=(4000, 1, 1))
    shifts = conformal_shifts(actual, np.zeros((4000, 1, 1, 3)), (0.2, 0.5, 0.95))[0, 0]
    np.testing.assert_allclose(shifts, [-0.84, 0, 1.645], atol=0.1)


def test_a_shrinking_interval_stops_at_the_median():
    forecasts = np.array([0.0, 10.0, 11.0]).reshape(1, 1, 1, 3)
    moved = calibrate_quantiles(forecasts, np.array([[[5.0, 0.0, -5.0]]]), LEVELS)
    assert moved.ravel().tolist() == [5, 10, 10]


def test_the_median_stays_and_quantiles_rise():
    generator = np.random.default_rng(1)
    actual = generator.normal(size=(50, 2, 2))
    forecasts = np.sort(generator.normal(size=(50, 2, 2, 3)), axis=-1)
    shifts = conformal_shifts(actual, forecasts, LEVELS)
    assert (shifts[..., 1] == 0).all()
    assert (np.diff(calibrate_quantiles(forecasts, shifts, LEVELS), axis=-1) >= 0).all()


def test_missing_values_and_no_windows_are_passed_over():
    actual = np.full((5, 2, 1), np.nan)
    forecasts = np.zeros((5, 2, 1, 3))
    assert (conformal_shifts(actual, forecasts, LEVELS) == 0).all()
    assert (conformal_shifts(actual[:0], forecasts[:0], LEVELS) == 0).all()
    actual[:, 0] = 1.0
    assert np.isfinite(conformal_shifts(actual, forecasts, LEVELS)).all()
