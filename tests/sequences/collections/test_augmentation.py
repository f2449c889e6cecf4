"""Training sequences are varied; indicators, and the sequences themselves, stay as they are."""

from __future__ import annotations

import numpy as np

from recurra.sequences.collections import Augmentation


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def sequence(time: int = 400) -> np.ndarray:
    values = generator(9).normal(size=(time, 3)).astype(np.float32)
    values[:, 2] = values[:, 2] > 0  # tells of gaps
    return values


def test_jitter_adds_noise_of_the_given_size_to_values_alone():
    values = sequence()
    noise = Augmentation(2, jitter=0.3)(values, generator()) - values
    assert (noise[:, 2] == 0).all()
    np.testing.assert_allclose(noise[:, :2].std(axis=0), 0.3, rtol=0.15)
    np.testing.assert_allclose(noise[:, :2].mean(axis=0), 0, atol=0.05)


def test_magnitude_is_one_factor_for_each_channel():
    values = sequence()
    varied = Augmentation(2, magnitude=0.2)(values, generator())
    factors = varied[:, :2] / values[:, :2]
    np.testing.assert_allclose(factors, factors[:1].repeat(400, axis=0), rtol=1e-5)
    assert factors[0, 0] != factors[0, 1]
    np.testing.assert_array_equal(varied[:, 2], values[:, 2])


def test_a_window_is_a_piece_of_the_sequence_and_of_its_indicators():
    values = np.stack([np.arange(50), np.arange(50), np.arange(50) % 2], axis=1).astype(np.float32)
    varies, drawn, lengths = Augmentation(2, window=0.6), generator(), set()
    for _ in range(200):
        piece = varies(values, drawn)
        start = int(piece[0, 0])
        np.testing.assert_array_equal(piece, values[start : start + len(piece)])
        lengths.add(len(piece))
    assert min(lengths) == 30
    assert max(lengths) == 50
    assert Augmentation(1, window=0.1)(values[:1], drawn).shape == (1, 3)


def test_the_sequence_itself_is_left_alone_and_the_seed_decides():
    values = sequence(20)
    before = values.copy()
    varies = Augmentation(2, jitter=0.1, magnitude=0.1, window=0.5)
    first, second = (varies(values, generator(4)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(values, before)
    assert varies.active
    assert not Augmentation(2).active
