"""Tables with one series a row, and Monash files."""

import numpy as np
import pytest

from recurra.errors import DataError, RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences import read_series


@pytest.fixture
def write(tmp_path):
    def to_file(text, name):
        path = tmp_path / name
        path.write_text(text)
        return path

    return to_file


def test_one_series_a_row(write):
    path = write('"id","V2","V3","V4"\n"a",1,2,3\n"b",4,,\n"c",5,6,\n', "w.csv")
    table = read_series(path, frequency="1h")
    assert (table.ids, table.id_column, table.columns) == (("a", "b", "c"), "id", ("value",))
    assert (table.lengths.tolist(), table.values[:, 0].tolist()) == ([3, 1, 2], [1, 2, 3, 4, 5, 6])
    assert (table.clock.kind, table.clock.season) == ("integer", 24)


def test_dates_in_the_header_are_times(write):
    path = write("page,2021-01-01,2021-01-02,2021-01-04\nx,,2,3\ny,1,2,3\n", "w.csv")
    table = read_series(path, missing="mask")
    assert table.clock.frequency == "1d"
    assert (table.starts.tolist(), table.lengths.tolist()) == ([1, 0], [3, 4])
    np.testing.assert_array_equal(table.values[:, 0], [2, np.nan, 3, 1, 2, np.nan, 3])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,a,b,c\nx,1,,3\n", r"1 values missing within series: line 2, column 'b'"),
        ("id,a,b,c\nx,1,2,3\nx,1,2,3\n", "line 3: the series 'x' is there already"),
        ("id,a,b,c\nx,1,2,3\n,1,2,3\n", "line 3: the series id .* is missing"),
        ("id,a,b,c\nx,1,2,3\ny,1,q,3\n", "line 3: the value 'q' in the column 'b' is no number"),
        ("id,a,b,c\nx,1,2,3\ny,,,\n", "line 3: the series has no values"),
        ("id,a,b,c\n2021-01-01,1,2,3\n", "first column of .* holds times .*name the time column"),
        ("id,a,b,c\n", r"has columns \(id, a, b, c\) and no rows"),
    ],
)
def test_wrong_wide_tables(write, text, message):
    with pytest.raises((DataError, UsageError), match=message):
        read_series(write(text, "w.csv"))


TSF = """# a comment
@relation x
@attribute series_name string
@attribute start_timestamp date
@frequency {frequency}
@missing true
@data
T1:1979-01-01 00-00-00:1,2,3
T2:1980-{start} 00-00-00:4.5,?,6,?
"""


def test_a_monash_file(write):
    path = write(TSF.format(frequency="yearly", start="01-01"), "m.tsf")
    table = read_series(path, missing="mask")
    assert (table.ids, table.starts.tolist()) == (("T1", "T2"), [0, 1])
    assert (table.clock.text(1), table.clock.frequency) == ("1980-01-01", "1y")
    np.testing.assert_array_equal(table.values[:, 0], [1, 2, 3, 4.5, np.nan, 6])
    with pytest.raises(DataError, match=r"1 values missing \(\?\), the first in line 9"):
        read_series(path)
    with pytest.raises(UnknownNameError, match=r"a \.tsf file says itself what it holds"):
        read_series(path, target="T1")


def test_monash_series_off_a_common_grid_are_counted(write):
    path = write(TSF.format(frequency="weekly", start="01-02"), "m.tsf")
    table = read_series(path, missing="mask")
    assert (table.clock.kind, table.clock.season, table.starts.tolist()) == ("integer", 52, [0, 0])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("T2:", "", "line 9: 1 attributes before the values, expected 2"),
        ("4.5", "x", "line 9: expected numbers or"),
        ("4.5", "inf", "line 9: value 1 is infinite"),
        ("T2:1980-01-01", "T2:soon", "line 9: the start 'soon 00-00-00' does not read"),
        ("T2", "T1", r"line 9: the series 'T1' is there already \(line 8\)"),
        ("yearly", "often", "line 5: the frequency 'often' is not known"),
        ("@missing", "missing", "line 6: expected a line that begins with @"),
        ("name string", "name", "line 3: .*expected @attribute NAME"),
        ("@data", "@dat", "line 8: expected a line that begins with @|has no @data"),
        ("4.5,?,6,?", "?,?", "line 9: the series has no values"),
    ],
)
def test_wrong_monash_files(write, old, new, message):
    text = TSF.format(frequency="yearly", start="01-01").replace(old, new)
    with pytest.raises((RowError, SourceError), match=message):
        read_series(write(text, "m.tsf"), missing="mask")
