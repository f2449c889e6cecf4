"""Channels are scaled by training sequences alone, and gaps are filled and told of."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UnknownNameError
from recurra.sequences.collections import ChannelScaler

NAN = np.nan


def random_sequences(lengths: list[int], channels: int, seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    level = 10.0 ** np.arange(channels)
    return [generator.normal(level, level / 3, (n, channels)).astype(np.float32) for n in lengths]


def test_standard_scaling_is_that_of_all_training_steps_together():
    rows = random_sequences([3, 40, 7], 3)
    scaler = ChannelScaler.fit(rows)
    steps = np.concatenate([scaler.transform(row) for row in rows])
    np.testing.assert_allclose(steps.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(steps.std(axis=0), 1, rtol=1e-5)
    wanted = (rows[0] - np.concatenate(rows).mean(axis=0)) / np.concatenate(rows).std(axis=0)
    np.testing.assert_allclose(scaler.transform(rows[0]), wanted, rtol=1e-3, atol=1e-5)


def test_per_series_scaling_is_that_of_each_sequence_itself():
    rows = random_sequences([30, 40], 2)
    scaler = ChannelScaler.fit(rows, "per-series")
    other = scaler.transform(rows[0] * 7 - 100)
    np.testing.assert_allclose(other.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(other, scaler.transform(rows[0]), atol=1e-3)
    assert not scaler.causal
    assert ChannelScaler.fit(rows).causal


def test_without_scaling_values_stay_as_they_are():
    rows = random_sequences([4, 2], 2)
    scaler = ChannelScaler.fit(rows, "none")
    np.testing.assert_array_equal(scaler.transform(rows[0]), rows[0])


def test_a_constant_channel_becomes_zero():
    rows = [np.full((5, 2), 0.1, np.float32), np.full((3, 2), 0.1, np.float32)]
    assert (ChannelScaler.fit(rows).transform(rows[0]) == 0).all()
    assert (ChannelScaler.fit(rows, "per-series").transform(rows[1]) == 0).all()


def test_gaps_are_filled_by_lines_and_ends_are_held():
    row = np.array([[NAN, 1], [2, NAN], [NAN, NAN], [NAN, 4], [8, NAN]], np.float32)
    filled = ChannelScaler("none", (0.0, 0.0), (1.0, 1.0)).transform(row)
    np.testing.assert_allclose(filled, [[2, 1], [2, 2], [4, 3], [6, 4], [8, 4]])


def test_a_channel_without_any_value_is_at_the_mean_of_the_training():
    rows = random_sequences([6, 6], 2)
    scaler = ChannelScaler.fit(rows)
    empty = rows[0].copy()
    empty[:, 1] = NAN
    assert (scaler.transform(empty)[:, 1] == 0).all()


def test_the_network_is_told_of_gaps_in_channels_that_had_them_in_training():
    row = np.array([[1, 2, NAN], [3, NAN, 5], [5, 6, 7]], np.float32)
    scaler = ChannelScaler.fit([row])
    assert scaler.indicators == (1, 2)
    assert scaler.features == 5
    np.testing.assert_array_equal(scaler.transform(row)[:, 3:], [[0, 1], [1, 0], [0, 0]])
    complete = ChannelScaler.fit([np.nan_to_num(row)])
    assert complete.features == 3
    assert np.isfinite(complete.transform(row)).all()


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=6),
        elements=st.one_of(st.floats(-1e6, 1e6, width=32), st.just(NAN)),
    ),
    st.sampled_from(["standard", "per-series", "none"]),
)
def test_what_the_network_reads_is_always_finite(row, kind):
    scaler = ChannelScaler.fit([row], kind)
    found = scaler.transform(row)
    assert found.dtype == np.float32
    assert found.shape == (len(row), scaler.features)
    assert np.isfinite(found).all()


def test_other_sequences_do_not_change_how_one_is_scaled():
    rows = random_sequences([5, 9], 2)
    scaler = ChannelScaler.fit(rows[:1])
    np.testing.assert_array_equal(scaler.transform(rows[1])[:4], scaler.transform(rows[1][:4]))


def test_a_configuration_comes_back_through_json():
    scaler = ChannelScaler.fit([np.array([[1, NAN], [3, 4]], np.float32)])
    assert ChannelScaler.from_config(json.loads(json.dumps(scaler.to_config()))) == scaler


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "sideways"}, "kind 'sideways' is unknown"),
        ({"kind": ["standard"]}, "is unknown"),
        ({"scale": [1.0]}, "do not fit together"),
        ({"shift": []}, "do not fit together"),
        ({"shift": [0.0, True]}, "do not fit together"),
        ({"shift": [0.0, float("nan")]}, "do not fit together"),
        ({"scale": [1.0, 0.0]}, "not above 0"),
        ({"indicators": [2]}, "indicators are no channels"),
        ({"indicators": [1, 0]}, "indicators are no channels"),
        ({"indicators": 1}, "indicators are no channels"),
        ({"more": 1}, "must have kind, shift, scale and indicators"),
    ],
)
def test_a_broken_configuration_is_refused(change, message):
    good = {"kind": "standard", "shift": [0.0, 1.0], "scale": [1.0, 2.0], "indicators": [1]}
    assert ChannelScaler.from_config(good).features == 3
    with pytest.raises(CorruptArtifactError, match=message):
        ChannelScaler.from_config({**good, **change})


def test_sequences_that_cannot_be_scaled_are_refused():
    rows = random_sequences([3, 4], 2)
    with pytest.raises(DataError, match="no sequence"):
        ChannelScaler.fit([])
    with pytest.raises(UnknownNameError, match="did you mean 'standard'"):
        ChannelScaler.fit(rows, "standart")
    with pytest.raises(ShapeError, match=r"shape \(4, 1\), expected \(time, 2\)"):
        ChannelScaler.fit([rows[0], rows[1][:, :1]])
    with pytest.raises(ShapeError, match=r"shape \(3, 1\), expected \(time, 2\)"):
        ChannelScaler.fit(rows).transform(rows[0][:, :1])
