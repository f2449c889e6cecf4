"""Calibrated quantiles hold on new windows."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.errors import CorruptArtifactError
from recurra.sequences import Calibration, calibrate_quantiles, conformal_shifts

LEVELS = (0.1, 0.5, 0.9)


@pytest.mark.parametrize("windows", [20, 60, 500])
def test_intervals_cover_what_they_promise(windows):
    generator = np.random.default_rng(windows)
    covered = []
    for _ in range(300):
        actual = generator.gamma(2.0, 1.0, (windows, 3, 1))
        forecasts = np.broadcast_to([1.5, 1.6, 1.7], (windows, 3, 1, 3))
        shifts = conformal_shifts(actual, forecasts, LEVELS)
        new = calibrate_quantiles(forecasts[:1], shifts, LEVELS)[0]
        came = generator.gamma(2.0, 1.0, (400, 3, 1))
        covered.append(((came >= new[..., 0]) & (came <= new[..., 2])).mean())
    assert 0.78 < np.mean(covered) < 0.87 + (windows == 20) * 0.03  # few leave room for one more


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


def fitted(generator, windows=400, horizon=3):
    """Calibrate forecasts whose own intervals are far too narrow."""
    spread = generator.uniform(0.5, 2, (windows, 1, 1))
    actual = generator.normal(size=(windows, horizon, 1)) * spread
    forecasts = np.broadcast_to([-0.1, 0.0, 0.1], (windows, horizon, 1, 3))
    return Calibration.fit(actual, forecasts, spread, LEVELS)


def test_coverage_holds_when_the_series_grows_livelier():
    generator = np.random.default_rng(0)
    calibration = fitted(generator)
    for factor in (0.3, 1.0, 5.0):
        spread = np.full((4000, 1, 1), factor)
        actual = generator.normal(size=(4000, 3, 1)) * spread
        forecasts = np.broadcast_to([-0.1, 0.0, 0.1], (4000, 3, 1, 3))
        found = calibration.apply(forecasts, spread)
        covered = ((actual >= found[..., 0]) & (actual <= found[..., 2])).mean()
        assert 0.76 < covered < 0.84
        np.testing.assert_array_equal(found[..., 1], 0)


def test_steps_beyond_the_calibrated_ones_grow_with_the_root_of_time():
    calibration = fitted(np.random.default_rng(1))
    found = calibration.apply(np.zeros((1, 12, 1, 3)), np.ones((1, 1, 1)))[0, :, 0]
    width = found[:, 2] - found[:, 0]
    np.testing.assert_allclose(width[11] / width[2], 2)


def test_a_broken_calibration_is_refused():
    arrays = fitted(np.random.default_rng(2)).to_arrays()
    again = Calibration.from_arrays(arrays, LEVELS, 3, 1)
    np.testing.assert_array_equal(again.shifts, arrays["shifts"])
    with pytest.raises(CorruptArtifactError, match="does not have the shape"):
        Calibration.from_arrays(arrays, LEVELS, 4, 1)
    with pytest.raises(CorruptArtifactError, match="not finite"):
        Calibration.from_arrays({**arrays, "shifts": arrays["shifts"] * np.nan}, LEVELS, 3, 1)
