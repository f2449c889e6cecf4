"""Tables of series: arrays in, cuts out, and what every series must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError, ShapeError, UsageError
from recurra.sequences import Clock, SeriesTable, match_columns


def table(lengths=(4, 2, 3), **changes):
    rows = sum(lengths)
    given_parts = {
        "targets": ["y"],
        "past": ["x"],
        "offsets": np.cumsum([0, *lengths]),
        "starts": np.arange(len(lengths)) * 10,
    }
    values = np.arange(2 * rows, dtype=np.float32).reshape(rows, 2)
    return SeriesTable.from_arrays(values, **{**given_parts, **changes})


def test_memory_mapped_values_are_never_copied(tmp_path):
    path = tmp_path / "values.npy"
    np.save(path, np.arange(12, dtype=np.float32).reshape(6, 2))
    mapped = np.load(path, mmap_mode="r")
    made = SeriesTable.from_arrays(mapped, targets=["y"], known=["k"], offsets=[0, 4, 6])
    assert made.values is mapped
    for part in (made.take([0]), made.take([0, 1]), made.head([3, 0]), made.take([1]).until(1)):
        assert np.shares_memory(part.values, mapped)
    assert made.ids == ("0", "1")
    assert made.clock == Clock()
    assert made.sha256 == SeriesTable.from_arrays(np.array(mapped), targets="yk").sha256


def test_one_column_of_one_series_needs_nothing_else():
    made = SeriesTable.from_arrays(np.array([1.0, np.nan, 3.0]), targets=["y"])
    assert (made.ids, made.row_count, made.columns) == (("",), 3, ("y",))
    assert made.lengths.tolist() == [3]
    assert np.shares_memory(made.values, made.rows(0))


def test_names_of_columns_are_told_by_their_place():
    made = SeriesTable.from_arrays(
        np.zeros((2, 4)), targets=["a", "b"], past=["p"], known=["k"], static=[[7]],
        static_columns=["s"],
    )  # fmt: skip
    assert (made.target_names, made.past_names, made.known_names) == (("a", "b"), ("p",), ("k",))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"targets": []}, "needs a target"),
        ({"past": []}, "do not fit 1 names and values of shape"),
        ({"offsets": [0, 4, 4, 9]}, "every series needs a row"),
        ({"offsets": [0, 4, 6, 8]}, "offsets must rise from 0 to the 9 rows, got 0 to 8"),
        ({"starts": [0]}, "3 ids need 4 offsets and 3 starts"),
        ({"static": [[1]]}, "static values have shape"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ShapeError, match=message):
        table(**changes)


def test_values_must_be_finite_floats():
    with pytest.raises(ShapeError, match="int64, expected floats"):
        SeriesTable.from_arrays(np.zeros(3, np.int64), targets=["y"])
    with pytest.raises(UsageError, match="row 2, column 1 is infinite"):
        SeriesTable.from_arrays(np.array([1, np.inf]), targets=["y"])


def test_the_observed_part_ends_with_the_last_target():
    nan = np.nan
    values = np.array([[1, nan], [nan, 2], [nan, nan], [1, 1], [nan, nan], [nan, nan]])
    made = SeriesTable.from_arrays(values, targets=["a", "b"], offsets=[0, 3, 4, 6])
    assert made.observed_lengths.tolist() == [2, 1, 0]


LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=5)


@given(LENGTHS, st.integers(-2, 60))
def test_until_and_since_part_every_row_once(lengths, tick):
    whole = table(lengths)
    ticks = np.concatenate([s + np.arange(n) for s, n in zip(whole.starts, lengths, strict=True)])
    for cut, kept in ((whole.until, ticks < tick), (whole.since, ticks >= tick)):
        if not kept.any():
            with pytest.raises(UsageError, match="no series is left"):
                cut(tick)
            continue
        part = cut(tick)
        np.testing.assert_array_equal(part.values, whole.values[kept])
        found = zip(part.starts, part.lengths, strict=True)
        np.testing.assert_array_equal(
            np.concatenate([s + np.arange(n) for s, n in found]), ticks[kept]
        )


@given(LENGTHS, st.data())
def test_take_gives_the_series_in_the_order_asked(lengths, data):
    whole = table(lengths)
    chosen = data.draw(st.lists(st.integers(0, len(lengths) - 1), min_size=1, unique=True))
    part = whole.take(chosen)
    for place, series in enumerate(chosen):
        np.testing.assert_array_equal(part.rows(place), whole.rows(series))
        assert part.ids[place] == whole.ids[series]
        assert part.starts[place] == whole.starts[series]


def categories(columns, values, targets=1):
    return SeriesTable.from_arrays(
        np.array(values, float), targets=columns[:targets], past=columns[targets:]
    )


def test_new_data_get_the_columns_of_the_old():
    old = categories(["y", "w=a", "w=b"], [[1, 1, 0]])
    new = categories(["y", "w=b", "w=c"], [[1, 1, 0], [2, 0, 1], [3, np.nan, np.nan]])
    matched = match_columns(new, old)
    assert matched.columns == old.columns
    np.testing.assert_array_equal(matched.values, [[1, 0, 1], [2, 0, 0], [3, np.nan, np.nan]])
    assert match_columns(old, old) is old
    for wrong in (["y", "w"], ["y", "w=a", "z"], ["x", "w=a"]):
        with pytest.raises(DataError, match="the forecaster was trained on"):
            match_columns(categories(wrong, [np.zeros(len(wrong))]), old)
