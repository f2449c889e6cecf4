"""The forecaster as sktime has them: sktime's own checks, and what they do not look at."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest

from recurra.errors import MissingDependencyError
from recurra.tasks._quantile_levels import quantiles_at

CHECKS = (
    "test_constructor",
    "test_fit_idempotent",
    "test_predict_quantiles",
    "test_valid_estimator_class_tags",
)


@pytest.fixture(scope="module")
def forecaster_class():
    pytest.importorskip("sktime", reason="sktime is not installed: pip install 'recurra[sktime]'")
    pytest.importorskip("pandas")
    from recurra.sktime import RecurraForecaster

    return RecurraForecaster


def problems(forecaster_class, **options):
    """Return sktime's checks that were not passed, and how many there were."""
    from sktime.utils.estimator_checks import check_estimator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sktime's own, of versions to come
        found = check_estimator(forecaster_class, verbose=False, **options)
    return {name: result for name, result in found.items() if result != "PASSED"}, len(found)


def tiny(forecaster_class, **options):
    return forecaster_class(**{"lookback": 6, "units": 4, "epochs": 1, **options})


def series(rows=40, index="period"):
    import pandas as pd

    times = {
        "period": pd.period_range("2020-01", periods=rows, freq="M"),
        "hours": pd.date_range("2021-03-27", periods=rows, freq="h", tz="Europe/Berlin"),
        "range": pd.RangeIndex(rows),
    }[index]
    return pd.Series(10 + np.sin(np.arange(rows)), index=times, name="sales")


def test_without_sktime_the_extra_is_named(run_python):
    code = (
        "import sys; sys.modules['sktime'] = None\n"
        "try:\n    import recurra.sktime\nexcept ImportError as error:\n"
        "    print(type(error).__name__, error)"
    )
    said = run_python(code).stdout
    assert "recurra.sktime needs the package 'sktime': pip install 'recurra[sktime]'" in said
    assert MissingDependencyError.__name__ in said


def test_some_of_sktimes_checks_pass(forecaster_class):
    failed, count = problems(forecaster_class, tests_to_run=list(CHECKS))
    assert failed == {}
    assert count >= len(CHECKS)


@pytest.mark.slow
def test_all_of_sktimes_checks_pass(forecaster_class):
    failed, count = problems(forecaster_class)
    assert failed == {}
    assert count > 100


@pytest.mark.parametrize("index", ["period", "hours", "range"])
def test_times_go_on_and_steps_may_be_left_out(forecaster_class, index):
    y = series(index=index)
    forecaster = tiny(forecaster_class).fit(y.iloc[:36], fh=[1, 4])
    assert list(forecaster.predict().index) == [y.index[36], y.index[39]]
    intervals = forecaster.predict_interval(coverage=[0.5, 0.9])["sales"]
    assert (intervals[0.9]["lower"] <= intervals[0.5]["lower"]).all()
    assert (intervals[0.5]["upper"] <= intervals[0.9]["upper"]).all()


def test_covariates_of_the_future_count(forecaster_class):
    import pandas as pd

    y = series(60)
    X = pd.DataFrame({"sale": np.random.default_rng(0).integers(0, 2, 60)}, index=y.index)
    y = y + 5 * X["sale"]
    forecaster = tiny(forecaster_class, units=8, epochs=40).fit(y[:-4], X=X[:-4], fh=range(1, 5))
    future = X[-4:].assign(sale=[0, 1, 0, 1])
    found = forecaster.predict(X=future).to_numpy()
    assert found[1] > found[0] + 1
    with pytest.raises(ValueError, match="predict needs X of the future"):
        forecaster.predict()


def test_missing_times_and_values_are_filled_inside_windows(forecaster_class):
    y = series(40)
    y.iloc[[3, 17]] = np.nan
    found = tiny(forecaster_class).fit(y.drop(y.index[20]), fh=[1, 2]).predict()
    assert np.isfinite(found).all()


def test_a_panel_is_one_network_and_every_series_goes_on_from_its_own_end(forecaster_class):
    import pandas as pd

    long, short = series(40), series(25)
    panel = pd.concat({"a": long, "b": short}, names=["shop", "month"]).to_frame()
    forecaster = tiny(forecaster_class).fit(panel, fh=[1, 3])
    found = forecaster.predict()
    assert found.index.names == ["shop", "month"]
    assert list(found.loc["a"].index) == [long.index[-1] + 1, long.index[-1] + 3]
    assert list(found.loc["b"].index) == [short.index[-1] + 1, short.index[-1] + 3]
    assert len(forecaster.forecaster_.predictor_.tail.ids) == 2


def test_a_short_series_is_forecast_by_feeding_back_and_a_shorter_one_is_refused(forecaster_class):
    forecaster = tiny(forecaster_class).fit(series(8), fh=range(1, 7))
    assert forecaster.forecaster_.settings_.horizon == 3
    assert len(forecaster.predict()) == 6
    with pytest.raises(ValueError, match="has 2 observed values; 3 are needed"):
        tiny(forecaster_class).fit(series(2), fh=1)


def test_an_update_moves_the_cutoff_and_trains_only_when_asked(forecaster_class):
    y = series(40)
    forecaster = tiny(forecaster_class).fit(y[:30], fh=1)
    trained = forecaster.forecaster_
    forecaster.update(y[30:35], update_params=False)
    assert forecaster.forecaster_ is trained
    assert forecaster.predict().index[0] == y.index[35]
    forecaster.update(y[35:], update_params=True)
    assert forecaster.forecaster_ is not trained
    assert forecaster.forecaster_.data_["rows"]["train"] > trained.data_["rows"]["train"]


def test_a_fitted_forecaster_can_be_stored(forecaster_class):
    forecaster = tiny(forecaster_class).fit(series(), fh=[1, 2])
    again = pickle.loads(pickle.dumps(forecaster))
    np.testing.assert_array_equal(again.predict(), forecaster.predict())


def test_quantiles_at_other_levels_are_exact_for_a_normal_forecast_and_never_cross():
    from statistics import NormalDist

    normal, levels = NormalDist(5, 2), (0.1, 0.5, 0.9)
    wanted = (0.01, 0.1, 0.3, 0.5, 0.9, 0.999)
    values = np.array([[normal.inv_cdf(q) for q in levels], [0.0, 0.0, 3.0]])
    found = quantiles_at(values, levels, wanted)
    np.testing.assert_allclose(found[0], [normal.inv_cdf(q) for q in wanted])
    assert (np.diff(found, axis=-1) >= 0).all()
    assert np.isfinite(quantiles_at(values, levels, (0.0, 1.0))).all()
