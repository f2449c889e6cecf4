from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from recurra.errors import UsageError
from recurra.study.summary import family, summarise, t_interval, wilson_interval


def record(model: str, accuracy: float, repeat: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "model": model,
        "name": model.upper(),
        "repeat": repeat,
        "accuracy": accuracy,
        "specification": {"cell": model},
        "data": {"rows": {"test": 1000}},
        **more,
    }


def test_t_interval_matches_hand_computation() -> None:
    # mean 0.82, standard deviation 0.02, t(0.975; 2) = 4.30265
    half = 4.302652729911275 * 0.02 / math.sqrt(3)
    assert t_interval([0.80, 0.82, 0.84]) == pytest.approx((0.82 - half, 0.82 + half))


@given(st.lists(st.floats(0.3, 0.7), min_size=2, max_size=12))
def test_t_interval_matches_scipy(values: list[float]) -> None:
    spread = stats.sem(values)
    low, high = t_interval(values)
    if spread > 1e-9:
        expected = stats.t.interval(
            0.95, len(values) - 1, loc=sum(values) / len(values), scale=spread
        )
        assert low == pytest.approx(max(0, expected[0]))
        assert high == pytest.approx(min(1, expected[1]))


def test_t_interval_without_spread_has_no_width() -> None:
    assert t_interval([0.5, 0.5, 0.5]) == (0.5, 0.5)


def test_t_interval_stays_within_shares() -> None:
    assert t_interval([0.0, 1.0]) == (0.0, 1.0)


def test_t_interval_needs_two_values() -> None:
    with pytest.raises(UsageError, match="two or more repeats, 1 came"):
        t_interval([0.5])


@pytest.mark.parametrize(("right", "rows"), [(87, 100), (0, 20), (20, 20), (22_100, 25_000)])
def test_wilson_interval_matches_scipy(right: int, rows: int) -> None:
    expected = stats.binomtest(right, rows).proportion_ci(0.95, method="wilson")
    low, high = wilson_interval(right / rows, rows)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("share", "rows"), [(0.5, 0), (1.1, 10), (float("nan"), 10)])
def test_wilson_interval_refuses_what_is_no_share(share: float, rows: int) -> None:
    with pytest.raises(UsageError, match="a share from 0 to 1"):
        wilson_interval(share, rows)


@given(st.floats(0, 1), st.integers(1, 10**6))
def test_wilson_interval_holds_the_share(share: float, rows: int) -> None:
    low, high = wilson_interval(share, rows)
    assert 0 <= low <= share <= high <= 1


def test_models_come_best_first_with_their_means() -> None:
    records = [
        record("rnn", 0.7, parameters=10, log_loss=0.5),
        record("gru", 0.90, 1, parameters=20, log_loss=None),
        record("gru", 0.80, 0, parameters=30, log_loss=0.4),
    ]
    gru, rnn = summarise(records)
    assert (gru.model, gru.name, gru.repeats, gru.interval_kind) == ("gru", "GRU", 2, "t")
    assert gru.accuracy == pytest.approx(0.85)
    assert gru.accuracies == (0.80, 0.90)
    assert (gru.parameters, gru.log_loss, gru.macro_f1) == (25, 0.4, None)
    assert (rnn.repeats, rnn.interval_kind, rnn.test_rows) == (1, "wilson", 1000)
    assert (rnn.low, rnn.high) == wilson_interval(0.7, 1000)


def test_accuracy_in_order_is_that_of_the_shuffled_rows() -> None:
    some = record("gru", 0.9, accuracy_shuffled=0.7, accuracy_in_order=0.88)
    every = record("rnn", 0.8, accuracy_shuffled=0.7)
    assert [one.accuracy_in_order for one in summarise([some, every])] == [0.88, 0.8]


def test_baselines_are_told_apart() -> None:
    named = record("pooled", 0.5) | {"specification": {"cell": "dense"}}
    assert family(record("linear", 0.5)) == "linear"
    assert family(record("dense", 0.5)) == family(named) == "dense"
    assert family(record("lstm", 0.5)) == "recurrent"
    flags = {one.model: one.baseline for one in summarise([named, record("gru", 0.6)])}
    assert flags == {"pooled": True, "gru": False}


def test_nothing_cannot_be_summarised() -> None:
    with pytest.raises(UsageError, match="no records to summarise"):
        summarise([])
