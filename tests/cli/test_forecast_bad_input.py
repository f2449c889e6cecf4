"""Bad input to forecasts: one clear line, the right exit code, and nothing left behind."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from command_line import command, tree, write_days

TRAIN = ("train", "forecast")
COLUMNS = ("--time", "day", "--target", "sales", "--horizon", 3)
SMALL = ("--epochs", 1, "--units", 4, "--lookback", 14)
OUT = ("-o", "m.recurra")
DAYS = [str(dt.date(2021, 1, 1) + dt.timedelta(step)) for step in range(60)]
VALUES = [str(10 + step % 7) for step in range(60)]


def refused(*arguments: object, code: int) -> str:
    """Run a command that must fail and leave everything as it was; return its one line."""
    before = tree(Path.cwd().parent)
    ended = command(*arguments)
    assert (ended.code, ended.out) == (code, "")
    assert tree(Path.cwd().parent) == before
    assert ended.err.startswith("recurra: ")
    assert ended.err.count("\n") == 1
    return ended.err.removeprefix("recurra: ").rstrip("\n")


def table(days: list[str] = DAYS, values: list[str] = VALUES, name: str = "t.csv") -> Path:
    lines = ["day,sales", *(f"{day},{value}" for day, value in zip(days, values, strict=False))]
    path = Path(name)
    path.write_text("\n".join(lines) + "\n")
    return path


def swapped(items: list[str], place: int, item: str) -> list[str]:
    return [*items[:place], item, *items[place + 1 :]]


SOURCES = {
    "unparseable": (swapped(DAYS, 5, "soon"), VALUES, "t.csv, line 7: the time 'soon' does not"),
    "duplicate": (
        swapped(DAYS, 5, DAYS[4]),
        VALUES,
        "t.csv, line 7 (2021-01-05): the time is there already (line 6)",
    ),
    "unsorted": (
        swapped(swapped(DAYS, 5, DAYS[6]), 6, DAYS[5]),
        VALUES,
        "t.csv, line 8 (2021-01-06): the time is before that of the row above it",
    ),
    "irregular": (
        [f"2021-01-01 00:{n * n % 57:02d}:00" for n in range(8)],
        VALUES,
        "the times of t.csv are irregular",
    ),
    "missing value": (
        DAYS,
        swapped(VALUES, 5, ""),
        "1 row without a value in 'sales': line 7 (2021-01-06)",
    ),
    "missing time": (
        DAYS[:9] + DAYS[10:],
        VALUES,
        "1 step is missing: 1 before line 11 (2021-01-11)",
    ),
    "infinite": (
        DAYS,
        swapped(VALUES, 5, "inf"),
        "line 7 (2021-01-06): the value 'inf' in the column 'sales' is infinite",
    ),
    "text": (
        DAYS,
        ["red"] * 60,
        "line 2 (2021-01-01): the value 'red' in the column 'sales' is no number (60 such values",
    ),
    "no rows": ([], [], "t.csv has columns (day, sales) and no rows"),
    "too short": (DAYS[:5], VALUES, "the longest series has 5 observed rows; a horizon of 3"),
}


@pytest.mark.parametrize("case", SOURCES)
def test_broken_series_are_refused_with_line_and_time(work, case):
    days, values, expected = SOURCES[case]
    path = table(days, values)
    assert expected in refused(*TRAIN, path, *OUT, *COLUMNS, *SMALL, code=1)


def test_an_empty_file_and_one_that_does_not_exist(days):
    Path("empty.csv").write_text("")
    said = refused(*TRAIN, "empty.csv", *OUT, *COLUMNS, code=1)
    assert said == "empty.csv is empty; expected a header and rows of values"
    for line in ((*TRAIN, "dayz.csv", *OUT), ("backtest", "dayz.csv"), ("detect", "dayz.csv")):
        said = refused(*line, *COLUMNS, code=1)
        assert said == "'dayz.csv' does not exist; did you mean 'days.csv'?"


def test_columns_that_are_missing_or_unknown(days):
    said = refused(*TRAIN, days, *OUT, "--time", "dya", "--target", "sales", "--horizon", 3, code=2)
    assert said == "unknown column 'dya'; did you mean 'day'? (known: day, sales)"
    said = refused(*TRAIN, days, *OUT, "--time", "day", "--horizon", 3, code=2)
    assert said == (
        f"say which columns of {days} to forecast (--target COLUMN); it has: day, sales"
    )
    ended = command(*TRAIN, days, *OUT, "--time", "day", "--target", "sales")
    assert ended.code == 2
    assert "Missing option '--horizon'" in ended.err
    for line in (("backtest", days, "--target", "sales"), ("backtest", "nile")):
        assert refused(*line, code=2) == "say how many steps to forecast: --horizon H"


def test_a_horizon_that_the_data_do_not_allow(days):
    line = (*TRAIN, days, *OUT, "--time", "day", "--target", "sales", "--horizon", 90)
    assert "a horizon of 90 with 15% of the rows" in refused(*line, code=1)
    line = ("backtest", days, *COLUMNS, "--windows", 99)
    assert "99 windows of 3 steps, 3 apart, leave no rows to train on" in refused(*line, code=1)


CHOICES = [
    ("--model", "lsmt", "did you mean 'lstm'?"),
    ("--cell", "lsmt", "did you mean 'lstm'?"),
    ("--attention", "dto", "did you mean 'dot'? (known: additive, dot, none)"),
    ("--strategy", "driect", "did you mean 'direct'?"),
    ("--scaling", "min", "did you mean 'minmax'?"),
    ("--missing", "drop", "(known: error, interpolate, mask)"),
    ("--quantiles", "0.1,0.9", "quantiles must rise between 0 and 1 and hold 0.5"),
    ("--quantiles", "0.5,x", "--quantiles takes levels with commas, as 0.1,0.5,0.9, or none"),
    ("--lookback", "long", "--lookback takes a number of steps or auto, not 'long'"),
    ("--test", "x", "--test takes a number of rows or a share such as 0.1, not 'x'"),
    ("--test", "1.5", "test must be a number of rows or a share between 0 and 1, not 1.5"),
    ("--validation", "0", "validation must be a number of rows or a share"),
    ("--loss", "mae", "--loss mae forecasts no quantiles; add --quantiles none"),
    ("--freq", "1x", "the frequency '1x' is not known"),
    ("--time-zone", "Mars", "the time zone 'Mars' is not known"),
    ("--known", "prmo", "unknown column 'prmo'"),
    ("--dropout", "2", "dropout must be at least 0 and below 1, not 2.0"),
]


@pytest.mark.parametrize(("option", "value", "expected"), CHOICES)
def test_a_choice_that_cannot_be_is_a_usage_error(days, option, value, expected):
    assert expected in refused(*TRAIN, days, *OUT, *COLUMNS, option, value, code=2)


def test_unwritable_outputs_are_found_before_training(days, no_training):
    said = refused(*TRAIN, days, "-o", "no/m.recurra", *COLUMNS, code=1)
    assert said == "cannot write no/m.recurra: the folder no does not exist"
    detect = ("detect", days, "--time", "day", "--target", "sales")
    assert "the folder no does not exist" in refused(*detect, "--out", "no/a.csv", code=1)
    said = refused(*detect, "--out", "a.txt", code=2)
    assert said == "a.txt must end in .csv, .json or .parquet"
    assert "must end in .png, .svg or .pdf" in refused(*detect, "--plot", "a.txt", code=2)
    said = refused(*detect, "--quantiles", "none", code=2)
    assert said == "--quantiles none leaves no interval to judge values by"
    assert refused(*detect, "--level", 1, code=2) == "--level must be between 0 and 1, not 1.0"


def test_a_backtest_that_cannot_be_written_does_not_begin(days):
    said = refused("backtest", days, *COLUMNS, "--out", days, code=1)
    assert said.endswith("is a file; give a folder")
    line = ("backtest", table(values=["x"]), *COLUMNS, "--out", "new/deep")
    assert "is no number" in refused(*line, code=1)


def test_new_data_of_another_kind_are_refused(work, forecaster):
    weeks = [str(dt.date(2021, 1, 1) + dt.timedelta(7 * step)) for step in range(30)]
    lines = [f"{day},north,{step}" for step, day in enumerate(weeks)]
    Path("weeks.csv").write_text("\n".join(["day,shop,sales", *lines]) + "\n")
    for line in (
        ("predict", forecaster, "weeks.csv"),
        ("evaluate", forecaster, "weeks.csv"),
        ("detect", "weeks.csv", "--model", forecaster),
    ):
        said = refused(*line, code=1)
        assert said.startswith("the data have a step of 1w, the forecaster was trained on steps of")
    said = refused("predict", forecaster, table(), code=2)
    assert said == "unknown column 'shop' (known: day, sales)"
    short = write_days(work / "short.csv", 4, shops=["north"])
    said = refused("detect", short, "--model", forecaster, code=1)
    assert said == f"{short} has no value to judge: 14 rows are read before each"
    assert "there is no origin to measure at" in refused("evaluate", forecaster, short, code=1)


def test_a_known_column_must_be_known(work):
    rows = [
        f"{day},{value},{n % 2}" for n, (day, value) in enumerate(zip(DAYS, VALUES, strict=True))
    ]
    Path("t.csv").write_text("\n".join(["day,sales,promo", *rows]) + "\n")
    assert command(*TRAIN, "t.csv", *OUT, *COLUMNS, *SMALL, "--known", "promo").code == 0
    for more in ((), ("t.csv",)):
        said = refused("predict", "m.recurra", *more, code=1)
        assert said.startswith("the known column 'promo' has no value at 2021-03-02; a forecast of")
    future = [f"2021-03-0{day},,1" for day in (2, 3, 4)]
    Path("t.csv").write_text("\n".join(["day,sales,promo", *rows, *future]) + "\n")
    assert command("predict", "m.recurra", "t.csv").code == 0


def test_options_of_the_other_task_are_refused(tiny, model, forecaster):
    for line, expected in (
        (("predict", forecaster, "--text", "sales"), "continues series; leave out --text"),
        (("predict", forecaster, "a", "b"), "continues the series of one table; give one file"),
        (("predict", model, "a", "--horizon", 3), "labels texts; leave out --horizon"),
        (("predict", model, "a", "--out", "f.csv"), "labels texts; leave out --out"),
        (("evaluate", forecaster, tiny, "--label", "x"), "continues series; leave out --label"),
        (("evaluate", model, tiny, "--from", "2021"), "labels texts; leave out --from"),
        (
            ("detect", tiny, "--model", forecaster, "--units", 8),
            "is trained already; leave out",
        ),
        (
            ("backtest", forecaster, tiny, "--horizon", 2, "--freq", "1h"),
            "is trained already; leave out --freq, --horizon",
        ),
        (("backtest", tiny, forecaster), "of two arguments the first is a .recurra file"),
        (("backtest", forecaster), "give the data too: recurra backtest"),
    ):
        assert expected in refused(*line, code=2)
    for line in (("backtest", model, tiny), ("detect", tiny, "--model", model)):
        said = refused(*line, code=1)
        assert said == f"{model} holds a model for 'text-classification', not a forecaster"


def test_a_file_that_is_no_forecaster_is_refused(days, forecaster):
    Path("broken.recurra").write_bytes(forecaster.read_bytes()[:2000])
    for line in (
        ("predict", "broken.recurra"),
        ("evaluate", "broken.recurra", days),
        ("backtest", "broken.recurra", days),
        ("detect", days, "--model", "broken.recurra"),
        ("export", "broken.recurra", "-o", "m.keras"),
        ("info", "broken.recurra"),
    ):
        assert "broken.recurra is not a Recurra model, or it is truncated" in refused(*line, code=1)
    Path("f.recurra").write_bytes(forecaster.read_bytes())
    for line in (("predict", "g.recurra"), ("detect", days, "--model", "g.recurra")):
        said = refused(*line, code=1)
        assert said == "'g.recurra' does not exist; did you mean 'f.recurra'?"


def test_what_predict_cannot_do(work, forecaster):
    said = refused("predict", forecaster, "--horizon", 10**7, code=2)
    assert said == "horizon must be a whole number between 1 and 100000, not 10000000"
    assert "f.txt must end in .csv" in refused("predict", forecaster, "--out", "f.txt", code=2)
    said = refused("predict", forecaster, "--plot", "no/f.png", "--out", "f.csv", code=1)
    assert said == "cannot write no/f.png: the folder no does not exist"
    source = forecaster.with_name("days.csv")
    said = refused("evaluate", forecaster, source, "--from", "soon", code=2)
    assert said == "the time 'soon' is not an ISO date or date-time"
