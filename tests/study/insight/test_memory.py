"""The memory of one input: networks whose memory is known."""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

sys.path.insert(0, str(Path(__file__).parent))

import untrained

from recurra.study.insight import memory
from recurra.study.insight.memory import memory_curve
from recurra.study.insight.subjects import subject_of

VALUES = np.random.default_rng(1).normal(size=30)


def leaky(keep: float) -> keras.Model:
    """Return a network whose state is its input plus a share of the state before."""
    cell = layers.SimpleRNN(1, activation="linear", use_bias=False)
    model = keras.Sequential([keras.Input((None, 1)), cell])
    cell.set_weights([np.ones((1, 1)), np.full((1, 1), keep)])
    return model


@pytest.mark.parametrize(("keep", "context"), [(0.0, 1), (1.0, None), (0.5, 6)])
def test_the_change_is_what_the_state_keeps_of_a_step(keep, context):
    curve = memory_curve(subject_of(leaky(keep), VALUES))
    distances = curve.distances.astype(int)
    moved = np.abs(VALUES - VALUES.mean())[::-1][distances]
    np.testing.assert_allclose(curve.change, moved * keep**distances, atol=1e-5)
    assert (curve.length, curve.inputs) == (30, 1)
    if context is None:
        assert curve.effective_context > 20
    else:
        assert curve.effective_context <= context


def test_batches_of_any_size_measure_the_same(monkeypatch):
    subject = subject_of(untrained.classifier(), "the film was not good at all")
    whole = memory_curve(subject)
    monkeypatch.setattr(memory, "rows_at_once", lambda *_: 7)
    parts = memory_curve(subject)
    np.testing.assert_array_equal(parts.distances, whole.distances)
    assert 0 < whole.change.max() <= 1  # distances of probabilities


def test_the_same_seed_measures_the_same():
    subject = subject_of(untrained.generator(), "the cat sat on")
    one, same, other = (memory_curve(subject, seed=seed).change for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    assert one.max() <= 1
