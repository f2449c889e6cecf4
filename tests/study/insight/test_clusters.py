"""Units that behave alike stand side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.study.insight.clusters import unit_order


def test_units_of_one_course_stand_together():
    r = np.random.default_rng(0)
    courses = r.normal(size=(40, 4)).cumsum(axis=0)
    kind = np.array([0, 1, 2, 3] * 4)
    scales, levels = r.uniform(0.5, 2, 16), r.normal(size=16)
    hidden = courses[:, kind] * scales + levels + r.normal(size=(40, 16)) * 1e-3
    ordered = kind[unit_order(hidden.astype(np.float32))]
    assert np.count_nonzero(np.diff(ordered)) == 3, "each kind is one block"


@settings(max_examples=30, deadline=None)
@given(time=st.integers(0, 6), units=st.integers(1, 9), seed=st.integers(0, 99))
def test_every_unit_is_named_once(time, units, seed):
    hidden = np.random.default_rng(seed).normal(size=(time, units)).astype(np.float32)
    assert sorted(unit_order(hidden)) == list(range(units))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_units_that_never_move_do_no_harm(value):
    hidden = np.full((5, 4), value, np.float32)
    hidden[:, 2] = [0, 1, 0, 1, 0]
    order = unit_order(hidden)
    assert order.dtype == np.int64
    assert sorted(order) == [0, 1, 2, 3]


def test_the_order_is_the_same_every_time():
    hidden = np.random.default_rng(3).normal(size=(30, 20)).astype(np.float32)
    np.testing.assert_array_equal(unit_order(hidden), unit_order(hidden.copy()))
