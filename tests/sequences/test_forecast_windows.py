"""Scaling, filling and normalising windows: undone exactly, and blind to the future."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import CorruptArtifactError, DataError, LeakageError, UsageError
from recurra.sequences import (
    Clock,
    SeriesScaler,
    SeriesTable,
    WindowEncoder,
    WindowReader,
    fill_windows,
    fit_scaler,
)

LOOKBACK, HORIZON = 6, 4


def table(seed: int = 0, missing: float = 0.0, rows: int = 40) -> SeriesTable:
    generator = np.random.default_rng(seed)
    values = generator.normal(50, 9, (2 * rows, 4)).cumsum(axis=0)
    values[generator.random(values.shape) < missing] = np.nan
    return SeriesTable.from_arrays(
        values,
        targets=["a", "b"],
        past=["p"],
        known=["k"],
        offsets=[0, rows, 2 * rows],
        clock=Clock("datetime", "1h", "2021-05-01T00:00:00"),
    )


def encoder(series: SeriesTable, **options) -> WindowEncoder:
    rows = np.array([20, 20])
    return WindowEncoder(
        LOOKBACK,
        HORIZON,
        series.targets,
        series.past,
        series.known,
        fit_scaler(series.values, series.offsets, rows),
        **options,
    )


OPTIONS = [
    {"normalization": n, "season": season, "transform": transform, "missing": missing}
    for n, season, transform, missing in (
        ("none", 0, "none", "error"),
        ("last", 0, "none", "interpolate"),
        ("standard", 3, "none", "mask"),
        ("standard", 6, "log1p", "interpolate"),
        ("last", 2, "log1p", "mask"),
    )
]


@pytest.mark.parametrize("options", OPTIONS)
def test_answers_decode_to_what_came(options):
    series = table(missing=0.1)
    reader = WindowReader(series, encoder(series, **options), calendar=True)
    which, origins = np.array([0, 1, 1]), np.array([6, 20, 36])
    rows = reader.rows(which, origins)
    encoded = reader.encode(rows, which, origins)
    answers, weights = reader.answers(rows, encoded)
    decoded = reader.encoder.decode(answers[..., None].astype(np.float64), encoded)[..., 0]
    came = rows[:, LOOKBACK:, :2]
    np.testing.assert_array_equal(weights, np.isfinite(came))
    seen = weights > 0
    np.testing.assert_allclose(decoded[seen], came[seen], rtol=1e-5)
    for array in (encoded.past, encoded.future, encoded.mask, encoded.reference):
        assert np.isfinite(array).all()


@pytest.mark.parametrize("options", OPTIONS)
def test_no_future_value_reaches_the_inputs(options):
    """Rows after the origin are replaced in the table itself, and everything but known columns."""
    series = table(missing=0.1)
    reader = WindowReader(series, encoder(series, **options), calendar=True)
    which, origins = np.array([0, 1]), np.array([25, 30])
    reader.check_leakage(which, origins)
    other = series.values.copy()
    other[25:40, :3] = 1e3
    other[70:, :3] = 1e3
    changed = SeriesTable.from_arrays(
        other, targets=["a", "b"], past=["p"], known=["k"], offsets=[0, 40, 80], clock=series.clock
    )
    after = WindowReader(changed, reader.encoder, calendar=True)
    was = reader.encode(reader.rows(which, origins), which, origins)
    now = after.encode(after.rows(which, origins), which, origins)
    for name in ("past", "mask", "future", "shift", "scale", "reference"):
        np.testing.assert_array_equal(getattr(was, name), getattr(now, name), err_msg=name)


def test_a_leak_is_found():
    class Leaking(WindowEncoder):
        def encode(self, windows, series, calendar=None):
            return super().encode(np.roll(windows, -1, axis=1), series, calendar)

    series = table()
    honest = encoder(series)
    leaking = Leaking(**{name: getattr(honest, name) for name in honest.__dataclass_fields__})
    reader = WindowReader(series, leaking, calendar=False)
    with pytest.raises(LeakageError, match="after the origin reach the network's input 'past'"):
        reader.check_leakage(np.array([0]), np.array([20]))


@given(st.integers(0, 10_000))
def test_the_scaler_is_blind_to_rows_after_the_training(seed):
    generator = np.random.default_rng(seed)
    values = generator.normal(3, 2, (60, 2))
    offsets, rows = np.array([0, 25, 60]), np.array([10, 20])
    was = fit_scaler(values, offsets, rows)
    values[10:25] = 1e9
    values[45:] = -1e9
    now = fit_scaler(values, offsets, rows)
    np.testing.assert_array_equal(was.shift, now.shift)
    np.testing.assert_array_equal(was.scale, now.scale)
    np.testing.assert_allclose(was.shift[0], values[:10].mean(axis=0))
    np.testing.assert_allclose(was.scale[1], values[25:45].std(axis=0))


def test_scalers_of_every_kind():
    values = np.array([[1.0, 5.0], [3.0, 5.0], [np.nan, 5.0], [100.0, 5.0]])
    offsets, rows = np.array([0, 4]), np.array([3])
    standard = fit_scaler(values, offsets, rows)
    np.testing.assert_allclose([standard.shift[0], standard.scale[0]], [[2, 5], [1, 1]])
    minmax = fit_scaler(values, offsets, rows, "minmax")
    np.testing.assert_allclose([minmax.shift[0], minmax.scale[0]], [[1, 5], [2, 1]])
    none = fit_scaler(values, offsets, rows, "none")
    np.testing.assert_allclose([none.shift[0], none.scale[0]], [[0, 0], [1, 1]])
    shared = fit_scaler(values[:, :1], np.array([0, 2, 4]), np.array([2, 2]), per_series=False)
    np.testing.assert_allclose(shared.shift, [[104 / 3]])


def test_scaling_large_numbers_does_not_cancel():
    values = 1e9 + np.random.default_rng(0).normal(0, 1, (3_000_000, 1))
    scaler = fit_scaler(values, np.array([0, len(values)]), np.array([len(values)]))
    assert abs(scaler.scale[0, 0] - values.std()) < 1e-6


@given(st.lists(st.sampled_from([1.0, 2.0, 7.0, np.nan]), min_size=1, max_size=9))
def test_filling_agrees_with_interpolation(numbers):
    line = np.array(numbers)
    filled = fill_windows(line[None, :, None])[0, :, 0]
    seen = np.isfinite(line)
    steps = np.arange(len(line))
    expected = np.interp(steps, steps[seen], line[seen]) if seen.any() else np.zeros(len(line))
    np.testing.assert_allclose(filled, expected)


def test_masks_hide_unobserved_steps_and_what_is_before_the_series():
    series = table()
    series.values[8, :2] = np.nan
    series.values[9, 0] = np.nan
    for missing, expected in (
        ("mask", [[1, 1, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1]]),
        ("interpolate", [[1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1]]),
    ):
        reader = WindowReader(series, encoder(series, missing=missing), calendar=False)
        which, origins = np.array([0, 1]), np.array([12, 3])
        encoded = reader.encode(reader.rows(which, origins), which, origins)
        np.testing.assert_array_equal(encoded.mask, expected)


def test_values_that_a_logarithm_cannot_take_are_refused():
    series = table()
    series.values[3, 0] = -5
    reader = WindowReader(series, encoder(series, transform="log1p"), calendar=False)
    with pytest.raises(DataError, match="log1p' needs targets above -1, -5 came"):
        reader.encode(reader.rows(np.array([0]), np.array([6])), np.array([0]), np.array([6]))


def test_settings_go_through_json_and_nonsense_is_refused():
    series = table()
    own = encoder(series, season=3)
    again = WindowEncoder.from_config(own.to_config(), own.scaler, None)
    assert again.to_config() == own.to_config()
    for change in ({"lookback": 0}, {"past": -1}, {"season": 99}, {"transform": "exec"}, {"x": 1}):
        with pytest.raises(CorruptArtifactError):
            WindowEncoder.from_config({**own.to_config(), **change}, own.scaler, None)
    with pytest.raises(CorruptArtifactError, match="scale that is not above 0"):
        SeriesScaler.from_arrays({"shift": np.zeros((1, 2)), "scale": np.zeros((1, 2))})
    with pytest.raises(UsageError, match="season of 9 steps does not fit into a look-back of 6"):
        encoder(series, season=9)
