"""Summaries and sentences of comparisons of forecasters say what the figures say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import UsageError
from recurra.study import summarise_forecasts
from recurra.study.forecast_verdict import forecast_verdict

ERRORS = {"naive": 2.0, "snaive": 1.0, "linear": 0.8, "gru": 0.7, "lstm": 0.75}
NAMES = {"snaive": "Seasonal naive", "linear": "Linear map", "gru": "GRU", "lstm": "LSTM"}


def record(model: str, error: float, repeat: int = 0, **metrics: Any) -> dict[str, Any]:
    return {
        "model": model,
        "name": NAMES.get(model, model),
        "repeat": repeat,
        "metrics": {
            "mase": error, "mae_scaled": error / 2, "windows": 100, "coverage": 0.8,
            "nominal": 0.8, **metrics,
        },
        "skill": {name: 1 - error / ERRORS[name] for name in ("naive", "snaive", "linear")},
        "parameters": 10,
        "best_epoch": 3,
    }  # fmt: skip


def records(**errors: float | list[float]) -> list[dict[str, Any]]:
    """Return baselines and networks of given errors, a list for repeats."""
    chosen = {"naive": 2.0, "snaive": 1.0, "linear": 0.8, **errors}
    return [
        record(model, error, repeat)
        for model, found in chosen.items()
        for repeat, error in enumerate(found if isinstance(found, list) else [found])
    ]


def said(found: list[dict[str, Any]]) -> str:
    return str(forecast_verdict(summarise_forecasts(found))).replace("\u00a0", " ")


def test_lowest_error_comes_first():
    names = [one.model for one in summarise_forecasts(records(gru=0.7, lstm=0.75))]
    assert names == ["gru", "lstm", "linear", "snaive", "naive"]


@given(st.lists(st.floats(0.1, 5.0), min_size=2, max_size=6))
def test_the_interval_holds_the_mean(values):
    (gru,) = (one for one in summarise_forecasts(records(gru=values)) if one.model == "gru")
    assert gru.repeats == len(values)
    assert gru.low is not None
    assert gru.high is not None
    assert 0 <= gru.low <= gru.error + 1e-9
    assert gru.error <= gru.high + 1e-9


def test_one_training_has_no_interval():
    gru = summarise_forecasts(records(gru=0.7))[0]
    assert (gru.low, gru.high, gru.ends) == (None, None, (0.7, 0.7))


def test_errors_on_the_training_scale_rank_where_mase_is_unknown():
    found = [*records(gru=0.7), record("lstm", 0.1, mase=None, mae_scaled=0.9)]
    summaries = summarise_forecasts(found)
    assert {one.scaled_by for one in summaries} == {"MAE on the training scale"}
    assert [one.model for one in summaries] == ["gru", "linear", "snaive", "lstm", "naive"]


def test_nothing_to_summarise_or_to_judge_is_refused():
    with pytest.raises(UsageError, match="no records to summarise"):
        summarise_forecasts([])
    with pytest.raises(UsageError, match="no summaries to judge"):
        forecast_verdict([])


def test_a_leading_network_is_named_with_its_margin():
    words = said(records(gru=0.7))
    assert words.startswith(
        "GRU has the lowest error (MASE 0.700), 30.0 % below the seasonal naive forecast (1.000)."
    )
    assert "GRU has an error 12.5 % below the linear map's 0.800" in words


def test_a_network_behind_the_seasonal_naive_forecast_is_called_so():
    words = said(records(gru=1.2, lstm=2.5))
    assert words.startswith(
        "No network is better than the seasonal naive forecast: its MASE is 1.000, that of the "
        "best network, GRU, 1.200."
    )
    assert "GRU and LSTM are not better than the seasonal naive forecast (1.000)." in words
    assert "LSTM is not better than the naive forecast (2.000)." in words


def test_a_network_behind_the_linear_map_is_called_so():
    words = said(records(gru=0.9))
    assert words.startswith("Linear map has the lowest error (MASE 0.800); the best network, GRU")
    assert "No network reaches the linear map" in words
    assert "GRU has an error 12.5 % above its 0.800" in words


def test_one_training_ranks_nothing():
    assert "trained once" in said(records(gru=0.7, lstm=0.71))
    near = said(records(gru=0.79))
    assert "one training does not show that a network is worth its cost" in near


def test_repeats_rank_only_what_their_intervals_tell_apart():
    apart = said(records(gru=[0.60, 0.61, 0.60], lstm=[0.70, 0.71, 0.70]))
    assert "The interval of GRU over 3 repeats overlaps no other network's" in apart
    near = said(records(gru=[0.60, 0.70, 0.65], lstm=[0.66, 0.67, 0.66]))
    assert "The interval of GRU overlaps that of LSTM: this run does not rank them." in near
    assert "(MASE 0.650, 95 % interval 0.526 to 0.774)" in near


def test_coverage_is_held_against_what_was_asked_for():
    found = [
        *records(), record("gru", 0.7, coverage=0.84), record("lstm", 0.7, coverage=0.6),
        record("rnn", 0.7, coverage=0.93),
    ]  # fmt: skip
    sentences = [s.replace("\u00a0", " ") for s in
                 forecast_verdict(summarise_forecasts(found)).intervals]  # fmt: skip
    assert sentences == [
        "The 80 % intervals of GRU (84.0 %) held about the share of the values that they should.",
        "The 80 % intervals of rnn (93.0 %) held too many of the values: they are too wide.",
        "The 80 % intervals of LSTM (60.0 %) held too few of the values: they are too narrow.",
    ]


def test_few_windows_and_a_missing_season_are_said():
    found = [{**r, "metrics": {**r["metrics"], "windows": 3, "mase": 1.0}} for r in records(gru=1)]
    words = said(found)
    assert "With 3 windows the errors and the coverage are rough" in words
    assert "The naive and the seasonal naive forecast are the same here" in words


def test_a_network_that_kept_its_start_is_named():
    found = [*records(), {**record("gru", 0.7), "best_epoch": 0}]
    assert "GRU kept the linear forecast that it starts from" in said(found)
