"""The baselines answer as the definitions say, and learn what they can."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from recurra.errors import MissingDependencyError
from recurra.study._series_baselines import (
    fit_nearest_sequence,
    fit_statistics_classifier,
    fit_statistics_regressor,
    summary_statistics,
)


def warped_rows(count: int, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    """Return bumps up or down whose place and length differ, in two channels."""
    generator = np.random.default_rng(seed)
    codes = (np.arange(count) % 2).astype(np.int32)
    rows = []
    for code in codes:
        time = np.linspace(0, 1, generator.integers(20, 30))[:, None]
        bump = np.exp(-(((time - generator.uniform(0.3, 0.7)) / 0.1) ** 2))
        sign = 1 if code else -1
        rows.append(np.concatenate([sign * bump, bump], axis=1).astype(np.float32))
    return rows, codes


def dtw(a: np.ndarray, b: np.ndarray) -> float:
    """The definition: the cheapest way through the matrix of squared distances."""
    cost = ((a[:, None] - b[None]) ** 2).sum(axis=2)
    total = np.full((len(a) + 1, len(b) + 1), np.inf)
    total[0, 0] = 0
    for i in range(len(a)):
        for j in range(len(b)):
            before = min(total[i, j], total[i, j + 1], total[i + 1, j])
            total[i + 1, j + 1] = cost[i, j] + before
    return float(np.sqrt(total[-1, -1]))


def test_distances_are_those_of_the_definition():
    from recurra.study._series_baselines import _distances

    known, _ = warped_rows(3)
    rows, _ = warped_rows(2, seed=1)
    known, rows = ([r.astype(np.float64) for r in part] for part in (known, rows))
    expected = [[dtw(row, other) for other in known] for row in rows]
    np.testing.assert_allclose(_distances(known, rows, 1.0), expected, rtol=1e-9)


def test_nearest_neighbours_find_shapes_that_are_shifted():
    rows, codes = warped_rows(20)
    others, expected = warped_rows(10, seed=1)
    others[0][3, 0] = np.nan
    baseline = fit_nearest_sequence(rows, codes, 3)
    found = baseline.predict_proba(others)
    assert found.shape == (10, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(found.argmax(axis=1), expected)
    assert (found[:, 2] == 0).all()  # a class without any sequence
    assert baseline.predict_proba([]).shape == (0, 3)


def test_without_the_package_an_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "dtaidistance", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'recurra\[baselines\]'"):
        fit_nearest_sequence(*warped_rows(4), 2)


def test_statistics_do_not_hang_on_the_length_alone():
    row = np.sin(np.linspace(0, 6, 300))[:, None]
    whole, half = summary_statistics(row), summary_statistics(row[::2])
    np.testing.assert_allclose(half[[1, 2, 3, 5, 7]], whole[[1, 2, 3, 5, 7]], atol=0.02)
    assert whole[0] == 300
    assert len(summary_statistics(np.zeros((1, 2)))) == 1 + 11 * 2


def test_a_classifier_on_statistics_learns_levels():
    generator = np.random.default_rng(0)
    codes = np.repeat([0, 2], 10).astype(np.int32)
    rows = [generator.normal(code, 0.1, (generator.integers(3, 9), 2)) for code in codes]
    baseline = fit_statistics_classifier(rows, codes, 3)
    found = baseline.predict_proba(rows)
    np.testing.assert_array_equal(found.argmax(axis=1), codes)
    assert (found[:, 1] == 0).all()
    assert baseline.parameters > 0


def test_a_regressor_on_statistics_learns_means():
    generator = np.random.default_rng(0)
    numbers = generator.normal(size=30)
    rows = [generator.normal(number, 0.1, (20, 1)) for number in numbers]
    found = fit_statistics_regressor(rows, numbers).predict(rows)
    assert np.abs(found - numbers).mean() < 0.1
