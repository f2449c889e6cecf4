"""Intervals that follow a series hold in the long run and look at nothing to come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.sequences import IntervalTrackers
from recurra.sequences.interval_tracking import IntervalTracker

LEVELS = (0.1, 0.5, 0.9)
SERIES = np.zeros(3000, dtype=np.int64)


def forecasts(windows, horizon, width):
    """Return intervals of one width around 0."""
    return np.broadcast_to([-width, 0.0, width], (windows, horizon, 1, 3)).copy()


@pytest.mark.parametrize("width", [0.1, 1.28, 8.0])
@pytest.mark.parametrize("stride", [1, 3])
def test_in_the_long_run_intervals_cover_their_share_whatever_they_were(width, stride):
    horizon, windows = 4, 3000
    came = np.random.default_rng(0).normal(size=windows * stride + horizon)
    origins = np.arange(windows) * stride
    actual = came[origins[:, None] + np.arange(horizon)][..., None]
    trackers = IntervalTrackers(LEVELS, horizon, 1)
    moved = trackers.follow(SERIES, origins, forecasts(windows, horizon, width), actual)
    inside = (actual >= moved[..., 0]) & (actual <= moved[..., 2])
    assert inside[1000:].mean(axis=0).ravel() == pytest.approx([0.8] * horizon, abs=0.015)


@pytest.mark.parametrize(("level", "share"), [(0.95, 0.95), (0.3, 0.7)])
def test_a_quantile_without_a_counterpart_holds_alone(level, share):
    levels = tuple(sorted((0.5, level)))
    actual = np.random.default_rng(1).normal(size=(3000, 1, 1))
    start = np.broadcast_to(np.sign(np.array(levels) - 0.5) * 0.8, (3000, 1, 1, 2)).copy()
    moved = IntervalTrackers(levels, 1, 1).follow(SERIES, np.arange(3000), start, actual)
    end = moved[..., levels.index(level)]
    inside = actual <= end if level > 0.5 else actual >= end
    assert inside[1000:].mean() == pytest.approx(share, abs=0.015)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 3))
def test_a_forecast_learns_from_the_rows_before_its_origin_alone(seed, horizon, stride):
    generator = np.random.default_rng(seed)
    origins = np.arange(30) * stride
    came = generator.normal(size=origins[-1] + horizon)
    start = forecasts(30, horizon, 0.7)

    def run(values):
        actual = values[origins[:, None] + np.arange(horizon)][..., None]
        return IntervalTrackers(LEVELS, horizon, 1).follow(SERIES[:30], origins, start, actual)

    known = int(origins[15])
    other = np.concatenate([came[:known], generator.normal(5, 3, len(came) - known)])
    first, second = run(came), run(other)
    np.testing.assert_array_equal(first[:16], second[:16])
    assert (first[-1] != second[-1]).any()


def test_a_miss_widens_and_a_hit_narrows_by_what_is_documented():
    tracker = IntervalTracker(LEVELS, 2, 1, None)
    tracker.follow(0, forecasts(1, 2, 1.0)[0], np.array([[5.0], [0.5]]))
    assert tracker.log_widths[0, 0].tolist() == [0, 0, 0]
    tracker.learn(1)
    assert np.exp(tracker.log_widths[0, 0]) == pytest.approx([np.exp(0.008), 1, np.exp(0.008)])
    assert tracker.log_widths[1, 0].tolist() == [0, 0, 0]
    tracker.learn(2)
    assert np.exp(tracker.log_widths[1, 0]) == pytest.approx([np.exp(-0.002), 1, np.exp(-0.002)])


def test_missing_values_teach_nothing():
    tracker = IntervalTracker(LEVELS, 1, 1, None)
    tracker.follow(0, forecasts(1, 1, 1.0)[0], np.full((1, 1), np.nan))
    tracker.learn(5)
    assert (tracker.log_widths == 0).all()


def test_trackers_go_on_where_others_ended():
    actual = np.random.default_rng(2).normal(size=(40, 2, 1))
    start, origins = forecasts(40, 2, 0.2), np.arange(40)
    whole = IntervalTrackers(LEVELS, 2, 1)
    moved = whole.follow(SERIES[:40], origins, start, actual)
    first = IntervalTrackers(LEVELS, 2, 1)
    first.follow(SERIES[:18], origins[:18], start[:18], actual[:18])
    widths = first.log_widths(np.array([20]))
    second = IntervalTrackers(LEVELS, 2, 1, widths)
    again = second.follow(SERIES[:20], origins[20:], start[20:], actual[20:])
    assert np.abs(again - moved[20:]).max() < 0.01  # but for the two origins that were left out
    assert widths.shape == (1, 2, 1, 3)
    assert widths.dtype == np.float32


def test_every_series_has_its_own_widths():
    series = np.array([0, 1, 0, 1])
    origins = np.array([0, 0, 1, 1])
    actual = np.array([9.0, 0.0, 9.0, 0.0])[:, None, None]
    trackers = IntervalTrackers(LEVELS, 1, 1)
    moved = trackers.follow(series, origins, forecasts(4, 1, 1.0), actual)
    assert moved[2, 0, 0, 2] > 1 > moved[3, 0, 0, 2]
    last = trackers.adjust(np.array([2, 2, 2]), forecasts(3, 1, 1.0))[:, 0, 0, 2]
    assert last[0] > moved[2, 0, 0, 2]
    assert last[1] < moved[3, 0, 0, 2]
    assert last[2] == 1


def test_a_longer_forecast_takes_the_widths_of_the_last_step():
    tracker = IntervalTracker(LEVELS, 2, 1, np.log([[[2.0, 1, 2]], [[3.0, 1, 3]]]))
    moved = tracker.adjust(forecasts(1, 4, 1.0)[0])
    assert moved[:, 0, 2] == pytest.approx([2, 3, 3, 3])
