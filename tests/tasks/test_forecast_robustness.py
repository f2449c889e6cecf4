"""Forecasters on data as people have them: odd times, odd values, too little, too much."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import polars as pl
import pytest

from recurra import load_predictor
from recurra.errors import DataError, UsageError
from recurra.sequences import read_series
from recurra.tasks import Forecaster
from recurra.tasks._forecast_settings import resolve_forecast_settings

TINY = {"lookback": 6, "epochs": 1, "units": 4, "quantiles": (0.1, 0.5, 0.9)}


def wave(rows: int, scale: float = 10.0, period: int = 7) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal(rows)
    return scale * (3 + np.sin(2 * np.pi * np.arange(rows) / period) + 0.1 * noise)


def days(rows: int, start: str = "2021-01-01") -> list:
    return (np.datetime64(start) + np.arange(rows)).tolist()


def frame(rows: int = 60, **columns: object) -> pl.DataFrame:
    return pl.DataFrame({"t": days(rows), "y": wave(rows), **columns})


def fit(data: object, horizon: int = 3, **options: object) -> Forecaster:
    return Forecaster(horizon, **{"time": "t", "target": "y", **TINY, **options}).fit(data)


@pytest.fixture(scope="module")
def fitted() -> Forecaster:
    return fit(frame())


def test_a_fitted_forecaster_can_be_copied(fitted):
    expected = fitted.predict()
    for copied in (copy.deepcopy(fitted), pickle.loads(pickle.dumps(fitted))):
        assert copied.predict().equals(expected)


def test_a_forecaster_with_keras_kernels_can_be_copied():
    forecaster = fit(frame(), kernels="keras")
    again = pickle.loads(pickle.dumps(forecaster))
    np.testing.assert_allclose(again.forecast().values, forecaster.forecast().values, rtol=1e-5)


@pytest.mark.parametrize(
    ("start", "first"),
    [("2021-03-21", "2021-03-28 03:00:00+02:00"), ("2021-10-24", "2021-10-31 02:00:00+02:00")],
)
def test_hours_go_on_when_clocks_change(start, first):
    begin = np.datetime64(start, "us")
    hours = 24 * 7 + 2  # up to 02:00 local time of the night in which clocks change
    pd = pytest.importorskip("pandas")
    times = pd.date_range(str(begin), periods=hours, freq="h", tz="Europe/Berlin")
    data = pd.DataFrame({"y": wave(hours, period=24)}, index=times)
    found = fit(data, time=None).predict()
    assert str(found.index[0]) == first
    assert (np.diff(found.index) == np.timedelta64(1, "h")).all()


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [("B", ["2019-03-29", "2019-04-01"]), ("ME", ["2024-01-31", "2024-02-29"])],
)
def test_business_days_and_month_ends_go_on(frequency, expected):
    pd = pytest.importorskip("pandas")
    times = pd.date_range("2019-01-01", periods=63 if frequency == "B" else 60, freq=frequency)
    found = fit(pd.DataFrame({"t": times, "y": wave(len(times))})).predict()
    assert [str(time)[:10] for time in found["t"]][:2] == expected


def test_whole_years_go_on():
    data = pl.DataFrame({"t": np.arange(1900, 1960), "y": wave(60)})
    assert fit(data).predict()["t"].to_list() == [1960, 1961, 1962]


def test_series_of_any_length_and_scale_are_forecast_on_their_own_scale():
    parts = {
        "tiny": wave(60, 1e-12), "huge": wave(400, 1e12), "short": wave(9), "one": np.array([3.0]),
        "constant": np.full(50, 7.0), "negative": -wave(60, 100),
    }  # fmt: skip
    data = pl.concat(
        pl.DataFrame({"id": [name] * len(y), "t": days(len(y)), "y": y})
        for name, y in parts.items()
    )
    forecaster = fit(data, series_id="id")
    found = forecaster.forecast()
    assert forecaster.data_["series_left_out"] == 1
    for name, point in zip(found.ids, found.point[:, :, 0], strict=True):
        size = np.abs(parts[name]).mean()
        assert np.abs(point / size - np.sign(parts[name].mean())).max() < 1, name


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_a_constant_series_stays_about_constant(value):
    found = fit(frame(y=np.full(60, value))).forecast()
    assert np.abs(found.values - value).max() < 0.05


@pytest.mark.parametrize("model", ["gru", "seq2seq", "attention", "segrnn"])
def test_one_step_to_read_and_one_to_forecast(model):
    forecaster = fit(frame(), 1, lookback=1, model=model)
    assert np.isfinite(forecaster.forecast().values).all()


def test_the_fewest_rows_suffice_and_one_less_is_refused():
    assert len(fit(frame(7)).predict()) == 3
    with pytest.raises(DataError, match=r"6 observed rows; a horizon of 3 .* needs at least 7"):
        fit(frame(6))


@pytest.mark.parametrize("role", ["past", "known", "target"])
def test_a_column_without_a_value_is_refused(role):
    data = frame(c=pl.Series([None] * 60, dtype=pl.Float64))
    roles = {"target": ["y", "c"]} if role == "target" else {role: "c"}
    with pytest.raises(DataError, match="no row of frame has a value in 'c'; leave such columns"):
        fit(data, missing="mask", **roles)


def test_log1p_names_the_first_value_that_it_cannot_take():
    y = wave(60)
    y[58] = -5  # in the rows that are measured on
    data = frame(y=y, id=["a"] * 60)
    expected = r"above -1, -5 is the 'y' at 2021-02-28 of series 'a'; leave the transform out"
    with pytest.raises(DataError, match=expected):
        fit(data, series_id="id", transform="log1p")
    forecaster = fit(frame(), transform="log1p")
    with pytest.raises(DataError, match="-5 is the 'y' at 2021-02-28; leave"):
        forecaster.predict(data.drop("id"))


def test_values_too_large_to_be_squared_are_refused():
    with pytest.raises(DataError, match=r"values as large as .*e\+300 cannot be scaled"):
        fit(frame(y=wave(60, 1e300)))


def covariates(rows: int, future: int, kinds: str = "abc") -> pl.DataFrame:
    """Past and known columns; targets and past end `future` rows before the known ones."""
    generator, total = np.random.default_rng(len(kinds)), rows + future
    observed = pl.Series([True] * rows + [False] * future)
    data = frame(
        total, kind=generator.choice(list(kinds), total), price=generator.random(total),
        wind=generator.random(total),
    )  # fmt: skip
    return data.with_columns(pl.when(observed).then(pl.col("y", "wind")))


@pytest.fixture(scope="module")
def with_covariates() -> Forecaster:
    return fit(covariates(60, 3), known=["kind", "price"], past=["wind"])


def test_new_data_with_fewer_or_other_categories_are_forecast(with_covariates):
    few, other = (with_covariates.predict(covariates(20, 3, kinds)) for kinds in ("a", "axz"))
    assert few.shape == other.shape == (3, 4)
    assert np.isfinite(other["y"].to_numpy()).all()


def test_a_predictor_without_keras_takes_other_categories_too(with_covariates, tmp_path):
    predictor = load_predictor(with_covariates.save(tmp_path / "m.recurra"))
    roles = {"time": "t", "target": "y", "known": ["kind", "price"], "past": ["wind"]}
    data = covariates(20, 3, "ax")
    found = predictor.forecast(read_series(data, **roles))
    assert found.columns()["y"] == with_covariates.predict(data)["y"].to_list()


def test_numbers_for_categories_are_refused(with_covariates):
    wrong = covariates(20, 3).with_columns(kind=pl.lit(1.0))
    with pytest.raises(DataError, match="the data have the columns kind, price; the forecaster"):
        with_covariates.predict(wrong)


def test_known_columns_must_be_known_for_every_step(with_covariates):
    with pytest.raises(DataError, match=r"the known column .* has no value at 2021-01-23"):
        with_covariates.predict(covariates(20, 2))
    with pytest.raises(UsageError, match="past columns are not known then; ask for at most 3"):
        with_covariates.predict(covariates(20, 9), horizon=5)


def test_longer_horizons_feed_the_forecast_back_and_grow_wider(fitted):
    found = fitted.forecast(horizon=12)
    width = found.values[0, :, 0, -1] - found.values[0, :, 0, 0]
    assert found.values.shape == (1, 12, 1, 3)
    assert width[9:].mean() > width[:3].mean()
    assert len(fitted.predict(horizon=np.int64(2))) == 2
    for wrong in (0, "3", 2.0, 1_000_000):
        with pytest.raises(UsageError, match="horizon must be a whole number between 1 and 100000"):
            fitted.predict(horizon=wrong)


def test_saved_and_loaded_forecasts_are_the_same(with_covariates, tmp_path):
    path = with_covariates.save(tmp_path / "m.recurra")
    new = covariates(20, 3, "ab")
    assert Forecaster.load(path).predict(new).equals(with_covariates.predict(new))
    assert np.array_equal(load_predictor(path).forecast().values, with_covariates.forecast().values)


def test_numbers_of_numpy_are_settings_like_others():
    given = {
        "horizon": np.int64(3), "lookback": np.int32(5), "units": np.array([4, 8]), "layers": 2,
        "learning_rate": np.float64(0.01), "skip": np.bool_(False),
        "quantiles": np.array([0.1, 0.5, 0.9]),
    }  # fmt: skip
    settings = resolve_forecast_settings("fast", given)
    assert (settings.units, settings.skip) == ((4, 8), False)
    assert settings.quantiles == (0.1, 0.5, 0.9)
    assert type(settings.horizon) is type(settings.lookback) is int
    assert type(settings.learning_rate) is float


def test_frames_that_are_none_are_told_apart():
    pd = pytest.importorskip("pandas")
    twice = pd.DataFrame(np.ones((9, 3)), columns=["t", "y", "y"])
    with pytest.raises(DataError, match="the frame has several columns named 'y'; rename them"):
        fit(twice)
    for series in (pd.Series(wave(9)), pl.Series(wave(9))):
        with pytest.raises(UsageError, match=r"got a Series; to_frame\(\) makes one"):
            fit(series)
