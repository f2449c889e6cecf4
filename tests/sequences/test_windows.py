"""Windows: counted exactly, read right, never from the future."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError, ShapeError, UsageError
from recurra.sequences import TimeSplit, Windows, read_windows, split_by_time

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=6)


@given(LENGTHS, st.integers(1, 5), st.integers(1, 6))
def test_all_windows_are_counted_and_found(lengths, stride, horizon):
    ends = np.array(lengths)
    windows = Windows.between(np.ones(len(ends)), ends - horizon, stride)
    expected = [
        (s, origin) for s, n in enumerate(lengths) for origin in range(1, n - horizon + 1, stride)
    ]
    assert len(windows) == len(expected)
    numbers = np.concatenate([*windows.batches(7), np.zeros(0, int)]).astype(int)
    series, origins = windows.locate(numbers)
    assert list(zip(series.tolist(), origins.tolist(), strict=True)) == expected


@given(st.integers(1, 6), st.integers(40, 80))
def test_every_validation_and_test_step_is_forecast(horizon, rows):
    """With a stride of one horizon each step after the training rows is forecast once."""
    split = split_by_time([rows], horizon, 2 * horizon, 3 * horizon)
    counted = np.zeros(rows)
    for start, end in ((split.train[0], split.seen[0]), (split.seen[0], split.end[0])):
        windows = Windows.between([start], [end - horizon], horizon)
        for origin in windows.locate(np.arange(len(windows)))[1]:
            counted[origin : origin + horizon] += 1
    assert (counted[split.train[0] :] == 1).all()
    assert (counted[: split.train[0]] == 0).all()


@given(LENGTHS, st.integers(1, 4), st.integers(1, 8))
def test_training_windows_stay_in_the_training_rows(lengths, horizon, lookback):
    lengths = [n + 3 * horizon + 1 for n in lengths]
    split = split_by_time(lengths, horizon, 0.2, 0.1)
    windows = split.train_windows(lookback, horizon)
    series, origins = windows.locate(np.arange(len(windows)))
    assert (origins >= 1).all()
    assert (origins + horizon <= split.train[series]).all()
    assert (windows.counts[split.usable] > 0).all()
    validation = split.validation_windows(horizon, most=0)
    series, origins = validation.locate(np.arange(len(validation)))
    assert (origins >= split.train[series]).all()
    assert (origins + horizon <= split.seen[series]).all()


def test_published_split_of_ett_counts_every_window():
    split = split_by_time([14_400], 96, 2_880, 2_880)
    assert split.train.tolist() == [8_640]
    assert len(split.train_windows(96, 96)) == 8_640 - 96 - 96 + 1
    assert len(split.validation_windows(96, 100_000)) == 2_880 - 96 + 1
    assert len(split.test_windows(96)) == 2_880 - 96 + 1


def test_series_too_short_for_a_test_part_have_none():
    split = split_by_time([12, 100, 8], 4, 0.15, 0.1)
    assert split.usable.tolist() == [True, True, False]
    split = split_by_time([10, 100], 4, 0.15, 0.1)
    assert (split.end - split.seen).tolist() == [0, 10]


def test_series_too_short_for_anything_are_refused_with_numbers():
    with pytest.raises(DataError, match=r"longest series has 5 observed rows; a horizon of 12"):
        split_by_time([5, 3], 12, 0.15, 0.1)


def test_windows_read_rows_around_the_origin_and_nothing_of_other_series():
    values = np.arange(10.0)[:, None]
    offsets = np.array([0, 4, 10])
    rows = read_windows(values, offsets, np.array([0, 1, 1]), np.array([3, 1, 6]), 2, 2)
    np.testing.assert_array_equal(rows[0, :, 0], [1, 2, 3, np.nan])
    np.testing.assert_array_equal(rows[1, :, 0], [np.nan, 4, 5, 6])
    np.testing.assert_array_equal(rows[2, :, 0], [8, 9, np.nan, np.nan])


def test_windows_of_a_mapped_file_are_views_of_the_disk(tmp_path):
    values = np.lib.format.open_memmap(tmp_path / "v.npy", "w+", np.float32, (1000, 2))
    values[:] = np.arange(2000).reshape(1000, 2)
    rows = read_windows(values, np.array([0, 1000]), np.array([0]), np.array([500]), 3, 2)
    np.testing.assert_array_equal(rows[0, :, 0], np.arange(994, 1004, 2))


def test_an_epoch_has_every_window_or_as_many_different_ones_as_asked():
    generator = np.random.default_rng(0)
    windows = Windows.between([1], [1000])
    assert sorted(windows.shuffled(generator, 1000).tolist()) == list(range(1000))
    many = Windows.between([1], [100_000_000])
    drawn = many.shuffled(generator, 5000)
    assert len(set(drawn.tolist())) == len(drawn) == 5000
    assert drawn.max() > 90_000_000


def test_wrong_numbers_are_refused():
    with pytest.raises(UsageError, match="stride must be 1 or more, not 0"):
        Windows.between([1], [2], 0)
    with pytest.raises(ShapeError, match="there are 2 windows, number 2 was asked for"):
        Windows.between([1], [2]).locate([2])


def test_split_parts_are_disjoint_and_whole():
    split = split_by_time([50, 80], 3, 0.2, 10)
    assert isinstance(split, TimeSplit)
    assert ((split.train > 0) & (split.train < split.seen) & (split.seen < split.end)).all()
    assert split.end.tolist() == [50, 80]
