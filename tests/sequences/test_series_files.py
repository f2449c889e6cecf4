"""Files of series: what is read, and what is said when they are wrong."""

import datetime as dt
import gzip
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError, RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences import read_series


@pytest.fixture
def write(tmp_path):
    def to_file(text, name="s.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to_file


def days(values, first=1):
    rows = "".join(f"2021-01-{first + i:02},{value}\n" for i, value in enumerate(values))
    return f"day,y\n{rows}"


def test_every_format_reads_the_same(write, tmp_path):
    frame = pl.DataFrame({"t": ["2021-01-31", "2021-02-28", "2021-03-31"], "y": [1.0, 2.5, None]})
    frame.write_csv(tmp_path / "a.csv")
    frame.write_csv(tmp_path / "a.tsv", separator="\t")
    frame.with_columns(pl.col("t").str.to_date()).write_parquet(tmp_path / "a.parquet")
    lines = "\n".join(json.dumps(row) for row in frame.to_dicts())
    write(lines, "a.jsonl")
    write(gzip.compress(frame.write_csv().encode()), "a.csv.gz")
    write(b"\xef\xbb\xbf" + frame.write_csv().replace(",", ";").encode(), "b.csv")
    write(gzip.compress(lines.encode()), "a.ndjson.gz")
    for path in sorted(tmp_path.iterdir()):
        table = read_series(path, time="t", target="y", missing="mask")
        assert (table.clock.frequency, table.clock.date_only) == ("1mo-end", True), path
        assert table.clock.times([2]) == [dt.date(2021, 3, 31)]
        assert table.values[:, 0].tolist() == [1, 2.5]  # the end is not observed
        assert len(table.sha256) == 64


def test_columns_are_found_by_name_or_by_place(write):
    path = write(',"0",a,a\n1821,1,7,9\n1822,2,8,9\n')
    for time, target in (("", "0"), ("#1", "#2")):
        table = read_series(path, time=time, target=target)
        assert table.values[:, 0].tolist() == [1, 2]
        assert (table.clock.kind, table.clock.anchor) == ("integer", "1821")
    with pytest.raises(UsageError, match="2 columns named 'a'; say which by its number: #3 or #4"):
        read_series(path, time="", target="a")
    with pytest.raises(UnknownNameError, match="unknown column 'b'"):
        read_series(path, target="b")
    with pytest.raises(UsageError, match="'0' is named twice: as target and as past"):
        read_series(path, target="0", past="0")


def test_times_in_several_columns(write):
    path = write("year,month,day,hour,y\n2021,1,1,22,1\n2021,1,1,23,2\n2021,1,2,0,3\n")
    table = read_series(path, time="year,month,day,hour", target="y")
    assert (table.clock.frequency, table.clock.text(2)) == ("1h", "2021-01-02 00:00:00")
    split = write("date,at,y\n2021-01-01,22:00,1\n2021-01-01,22:30,2\n", "t.csv")
    assert read_series(split, time=["date", "at"], target="y").clock.frequency == "30m"
    for wrong in ("2021,2,29,0", "2021,13,1,0", "2021,1,1,24", "2021,1,x,0"):
        bad = write(f"year,month,day,hour,y\n2021,1,1,22,1\n{wrong},2\n", "bad.csv")
        with pytest.raises(RowError, match=f"line 3: the time year,month,day,hour = {wrong}"):
            read_series(bad, time="year,month,day,hour", target="y")


@pytest.mark.parametrize(
    ("first", "second", "frequency", "text"),
    [
        ("2021-01", "2021-02", "1mo", "2021-01-01"),
        ("2021/01/01", "2021/01/02", "1d", "2021-01-01"),
        ("2021-01-01T00:00", "2021-01-01T00:15", "15m", "2021-01-01 00:00:00"),
        ("2021-01-01 00:00:00.5", "2021-01-01 00:00:01", "500ms", "2021-01-01 00:00:00.500000"),
        ("2021-01-01T00:00:00Z", "2021-01-01T01:00:00Z", "1h", "2021-01-01 00:00:00+00:00"),
        ("2021-01-01 02:00+02:00", "2021-01-01 02:00+0100", "1h", "2021-01-01 00:00:00+00:00"),
        ("2021Q1", "2021Q2", "1q", "2021-01-01"),
        ("2021-Q3", "2021-Q4", "1q", "2021-07-01"),
        ("Jan 2021", "Feb 2021", "1mo", "2021-01-01"),
        ("31-Jan-2021", "28-Feb-2021", "1mo-end", "2021-01-31"),
        ("30/01/2021", "31/01/2021", "1d", "2021-01-30"),
        ("01/30/2021", "01/31/2021", "1d", "2021-01-30"),
        ("2020-01-01", "2024-01-01", "4y", "2020-01-01"),
    ],
)
def test_ways_of_writing_times(write, first, second, frequency, text):
    table = read_series(write(f"t,y\n{first},1\n{second},2\n"), time="t", target="y")
    assert (table.clock.frequency, table.clock.text(0)) == (frequency, text)


def test_days_that_short_months_lack_are_kept(write):
    body = "2021-02-28,1\n2021-03-30,2\n2021-04-30,3\n"
    table = read_series(write(f"t,y\n{body}"), time="t", target="y")
    assert (table.clock.frequency, table.clock.anchor) == ("1mo", "2021-01-30")
    first = int(table.starts[0])
    assert [table.clock.text(first + i)[5:] for i in (0, 1, 3)] == ["02-28", "03-30", "05-30"]


def test_ambiguous_times_are_refused_until_the_format_is_said(write):
    path = write("t,y\n01/02/2021,1\n02/02/2021,2\n")
    with pytest.raises(UsageError, match=r"day or the month first; .*'%d/%m/%Y' or '%m/%d/%Y'"):
        read_series(path, time="t", target="y")
    daily = read_series(path, time="t", target="y", time_format="%d/%m/%Y")
    monthly = read_series(path, time="t", target="y", time_format="%m/%d/%Y")
    assert (daily.clock.frequency, monthly.clock.frequency) == ("1d", "1mo")
    compact = write("t,y\n20210131,1\n20210201,2\n", "c.csv")
    assert read_series(compact, time="t", target="y", time_format="%Y%m%d").clock.text(1) == (
        "2021-02-01"
    )
    for codes in ("%Q%", "no codes"):
        with pytest.raises((UsageError, RowError), match=r"time_format|does not read as"):
            read_series(path, time="t", target="y", time_format=codes)
    odd = write("t,y\n1-01,1\n1-02,2\n", "odd.csv")
    with pytest.raises(UsageError, match=r"'1-01', which reads as no date; .*rows in order"):
        read_series(odd, time="t", target="y")
    assert read_series(odd, target="y").clock.kind == "integer"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("2021-01-01,1\n,2\n", r"s.csv, line 3: the time \(column 'day'\) is missing"),
        ("2021-01-01,1\nsoon,2\n", r"line 3: the time 'soon' does not read as a time, as '2021"),
        ("2021-01-01,1\n\n2021-01-02,x\n", r"line 4 \(2021-01-02\): the value 'x' .* no number"),
        ('2021-01-01,1\n2021-01-02,"2,5"\n', r'no number; .*decimal=","'),
        ("2021-01-01,1\n2021-01-02,inf\n", r"line 3 \(2021-01-02\): the value 'inf' .*infinite"),
        ("2021-01-01,1\n2021-01-02,1e999\n", "line 3"),
        ("2021-01-01,1\n2021-01-01,2\n", r"line 3 \(2021-01-01\): .* there already \(line 2\)"),
        ("2021-01-02,1\n2021-01-01,2\n", r"line 3 \(2021-01-01\): .*above it .*\(2021-01-02\)"),
        ("2021-01-01,1\n2021-01-02\n", r"line 3: 1 fields, the header has 2"),
        ("2021-01-01,1\n2021-01-02,2,3\n", r"line 3: 3 fields, the header has 2"),
        ('2021-01-01,"1\n2021-01-02,2\n', r"line 2: the quote that opens here is never closed"),
        ("2021-01-01,\n2021-01-02,\n", "no observed value of a target"),
        ("", r"has columns \(day, y\) and no rows"),
        ("2021-01-01,1\n", "one row a series: the frequency cannot be told"),
    ],
)
def test_wrong_rows_are_named(write, body, message):
    with pytest.raises((DataError, UsageError), match=message):
        read_series(write(f"day,y\n{body}"), time="day", target="y")


def test_files_that_are_none(write, tmp_path):
    for path, message in (
        (write("", "e.csv"), "e.csv is empty"),
        (tmp_path / "nofile.csv", "does not exist"),
        (tmp_path, "is a folder"),
        (write(b"PAR1junk", "p.parquet"), "not a sound Parquet file"),
        (write("a,b\n1,\xe9\n".encode("latin-1"), "l.csv"), "not UTF-8"),
    ):
        with pytest.raises(DataError, match=message):
            read_series(path, time="a", target="b")
    with pytest.raises(SourceError, match="did you mean 'airline'"):
        read_series("airlin", target="y")
    with pytest.raises(UsageError, match="cannot tell the format"):
        read_series(write("a", "x.doc"), target="y")
    with pytest.raises(UsageError, match=r"which columns of .* to forecast"):
        read_series(write(days([1, 2])))


def test_gaps_are_rows_of_nan_or_refused_with_their_place(write):
    path = write("t,y,x\n2021-01-01,1,4\n2021-01-02,,5\n2021-01-04,3,6\n2021-01-05,4,7\n")
    with pytest.raises(DataError) as caught:
        read_series(path, time="t", target="y")
    assert "1 row without a value in 'y': line 3 (2021-01-02)" in str(caught.value)
    assert "1 step is missing: 1 before line 4 (2021-01-04)" in str(caught.value)
    assert "'interpolate'" in str(caught.value)
    table = read_series(path, time="t", target="y", past="x", missing="interpolate")
    np.testing.assert_array_equal(
        table.values, [[1, 4], [np.nan, 5], [np.nan, np.nan], [3, 6], [4, 7]]
    )


def test_irregular_times_show_the_commonest_steps(write):
    rows = [0, 60, 120, 187, 240, 300, 360]
    text = "".join(f"2021-01-01 {m // 60:02}:{m % 60:02},{m}\n" for m in rows)
    with pytest.raises(DataError) as caught:
        read_series(write(f"t,y\n{text}"), time="t", target="y")
    message = str(caught.value)
    assert "irregular: on a grid of 1m, 354 steps would be missing and only 7 are there" in message
    assert "1 h (67 %), 53 min (17 %), 67 min (17 %)" in message
    assert "line 5 (2021-01-01 03:07:00)" in message
    with pytest.raises(RowError, match=r"line 5 \(2021-01-01 03:07:00\): .*frequency 1h"):
        read_series(write(f"t,y\n{text}"), time="t", target="y", frequency="h")
    with pytest.raises(DataError, match="irregular: on a grid of 1s"):
        read_series(write(days([1, 2])), time="day", target="y", frequency="s")


def test_a_given_frequency_decides_and_must_fit_the_kind_of_time(write):
    path = write("t,y\n2021-01-01,1\n2021-01-05,2\n2021-01-06,3\n")
    table = read_series(path, time="t", target="y", frequency="B", missing="mask")
    assert table.lengths.tolist() == [4]
    integers = write("t,y\n1821,1\n1822,2\n", "i.csv")
    with pytest.raises(UsageError, match="must be a whole number"):
        read_series(integers, time="t", target="y", frequency="1h")
    with pytest.raises(UsageError, match="are dates: write the frequency with its unit"):
        read_series(path, time="t", target="y", frequency="2")
    assert read_series(integers, target="y", frequency="1h").clock.season == 24


def test_business_days_are_told_from_days(write):
    week = "".join(f"2021-03-{d:02},{d}\n" for d in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12))
    table = read_series(write(f"t,y\n{week}"), time="t", target="y")
    assert (table.clock.frequency, table.clock.text(10)) == ("1bd", "2021-03-15")
    assert len(table.values) == 10


SERIES = (
    "id,t,y,k,s\nb,2021-01-01,1,1,u\na,2021-01-02,3,1,v\nb,2021-01-02,2,1,u\na,2021-01-03,4,1,v\n"
)


def test_series_may_be_interleaved_and_begin_when_they_like(write):
    table = read_series(write(SERIES), time="t", target="y", known="k", static="s", series_id="id")
    assert (table.ids, table.starts.tolist(), table.lengths.tolist()) == (
        ("b", "a"),
        [0, 1],
        [2, 2],
    )
    assert table.values.tolist() == [[1, 1], [2, 1], [3, 1], [4, 1]]
    assert (table.static_columns, table.static.tolist()) == (("s=u", "s=v"), [[1, 0], [0, 1]])
    rows = read_series(write(SERIES), target="y", series_id="id")
    assert (rows.starts.tolist(), rows.values[:, 0].tolist()) == ([0, 0], [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("b,2021-01-02", ",2021-01-02", r"line 4 .*series id \(column 'id'\) is missing"),
        ("2,1,u", "2,1,w", r"line 4 .*static column 's' changes within its series"),
        ("a,2021-01-03,4", "a,2021-01-02,4", r"line 5 .* there already \(line 3\)"),
        ("a,2021-01-03,4", "a,2021-01-01,4", r"line 5 .* above it in its series \(2021-01-02\)"),
    ],
)
def test_wrong_rows_of_many_series_are_named(write, old, new, message):
    path = write(SERIES.replace(old, new))
    with pytest.raises(RowError, match=message):
        read_series(path, time="t", target="y", static="s", series_id="id")


def test_known_covariates_may_go_on_after_the_targets(write):
    text = "t,y,k,p\n2021-01-01,1,1,1\n2021-01-02,2,1,1\n2021-01-03,,1,\n2021-01-04,,0,\n"
    table = read_series(write(text), time="t", target="y", known="k", past="p")
    assert (table.lengths.tolist(), table.observed_lengths.tolist()) == ([4], [2])
    assert read_series(write(text), time="t", target="y").lengths.tolist() == [2]
    hole = text.replace("2021-01-03,,1,", "2021-01-03,,,")
    with pytest.raises(DataError, match=r"1 row without a value in 'k': line 4 \(2021-01-03\)"):
        read_series(write(hole), time="t", target="y", known="k", past="p")


def test_texts_and_truth_values_of_covariates_become_numbers(write):
    text = "t,y,w,b\n1,1,NW,true\n2,2,SE,False\n3,3,NA,\n4,4,NW,TRUE\n"
    table = read_series(write(text), time="t", target="y", past="w,b", missing="mask")
    assert table.columns == ("y", "w=NW", "w=SE", "b")
    nan = np.nan
    np.testing.assert_array_equal(
        table.values[:, 1:], [[1, 0, 1], [0, 1, 0], [nan, nan, nan], [1, 0, 1]]
    )
    with pytest.raises(RowError, match=r"line 2 .*'NW' in the column 'w' is no number"):
        read_series(write(text), time="t", target="w")
    mixed = write(text.replace("SE", "7"))
    with pytest.raises(RowError, match=r"line 2 .*'NW' where others are numbers \(2 texts, 1 num"):
        read_series(mixed, time="t", target="y", past="w", missing="mask")
    many = "".join(f"{i},1,c{i}\n" for i in range(60))
    with pytest.raises(UsageError, match=r"'c' of .* has more than 50 categories"):
        read_series(write(f"t,y,c\n{many}"), time="t", target="y", known="c")


def test_decimal_commas(write):
    path = write("t;y\n1;1,5\n2;-2,25\n3;1.000,5\n")
    with pytest.raises(RowError, match=r"line 4 .*'1.000,5'"):
        read_series(path, time="t", target="y", decimal=",")
    good = write("t;y\n1;1,5\n2;-2,25\n")
    assert read_series(good, time="t", target="y", decimal=",").values[:, 0].tolist() == [
        1.5,
        -2.25,
    ]


AUTUMN = [f"2021-10-31 {h:02}:{m:02}" for h in (1, 2, 2, 3) for m in (0, 30)]
AUTUMN[2:6] = [AUTUMN[i] for i in (2, 3, 2, 3)]


def test_a_time_zone_sets_the_change_of_clocks_right(write):
    path = write("t,y\n" + "".join(f"{t},{i}\n" for i, t in enumerate(AUTUMN)))
    table = read_series(path, time="t", target="y", time_zone="Europe/Berlin")
    assert (table.clock.frequency, len(table.values)) == ("30m", 8)
    assert table.clock.text(4) == "2021-10-31 02:00:00+01:00"
    spring = "t,y\n2021-03-28 00:00,1\n2021-03-28 01:00,2\n2021-03-28 03:00,3\n2021-03-28 04:00,4\n"
    table = read_series(write(spring), time="t", target="y", time_zone="Europe/Berlin")
    assert len(table.values) == 4
    with pytest.raises(DataError, match="looks like the change of clocks: name the time zone"):
        read_series(write(spring), time="t", target="y")
    repeated = write("t,y\n2021-10-31 01:00,1\n2021-10-31 02:00,2\n2021-10-31 02:00,3\n")
    with pytest.raises(DataError, match="looks like the change of clocks: name the time zone"):
        read_series(repeated, time="t", target="y")
    lost = write("t,y\n2021-03-28 01:00,1\n2021-03-28 02:00,2\n")
    with pytest.raises(RowError, match=r"line 3 .*Europe/Berlin jump over this time"):
        read_series(lost, time="t", target="y", time_zone="Europe/Berlin")
    with pytest.raises(UsageError, match="time zone 'Berlin' is not known"):
        read_series(lost, time="t", target="y", time_zone="Berlin")


def test_new_data_are_placed_on_the_grid_of_the_old(write):
    old = read_series(write(days([1, 2, 3])), time="day", target="y")
    new = read_series(write(days([4, 5], first=4)), time="day", target="y", clock=old.clock)
    assert (new.starts.tolist(), new.clock) == ([3], old.clock)
    integers = write("day,y\n1821,1\n1822,2\n", "i.csv")
    with pytest.raises(UsageError, match=r"1821, do not fit .*: dates, such as 2021-01-01"):
        read_series(integers, time="day", target="y", clock=old.clock)


@given(st.data())
def test_interleaving_series_changes_nothing(tmp_path_factory, data):
    lengths = data.draw(st.lists(st.integers(2, 5), min_size=1, max_size=4))
    rows = [(s, t, 10 * s + t) for s, n in enumerate(lengths) for t in range(n)]
    order = sorted(rows, key=lambda row: row[1])
    tables = []
    for name, some in (("a", rows), ("b", order)):
        path = tmp_path_factory.getbasetemp() / f"{name}.csv"
        path.write_text("s,t,y\n" + "".join(f"{s},{t},{y}\n" for s, t, y in some))
        tables.append(read_series(path, time="t", target="y", series_id="s"))
    first, second = tables
    assert first.ids == second.ids
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.offsets, second.offsets)
