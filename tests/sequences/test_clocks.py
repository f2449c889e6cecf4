"""Frequencies, clocks and calendar features."""

import datetime as dt
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import CorruptArtifactError, DataError, UsageError
from recurra.sequences import Clock, calendar_features
from recurra.sequences._frequencies import parse_frequency

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("written", "canonical", "season"),
    [
        ("h", "1h", 24),
        ("H", "1h", 24),
        ("15min", "15m", 96),
        ("60m", "1h", 24),
        ("1m", "1m", 1440),
        ("30m", "30m", 48),
        ("half_hourly", "30m", 48),
        ("10_minutes", "10m", 144),
        ("24h", "24h", 1),
        ("D", "1d", 7),
        ("7d", "1w", 52),
        ("W-SUN", "1w", 52),
        ("B", "1bd", 5),
        ("MS", "1mo", 12),
        ("ME", "1mo-end", 12),
        ("1mo-end", "1mo-end", 12),
        ("3mo", "1q", 4),
        ("QS", "1q", 4),
        ("QE-DEC", "1q-end", 4),
        ("YS", "1y", 1),
        ("Yearly", "1y", 1),
        ("7", "7", 1),
    ],
)
def test_frequencies_have_one_canonical_form_and_a_season(written, canonical, season):
    step = parse_frequency(written)
    assert (str(step), step.season) == (canonical, season)
    assert parse_frequency(canonical) == step


@pytest.mark.parametrize("text", ["", "x", "0h", "-1h", "1xx", "0", "1.5h", "h-end", "W-"])
def test_unknown_frequencies_are_refused_with_examples(text):
    with pytest.raises(UsageError, match=r"is not known; examples: 15m, 1h, 1d, 1bd"):
        parse_frequency(text)


def dates(clock, *ticks):
    return [str(time) for time in clock.times(ticks)]


def test_months_keep_the_day_and_shorter_months_their_last():
    clock = Clock("datetime", "1mo", "2023-12-31", date_only=True)
    assert dates(clock, 0, 1, 2, 3, -1) == [
        "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2023-11-30",
    ]  # fmt: skip
    ends = Clock("datetime", "1mo-end", "2023-02-28", date_only=True)
    assert dates(ends, 1, 12) == ["2023-03-31", "2024-02-29"]
    quarters = Clock("datetime", "1q", "2023-11-30", date_only=True)
    assert dates(quarters, 1, 2) == ["2024-02-29", "2024-05-30"]
    leap = Clock("datetime", "1y", "2024-02-29", date_only=True)
    assert dates(leap, 1, 4) == ["2025-02-28", "2028-02-29"]


def test_business_days_skip_weekends():
    clock = Clock("datetime", "1bd", "2021-01-01T09:30:00")  # a Friday
    assert dates(clock, 0, 1, -5) == [
        "2021-01-01 09:30:00", "2021-01-04 09:30:00", "2020-12-25 09:30:00",
    ]  # fmt: skip
    with pytest.raises(DataError, match=r"2021-01-02 09:30:00 is not on the grid of 1bd"):
        clock.ticks_of(["2021-01-02T09:30:00"])
    assert clock.tick_from("2021-01-02") == 1


def test_hours_are_real_time_and_days_are_local():
    hours = Clock("datetime", "1h", "2021-03-28T01:00:00+01:00", BERLIN)
    assert [hours.text(tick) for tick in (0, 1, 2)] == [
        "2021-03-28 01:00:00+01:00", "2021-03-28 03:00:00+02:00", "2021-03-28 04:00:00+02:00",
    ]  # fmt: skip
    days = Clock("datetime", "1d", "2021-03-27T00:00:00+01:00", BERLIN)
    assert days.text(2) == "2021-03-29 00:00:00+02:00"
    assert days.times([2])[0] - days.times([0])[0] == dt.timedelta(days=2)  # on the wall
    autumn = Clock("datetime", "30m", "2021-10-31T02:00:00+02:00", BERLIN)
    assert [autumn.text(t)[11:] for t in range(5)] == [
        "02:00:00+02:00", "02:30:00+02:00", "02:00:00+01:00", "02:30:00+01:00", "03:00:00+01:00",
    ]  # fmt: skip


def test_a_daily_time_that_clocks_jump_over_comes_an_hour_later():
    clock = Clock("datetime", "1d", "2021-03-27T02:30:00+01:00", BERLIN)
    assert clock.text(1) == "2021-03-28 03:30:00+02:00"
    assert clock.text(2) == "2021-03-29 02:30:00+02:00"


def test_whole_numbers_count_in_steps_and_rows_may_have_a_season():
    clock = Clock("integer", "5", "1820", column="year")
    assert clock.times([0, 2]) == [1820, 1830]
    assert clock.ticks_of([1815, 1825]).tolist() == [-1, 1]
    assert clock.tick_from(1821) == 1
    rows = Clock("integer", "1h")
    assert (rows.times([3]), rows.season) == ([3], 24)


CLOCKS = st.sampled_from(
    [
        Clock("datetime", "15m", "2021-03-01T00:07:00"),
        Clock("datetime", "1h", "2021-03-01T00:00:00+01:00", BERLIN),
        Clock("datetime", "1d", "2021-03-01T00:00:00+01:00", BERLIN),
        Clock("datetime", "1d", "2021-03-01", date_only=True),
        Clock("datetime", "1bd", "2021-03-01", date_only=True),
        Clock("datetime", "2w", "2021-03-01", date_only=True),
        Clock("datetime", "1mo", "2021-01-31", date_only=True),
        Clock("datetime", "1mo-end", "2021-02-28", date_only=True),
        Clock("datetime", "1q", "2021-01-30", date_only=True),
        Clock("datetime", "1y", "2020-02-29T12:00:00"),
        Clock("integer", "3", "-7"),
    ]
)


@given(CLOCKS, st.lists(st.integers(-900, 2000), min_size=1, max_size=8))
def test_ticks_and_times_are_each_others_inverse(clock, ticks):
    times = clock.times(ticks)
    assert clock.ticks_of(times).tolist() == ticks
    assert clock.ticks_of([str(time) for time in times]).tolist() == ticks
    assert [clock.tick_from(time) for time in times] == ticks
    rising = clock.times(sorted(set(ticks)))
    assert all(a < b for a, b in pairwise(rising))


@given(CLOCKS)
def test_a_clock_survives_json(clock):
    assert Clock.from_dict(json.loads(json.dumps(clock.to_dict()))) == clock


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "moon"},
        {"frequency": "often"},
        {"frequency": 3},
        {"anchor": "yesterday"},
        {"anchor": "2021-01-01T00:00:00+00:00"},
        {"time_zone": "Mars/Olympus"},
        {"date_only": "no"},
        {"extra": 1},
    ],
)
def test_nonsense_in_a_file_is_corrupt(change):
    values = Clock("datetime", "1h", "2021-01-01T00:00:00").to_dict()
    with pytest.raises(CorruptArtifactError, match="clock"):
        Clock.from_dict({**values, **change})
    with pytest.raises(CorruptArtifactError):
        Clock.from_dict([])


def test_times_that_are_none_are_refused():
    clock = Clock("datetime", "1h", "2021-01-01T00:00:00")
    with pytest.raises(UsageError, match="'soon' is not an ISO date or date-time"):
        clock.tick_from("soon")
    with pytest.raises(UsageError, match="the data have no time zone"):
        clock.tick_from("2021-01-01T00:00:00+02:00")
    with pytest.raises(UsageError, match="'soon' is not a whole number"):
        Clock().tick_from("soon")
    with pytest.raises(UsageError, match="outside the years 1 to 9999"):
        Clock("datetime", "1y", "2021-01-01").times([8000])


def test_calendar_features_follow_the_frequency_and_the_wall_clock():
    hourly = Clock("datetime", "1h", "2021-01-04T00:00:00")  # a Monday
    names, values = calendar_features(hourly, [0, 6, 84])
    assert names == ("sin_day", "cos_day", "sin_week", "cos_week", "sin_year", "cos_year")
    assert values.dtype == np.float32
    np.testing.assert_allclose(values[:2, :2], [[0, 1], [1, 0]], atol=1e-6)
    np.testing.assert_allclose(values[[0, 2], 2:4], [[0, 1], [0, -1]], atol=1e-6)
    assert calendar_features(Clock("datetime", "1bd", "2021-01-04"), [0])[0][0] == "sin_week"
    assert calendar_features(Clock("datetime", "1w", "2021-01-04"), [0])[0][0] == "sin_year"
    for clock in (Clock("datetime", "1y", "2021-01-04"), Clock("integer", "1h")):
        assert calendar_features(clock, [0, 1])[1].shape == (2, 0)
    local = Clock("datetime", "1h", "2021-07-01T00:00:00+02:00", BERLIN)
    np.testing.assert_allclose(calendar_features(local, [0])[1][0, :2], [0, 1], atol=1e-6)
    month = calendar_features(Clock("datetime", "1mo", "2023-01-01"), np.arange(12))[1]
    np.testing.assert_allclose(month.mean(axis=0), 0, atol=0.01)


@given(CLOCKS, st.integers(-500, 500))
def test_calendar_features_of_a_tick_do_not_depend_on_the_others(clock, tick):
    alone = calendar_features(clock, [tick])[1][0]
    together = calendar_features(clock, np.arange(tick - 3, tick + 3))[1][3]
    np.testing.assert_array_equal(alone, together)
