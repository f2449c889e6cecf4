"""Frames in, and frames of the same kind out."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from recurra.errors import DataError, RowError, UsageError
from recurra.sequences import FrameKind, frame_kind, frame_of, read_series


def forecast(table, frame):
    end = int(table.starts[0] + table.lengths[0])
    times = table.clock.times([end, end + 1])
    return frame_of({table.clock.column: times, "y": np.array([1.0, 2.0])}, frame)


def test_a_pandas_index_of_times_comes_back():
    for name in (None, "when"):
        index = pd.date_range("2021-01-31", periods=4, freq="ME", name=name)
        frame = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]}, index=index)
        table = read_series(frame, target="y")
        assert table.clock.frequency == "1mo-end"
        out = forecast(table, frame)
        assert isinstance(out.index, pd.DatetimeIndex)
        assert out.index.name == name
        assert [str(day.date()) for day in out.index] == ["2021-05-31", "2021-06-30"]
        assert list(out.columns) == ["y"]


def test_zones_and_periods_come_back():
    index = pd.date_range("2021-03-27 22:00", periods=3, freq="h", tz="Europe/Berlin")
    frame = pd.DataFrame({"y": [1, 2, 3]}, index=index)
    out = forecast(read_series(frame, target="y"), frame)
    assert str(out.index.tz) == "Europe/Berlin"
    assert [str(t) for t in out.index] == ["2021-03-28 01:00:00+01:00", "2021-03-28 03:00:00+02:00"]
    periods = pd.period_range("2021Q1", periods=5, freq="Q")
    frame = pd.DataFrame({"y": range(5)}, index=periods)
    out = forecast(read_series(frame, target="y"), frame)
    assert [str(p) for p in out.index] == ["2022Q2", "2022Q3"]


def test_every_kind_of_column_is_read_the_same():
    frame = pd.DataFrame(
        {
            "t": pd.to_datetime(["2021-01-01", "2021-01-01", "2021-01-02", "2021-01-02"]),
            "id": ["a", "b", "a", "b"],
            "y": pd.array([1, 2, None, 4], dtype="Int64"),
            "c": pd.Categorical(["u", "v", "u", "v"]),
            "b": [True, False, None, True],
        }
    )
    reading = {"time": "t", "target": "y", "series_id": "id", "static": "c", "known": "b"}
    first = read_series(frame, **reading, missing="mask")
    polars = pl.DataFrame(
        {
            "t": pl.Series(frame["t"].tolist(), dtype=pl.Datetime("ns")),
            "id": ["a", "b", "a", "b"],
            "y": [1, 2, None, 4],
            "c": pl.Series(["u", "v", "u", "v"], dtype=pl.Categorical),
            "b": [True, False, None, True],
        }
    )
    for other in (polars, polars.lazy()):
        second = read_series(other, **reading, missing="mask")
        np.testing.assert_array_equal(first.values, second.values)
        np.testing.assert_array_equal(first.static, second.static)
        assert (first.ids, first.clock, first.columns) == (second.ids, second.clock, second.columns)
        assert first.sha256 == second.sha256
    assert frame_kind(polars.lazy()) == frame_kind(polars) == FrameKind("polars")
    assert isinstance(frame_of({"y": [1]}, polars), pl.DataFrame)
    assert isinstance(frame_of({"y": [1]}, frame), pd.DataFrame)


def test_wrong_frames_are_named_by_row():
    frame = pl.DataFrame({"t": [1, 2, 2], "y": [1.0, float("inf"), 3.0], "l": [[1], [2], [3]]})
    for columns, error, message in (
        (
            {"time": "t", "target": "y"},
            RowError,
            r"the frame, row 2 \(2\): the value inf .*infinite",
        ),
        ({"time": "y", "target": "t"}, UsageError, "'y' of the frame is of type Float64"),
        ({"target": "l"}, UsageError, "'l' of the frame is of type List"),
        ({}, UsageError, "which columns to forecast .*the frame has: t, y, l"),
    ):
        with pytest.raises(error, match=message):
            read_series(frame, **columns)
    with pytest.raises(RowError, match=r"row 3 \(2\): the time is there already \(row 2\)"):
        read_series(frame.with_columns(y=1.0), time="t", target="y")
    with pytest.raises(DataError, match="the frame has no rows"):
        read_series(frame.clear(), target="y")
    with pytest.raises(UsageError, match="expected a pandas or polars data frame, got a list"):
        read_series([1, 2], target="y")
    mixed = pd.DataFrame({"y": [1, "a"]})
    with pytest.raises(DataError, match="'y' of the frame holds values of several types"):
        read_series(mixed, target="y")
